// Mailers: what mailer.h promises, asked with letters that a careless one would turn into two, or send to
// somebody else. The settings have to lead to a peer that takes letters: a folder, or a mail server that
// the caller has started.
#include <doorward/mailer.h>

#include <chrono>
#include <cstring>
#include <map>

#include "base/errors.hpp"
#include "suites.hpp"

namespace kit {

namespace {

using Parts = std::map<std::string, std::string>;

Parts letter(const std::string& id, const Parts& changes = {}) {
  Parts parts = {{"message_id", "<" + id + "@example.org>"},
                 {"from_name", "Example Site"},
                 {"from_address", "accounts@example.org"},
                 {"to_name", "Ada Lovelace"},
                 {"to_address", "ada@example.net"},
                 {"subject", "Confirm your address"},
                 {"text", "Hello Ada,\n\nhttps://example.org/account/verify\n"},
                 {"html", "<p>Hello Ada</p>\n"},
                 {"language", "en"}};
  for (const auto& [name, value] : changes) parts[name] = value;
  return parts;
}

struct Answer {
  doorward_status status;
  std::string why;
};

// A mailer, started, over its C table.
class Mailer {
 public:
  explicit Mailer(Subject& subject) : Mailer(subject.create()) { plugin_->start(); }
  explicit Mailer(std::unique_ptr<doorward::plugin_host::Plugin> plugin)
      : plugin_(std::move(plugin)), table_(plugin_->table<doorward_mailer>()) {}

  doorward::plugin_host::Plugin& plugin() { return *plugin_; }

  Answer send(const Parts& parts, std::uint32_t timeout_ms = 20'000) const {
    const auto part = [&](const char* name) {
      const std::string& value = parts.at(name);
      return doorward_text{value.data(), value.size()};
    };
    const doorward_mail mail = {sizeof(doorward_mail), part("message_id"),   1'790'000'000'123'456,
                                part("from_name"),     part("from_address"), part("to_name"),
                                part("to_address"),    part("subject"),      part("text"),
                                part("html"),          part("language")};
    Answer answer{};
    const doorward_sink why = {&answer.why, [](void* self, doorward_text text) {
                                 static_cast<std::string*>(self)->append(text.data, text.size);
                               }};
    answer.status = table_.send(plugin_->self(), &mail, timeout_ms, &why);
    return answer;
  }

  void must_take(const Parts& parts, const std::string& what) const {
    const Answer answer = send(parts);
    expect(answer.status == DOORWARD_OK,
           what + ": " + status_name(answer.status) + ", \"" + answer.why + "\"");
  }

