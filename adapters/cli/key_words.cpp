// doorward key list | rotate | add | promote | reseal | drop
#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/owner.hpp"
#include "cli/session.hpp"
#include "engine/assertion_keys.hpp"
#include "engine/opened_store.hpp"
#include "engine/sealed_values.hpp"
#include "settings/read.hpp"

namespace doorward::cli {

namespace {

using crypto::KeyRing;
using crypto::RingKey;
using engine::OpenedStore;
using nlohmann::json;

// After a change of the ring, a worker may still be about to write what it has sealed with the key that was the first.
constexpr std::chrono::minutes settling{10};
// So long an assertion, and what verifiers keep of the keys, may be older than now.
constexpr std::chrono::hours verifiers_keep{1};

struct Words {
  std::string id;
  bool only_host = false;
};

const std::string& as_owner(const Command& command) {
  become_owner_of(settings::read(command.config).state_dir);
  return command.config;
}

struct Keys {
  explicit Keys(const Command& command) : store(as_owner(command), {log, clock, random}) {}

  StandardError log;
  SystemClock clock;
  SystemRandom random;
  OpenedStore store;
};

void say_on_the_side(const std::string& sentence) {
  std::fprintf(stderr, "doorward: %s\n", sentence.c_str());
}

[[noreturn]] void refuse(const std::string& sentence) { throw Failure(Exit::refused, sentence); }

std::vector<RingKey>::iterator find(std::vector<RingKey>& keys, const std::string& id) {
  const auto found = std::find_if(keys.begin(), keys.end(), [&](const RingKey& key) { return key.id == id; });
  if (found == keys.end()) refuse("the key ring has no key " + id + "; see doorward key list");
  return found;
}

RingKey make_key(Keys& on) {
  return {KeyRing::make_id(on.clock.now(), on.random), crypto::Secret(on.random.bytes(32))};
}

Exit list(const Command& command) {
  Keys on(command);
  const KeyRing& ring = on.store.keys();
  const auto uses = engine::key_uses(on.store.database(), ring, on.clock.now());
  const auto ids = ring.ids();
  const std::string signer = engine::assertion_signer(ring, on.clock.now());
  json answer = json::array();
  std::vector<std::vector<std::string>> rows{{"KEY", "MADE", "SEALS AND DERIVES", ""}};
  const auto add = [&](const std::string& id, bool known) {
    const auto made = KeyRing::made_at(id);
    json used = json::object();
    std::string counts;
    for (const auto& [what, count] : uses.at(id)) {
      used[what] = count;
      counts += (counts.empty() ? "" : ", ") + what + " " + std::to_string(count);
    }
    const char* role = !known ? "MISSING" : id == ids.front() ? "first" : "";
    answer.push_back({{"id", id},
                      {"made", made ? json(iso_text(*made)) : json()},
                      {"in_ring", known},
                      {"first", id == ids.front()},
                      {"signs_assertions", id == signer},
                      {"uses", std::move(used)}});
    rows.push_back({id, made ? iso_text(*made) : "with the ring", counts.empty() ? "nothing" : counts, role});
  };
  for (const std::string& id : ids) add(id, true);
  bool missing = false;
  for (const auto& [id, use] : uses) {
    if (std::find(ids.begin(), ids.end(), id) != ids.end()) continue;
    add(id, false);
    missing = true;
  }
  if (command.json) {
    command.say_json(answer);
  } else {
    std::fputs(table(rows).c_str(), stdout);
  }
  return missing ? Exit::refused : Exit::ok;
}

Exit seal_anew(const Command& command, Keys& on, json answer) {
  const auto done = engine::reseal(on.store.database(), on.store.keys(), on.random, [](std::uint64_t values) {
    say_on_the_side(std::to_string(values) + " values sealed anew ...");
  });
  for (const std::string& what : done.unreadable)
    say_on_the_side(what + ": isn't opened by this key ring, and stays as it is");
  answer["first"] = on.store.keys().current();
  answer["values"] = done.values;
  answer["unreadable"] = done.unreadable;
  if (command.json) {
    command.say_json(answer);
  } else {
    command.say(std::to_string(done.values) + " values sealed anew with " + on.store.keys().current());
  }
  return done.unreadable.empty() ? Exit::ok : Exit::refused;
}

Exit reseal(const Command& command) {
  Keys on(command);
  return seal_anew(command, on, json::object());
}

Exit rotate(const Command& command, const Words& words) {
  Keys on(command);
  if (on.store.can_be_shared() && !words.only_host)
    refuse(
        "other hosts may share this store, and couldn't open what a key seals that they don't have. Say "
        "`doorward key add`, copy the key ring to them, then `doorward key promote` on each; or give "
        "--only-host where there are none");
  const RingKey fresh = make_key(on);
  crypto::change_key_ring(on.store.key_ring_path(),
                          [&](std::vector<RingKey>& keys) { keys.insert(keys.begin(), fresh); });
  on.store.keys().refresh();
  if (!command.json) command.say("new things are sealed with " + fresh.id);
  return seal_anew(command, on, {{"added", fresh.id}});
}

Exit add(const Command& command) {
  Keys on(command);
  const RingKey fresh = make_key(on);
  crypto::change_key_ring(on.store.key_ring_path(),
                          [&](std::vector<RingKey>& keys) { keys.insert(keys.begin() + 1, fresh); });
  if (command.json) {
    command.say_json({{"added", fresh.id}, {"file", on.store.key_ring_path()}});
  } else {
    command.say(fresh.id + " is in " + on.store.key_ring_path() + ", and seals nothing yet");
  }
  return Exit::ok;
}

Exit promote(const Command& command, const Words& words) {
  Keys on(command);
  crypto::change_key_ring(on.store.key_ring_path(), [&](std::vector<RingKey>& keys) {
    const auto meant = find(keys, words.id);
    std::rotate(keys.begin(), meant, meant + 1);
  });
  if (command.json) {
    command.say_json({{"first", words.id}});
  } else {
    command.say("new things are sealed with " + words.id);
  }
  return Exit::ok;
}

// Why the key is still needed; empty: it isn't.
std::string needed_for(Keys& on, const std::string& id) {
  const KeyRing& ring = on.store.keys();
  const Time now = on.clock.now();
  if (id == ring.current()) return "it is the first one";
  const timespec changed = crypto::mark_of(on.store.key_ring_path()).modified;
  if (now < Time(std::chrono::seconds(changed.tv_sec)) + settling)
    return "the key ring was changed less than ten minutes ago, and a worker may still use it";
  for (const Time at : {now, now - std::chrono::duration_cast<Duration>(verifiers_keep)}) {
    if (engine::assertion_signer(ring, at) == id) return "assertions are, or just were, signed with it";
  }
  const auto uses = engine::key_uses(on.store.database(), ring, now);
  const auto used = uses.find(id);
  if (used == uses.end() || used->second.empty()) return {};
  const auto ends_by_itself = [](const auto& use) {
    return use.first.starts_with("token.") || use.first.starts_with("audit_");
  };
  const auto resealed = std::find_if_not(used->second.begin(), used->second.end(), ends_by_itself);
  const bool by_itself = resealed == used->second.end();
  const auto& [what, count] = by_itself ? *used->second.rbegin() : *resealed;
  return std::to_string(count) + " values of " + what + " need it" +
         (by_itself ? " until they end" : "; say doorward key reseal first");
}

Exit drop(const Command& command, const Words& words) {
  Keys on(command);
  const auto ids = on.store.keys().ids();
  if (std::find(ids.begin(), ids.end(), words.id) == ids.end())
    refuse("the key ring has no key " + words.id + "; see doorward key list");
  if (const std::string why = needed_for(on, words.id); !why.empty())
    refuse("key " + words.id + " can't be dropped: " + why);
  crypto::change_key_ring(on.store.key_ring_path(), [&](std::vector<RingKey>& keys) {
    const auto meant = find(keys, words.id);
    if (meant == keys.begin()) refuse("key " + words.id + " can't be dropped: it is the first one");
    keys.erase(meant);
  });
  if (command.json) {
    command.say_json({{"dropped", words.id}});
  } else {
    command.say(words.id +
                " is gone. Reload the web servers, so that all their workers count tries together");
  }
  return Exit::ok;
}

using Run = Exit (*)(const Command&, const Words&);

struct Word {
  const char* name;
  const char* help;
  const char* footer;
  Run run;
  bool takes_key;
};

constexpr Word all_words[] = {
    {"list", "The keys of the ring, and what still needs each: values sealed with it, links derived from it",
     "Exit code 1 where values name a key that the ring doesn't have.\n"
     "Examples:\n"
     "  doorward key list\n"
     "  doorward key list --json | jq '.[] | select(.uses == {}) | .id'",
     [](const Command& command, const Words&) { return list(command); }, false},
    {"rotate", "Make a new first key and seal everything anew with it. People notice nothing.",
     "Workers take the new key within a second. Cut off, `doorward key reseal` goes on. The old key stays in "
     "the\n"
     "ring until `doorward key drop`: links that were sent need it until they end.\n"
     "Examples:\n"
     "  doorward key rotate",
     rotate, false},
    {"add", "Make a key that seals nothing yet, so that it can be copied to other hosts first",
     "Copy the file key_ring to the other hosts, then promote the key on each: see docs/guides/keys.md.\n"
     "Examples:\n"
     "  doorward key add",
     [](const Command& command, const Words&) { return add(command); }, false},
    {"promote", "Make a key the first one: new things are sealed with it",
     "Examples:\n"
     "  doorward key promote 20261129T094600Z-1f0c2b3a",
     promote, true},
    {"reseal", "Seal everything anew with the first key. Again does no harm",
     "Examples:\n"
     "  doorward key reseal",
     [](const Command& command, const Words&) { return reseal(command); }, false},
    {"drop", "Take a key out of the ring that nothing needs any more",
     "Refused while anything is sealed with it, a link that was sent is derived from it, or assertions are "
     "signed with\n"
     "it. Browsers that were known by it are new once more to those who haven't signed in since.\n"
     "Examples:\n"
     "  doorward key drop 4b1d6c02",
     drop, true},
};

}  // namespace

void add_key_words(CLI::App& app, Command& command) {
  CLI::App* keys =
      app.add_subcommand("key", "The keys that seal what is stored, replaced while the site runs");
  keys->require_subcommand(1);
  auto words = std::make_shared<Words>();
  for (const Word& each : all_words) {
    CLI::App* word = keys->add_subcommand(each.name, each.help);
    word->footer(each.footer);
    if (each.takes_key)
      word->add_option("KEY", words->id, "Its id, as doorward key list shows it")->required();
    if (each.run == rotate)
      word->add_flag("--only-host", words->only_host, "No other host shares the store, though others could");
    word->callback([&command, words, run = each.run] {
      command.run = [&command, words, run] { return run(command, *words); };
    });
  }
}

}  // namespace doorward::cli