 private:
  std::unique_ptr<doorward::plugin_host::Plugin> plugin_;
  const doorward_mailer& table_;
};

void takes_letters(Subject& subject) {
  const Mailer mailer(subject);
  mailer.must_take(letter(subject.new_name("plain")), "a plain letter");
  mailer.must_take(letter(subject.new_name("text"), {{"html", ""}}), "a letter without HTML");
  mailer.must_take(letter(subject.new_name("nameless"), {{"to_name", ""}, {"from_name", ""}}),
                   "a letter without names");
  mailer.must_take(letter(subject.new_name("silent"), {{"subject", ""}, {"language", ""}}),
                   "a letter without a subject");
}

void takes_every_language(Subject& subject) {
  const Mailer mailer(subject);
  const std::string emoji = "\xf0\x9f\x91\xa9\xe2\x80\x8d\xf0\x9f\x92\xbb";
  std::string russian, words;
  for (int i = 0; i < 60; ++i) russian += "\xd0\xbf\xd1\x80\xd0\xb8\xd0\xb2\xd0\xb5\xd1\x82 ";
  for (int i = 0; i < 200; ++i) words += "confirm ";
  mailer.must_take(
      letter(subject.new_name("emoji"), {{"to_name", emoji}, {"subject", emoji}, {"text", emoji + "\n"}}),
      "emoji");
  mailer.must_take(
      letter(subject.new_name("russian"), {{"to_name", russian}, {"subject", russian}, {"text", russian}}),
      "Russian");
  mailer.must_take(
      letter(subject.new_name("long"), {{"subject", words}, {"text", std::string(5000, 'x') + "\n"}}),
      "long lines");
  mailer.must_take(letter(subject.new_name("quoted"), {{"to_name", R"(Ada "the \ first", <b@example.com>)"}}),
                   "specials");
  mailer.must_take(letter(subject.new_name("big"), {{"text", std::string(300'000, 'x') + "\n"}}),
                   "a big letter");
}

void takes_what_looks_like_an_end(Subject& subject) {
  const Mailer mailer(subject);
  for (const char* text : {".\n", "a\n.\nMAIL FROM:<evil@example.com>\n", "a\r\n.\r\nQUIT\r\n", "..\n.\n",
                           "From here\n", "\n\n\n", "no end"})
    mailer.must_take(letter(subject.new_name("end"), {{"text", text}}),
                     "a text with a dot or none of its own end");
}

void same_letter_again(Subject& subject) {
  const Mailer mailer(subject);
  const Parts parts = letter(subject.new_name("again"));
  for (int i = 0; i < 3; ++i) mailer.must_take(parts, "the same letter, time " + std::to_string(i + 1));
}

// Each for nobody: INVALID, or REFUSED where the plugin leaves the judgement to its peer.
void refuses_what_cannot_be_sent(Subject& subject) {
  const Mailer mailer(subject);
  const std::vector<Parts> hostile = {
      {{"to_name", "X\r\nBcc: evil@example.com"}},
      {{"from_name", "X\nBcc: evil@example.com"}},
      {{"subject", "X\rBcc: evil@example.com"}},
      {{"subject", std::string("a\0b", 3)}},
      {{"to_address", "ada@example.net>\r\nRCPT TO:<evil@example.com"}},
      {{"to_address", "ada@example.net,evil@example.com"}},
      {{"to_address", "ada@example.net evil@example.com"}},
      {{"to_address", ""}},
      {{"to_address", "ada"}},
      {{"from_address", "accounts@example.org>\r\nRCPT TO:<evil@example.com"}},
      {{"message_id", "<a@b>\r\nBcc: evil@example.com"}},
      {{"message_id", ""}},
      {{"subject", "\xff\xfe"}},
      {{"to_name", "\xc0\xaf"}},
      {{"text", std::string("a\0b", 3)}},
      {{"text", "\xed\xa0\x80"}},
  };
  for (const Parts& changes : hostile) {
    const Answer answer = mailer.send(letter(subject.new_name("hostile"), changes));
    const std::string what = changes.begin()->first + " of hostile bytes";
    expect(answer.status == DOORWARD_INVALID || answer.status == DOORWARD_REFUSED,
           what + " answered " + status_name(answer.status) + ", wanted INVALID");
    expect(!answer.why.empty(), what + " was refused without a reason");
    expect(answer.why.find('\n') == std::string::npos,
           "a reason is one line, and this is not: " + answer.why);
  }
  mailer.must_take(letter(subject.new_name("after")), "a good letter after hostile ones");
}

void from_many_threads(Subject& subject) {
  const Mailer mailer(subject);
  const std::string name = subject.new_name("thread");
  in_threads(32, [&](unsigned i) {
    for (int turn = 0; turn < 3; ++turn)
      mailer.must_take(letter(name + "." + std::to_string(i) + "." + std::to_string(turn)),
                       "a letter of 32 threads");
  });
}

void keeps_its_deadline(Subject& subject) {
  const Mailer mailer(subject);
  for (const std::uint32_t timeout_ms : {1U, 10U, 100U}) {
    const auto begin = std::chrono::steady_clock::now();
    const Answer answer =
        mailer.send(letter(subject.new_name("hurry"), {{"text", std::string(1'000'000, 'x')}}), timeout_ms);
    const auto took = std::chrono::steady_clock::now() - begin;
    expect(took < std::chrono::seconds(5),
           "a send of " + std::to_string(timeout_ms) + " ms took more than 5 s");
    expect(answer.status == DOORWARD_OK || answer.status == DOORWARD_UNAVAILABLE,
           std::string("a send in a hurry answered ") + status_name(answer.status));
  }
  mailer.must_take(letter(subject.new_name("after")), "a letter after some in a hurry");
}

void lives_as_servers_do(Subject& subject) {
  for (int i = 0; i < 3; ++i) subject.create();
  Mailer mailer(subject.create());
  for (int i = 0; i < 3; ++i)
    in_child([&] {
      mailer.plugin().start();
      mailer.must_take(letter(subject.new_name("child") + std::to_string(i)), "a letter of a worker");
      mailer.plugin().stop();
    });
  for (int i = 0; i < 3; ++i) {
    mailer.plugin().start();
    mailer.must_take(letter(subject.new_name("parent")), "a letter after a start");
    mailer.plugin().stop();
  }
  Mailer one(subject), other(subject);
  one.must_take(letter(subject.new_name("one")), "a letter of one instance");
  other.must_take(letter(subject.new_name("other")), "a letter of the other");
}

void wrong_settings(Subject& subject) {
  const auto refused = [&](const doorward::settings::PluginEntry& entry, const std::string& key) {
    std::string sentence;
    try {
      subject.create(entry);
    } catch (const doorward::BadSettings& error) {
      sentence = error.what();
    }
    expect(sentence.find(key) != std::string::npos,
           "wrong setting " + key + ": the sentence is \"" + sentence + "\"");
  };
  for (const auto& setting : subject.describe().settings) {
    auto entry = subject.entry();
    std::erase_if(entry.values, [&](const auto& value) { return value.key == setting.key; });
    if (setting.required) refused(entry, setting.key);
  }
  auto entry = subject.entry();
  entry.values.push_back({"no_such_setting", "1", false, entry.place});
  refused(entry, "no_such_setting");
}

}  // namespace

std::vector<Case> mailer_cases() {
  return {
      {"letters", "plain letters are taken", takes_letters},
      {"letters", "names and texts of any language, and of any length", takes_every_language},
      {"letters", "texts that look like the end of a letter", takes_what_looks_like_an_end},
      {"letters", "the same letter may come again", same_letter_again},
      {"letters", "what would be a second header or recipient is refused", refuses_what_cannot_be_sent},
      {"calls", "32 threads send at once", from_many_threads},
      {"calls", "a send ends at its deadline", keeps_its_deadline},
      {"lifecycle", "created, forked, started and stopped, as a web server does", lives_as_servers_do},
      {"lifecycle", "wrong settings are refused with a sentence", wrong_settings},
  };
}

}  // namespace kit
