#include "settings/read.hpp"

#include <algorithm>
#include <filesystem>

#include "base/errors.hpp"
#include "settings/assign.hpp"
#include "settings/include.hpp"
#include "settings/nearest.hpp"

namespace doorward::settings {

namespace {

std::string first_part(std::string_view name) { return std::string(name.substr(0, name.find('.'))); }

bool is_section(const std::string& name) {
  for (const Key& key : keys())
    if (std::string_view(key.name).starts_with(name + ".")) return true;
  return false;
}

// What may stand at one level: "" for the file's own keys, or a section's name.
std::vector<std::string> known_names(const std::string& section) {
  std::vector<std::string> names;
  for (const Key& key : keys()) {
    const std::string_view name = key.name;
    if (section.empty()) {
      if (names.empty() || names.back() != first_part(name)) names.push_back(first_part(name));
    } else if (name.starts_with(section + ".")) {
      names.emplace_back(name.substr(section.size() + 1));
    }
  }
  if (section.empty()) names.emplace_back("include");
  return names;
}

void refuse_unknown(const std::string& section, const Entry& entry, Faults& faults) {
  std::string hint;
  for (const Key& key : keys()) {  // the right word at the wrong place
    const std::string name = key.name;
    if (name == entry.key || name.ends_with("." + entry.key)) hint = name;
  }
  if (const std::string near = nearest(entry.key, known_names(section)); hint.empty() && !near.empty())
    hint = section.empty() ? near : section + "." + near;
  const std::string name = section.empty() ? entry.key : section + "." + entry.key;
  const std::size_t dot = hint.find('.');
  if (!hint.empty())
    hint = ": did you mean " +
           (dot == std::string::npos ? hint : hint.substr(dot + 1) + " below " + hint.substr(0, dot)) + "?";
  faults.add(entry.place, "unknown key " + settings::quoted(name) + hint);
}

void take(Settings& settings, const Key& key, const Entry& entry, Faults& faults) {
  settings.places[key.name] = entry.value.place;
  assign(settings, key, entry.value, faults);
}

void walk_section(Settings& settings, const Entry& section, Faults& faults) {
  settings.places[section.key] = section.place;
  if (section.value.kind == Node::Kind::faulty || section.value.kind == Node::Kind::nothing) return;
  if (section.value.kind != Node::Kind::map)
    return faults.add(section.value.place, settings::quoted(section.key) + " takes a map of " +
                                               known_names(section.key)[0] + ", ...");
  for (const Entry& entry : section.value.entries) {
    const Key* key =
        entry.key.find('.') == std::string::npos ? find_key(section.key + "." + entry.key) : nullptr;
    key != nullptr ? take(settings, *key, entry, faults) : refuse_unknown(section.key, entry, faults);
  }
}

void walk(Settings& settings, const Node& root, Faults& faults) {
  for (const Entry& entry : root.entries) {
    const Key* key = entry.key.find('.') == std::string::npos ? find_key(entry.key) : nullptr;
    if (entry.key == "include") continue;
    if (key != nullptr) {
      take(settings, *key, entry, faults);
    } else if (is_section(entry.key)) {
      walk_section(settings, entry, faults);
    } else {
      refuse_unknown("", entry, faults);
    }
  }
}

void fill_defaults(Settings& settings, Faults& faults) {
  for (const Key& key : keys()) {
    if (settings.places.contains(key.name)) continue;
    if (key.fallback != nullptr) {
      assign_default(settings, key);
      continue;
    }
    const auto section = settings.places.find(first_part(key.name));
    faults.add(section != settings.places.end() ? section->second : Place{settings.file, 1, 1},
               settings::quoted(key.name) + " is missing. " + key.help);
  }
  const std::string& url = settings.public_url;
  settings.secure = !url.starts_with("http://");
  settings.public_host = url.substr(std::min(url.size(), url.find("://") + 3));
  const std::size_t port = settings.public_host.find(
      ':', settings.public_host.starts_with('[') ? settings.public_host.find(']') : 0);
  if (settings.site.name.empty()) settings.site.name = settings.public_host.substr(0, port);
  if (settings.mail.from_name.empty()) settings.mail.from_name = settings.site.name;
  if (settings.assertion.audience.empty()) settings.assertion.audience = settings.public_url;
}

// What each is right by itself and wrong together.
class Contradictions {
 public:
  Contradictions(const Settings& settings, Faults& faults) : settings_(settings), faults_(faults) {}

  void at_most(const char* less, std::chrono::seconds small, const char* more, std::chrono::seconds large) {
    if (small > large)
      say(less, more,
          std::string(less) + " (" + format_duration(small) + ") is longer than " + more + " (" +
              format_duration(large) + ")");
  }

  void say(const char* key, const char* other, const std::string& sentence) {
    const auto place = settings_.places.find(settings_.places.contains(key) ? key : other);
    faults_.add(place != settings_.places.end() ? place->second : Place{settings_.file, 1, 1}, sentence);
  }

 private:
  const Settings& settings_;
  Faults& faults_;
};

void check_together(const Settings& settings, Faults& faults) {
  Contradictions rule(settings, faults);
  const auto& session = settings.session;
  rule.at_most("session.idle", session.idle, "session.lifetime", session.lifetime);
  rule.at_most("session.remembered_idle", session.remembered_idle, "session.remembered_lifetime",
               session.remembered_lifetime);
  rule.at_most("session.lifetime", session.lifetime, "session.remembered_lifetime",
               session.remembered_lifetime);
  rule.at_most("session.fresh", session.fresh, "session.lifetime", session.lifetime);

  const auto& password = settings.password;
  const std::uint64_t least = password.hash_passes == 1   ? 46 * 1024
                              : password.hash_passes == 2 ? 19 * 1024
                                                          : 12 * 1024;
  if (password.hash_memory < least)
    rule.say("password.hash_memory", "password.hash_passes",
             "password.hash_memory must be at least " + format_size(least) +
                 " with password.hash_passes: " + std::to_string(password.hash_passes));
  if (settings.locales.empty()) rule.say("locales", "locales", "\"locales\" must name at least one language");
  const auto& limits = settings.limits;
  if (limits.address_failures > limits.site_failures)
    rule.say("limits.address_failures", "limits.site_failures",
             "limits.address_failures is more than limits.site_failures: one network could shut the whole "
             "site out");
}

}  // namespace

Settings read(const std::string& yaml_path) {
  Settings settings;
  settings.file = std::filesystem::absolute(yaml_path).lexically_normal().string();
  Faults faults;
  if (auto merged = read_all(settings.file, faults)) {
    settings.files = std::move(merged->files);
    walk(settings, merged->root, faults);
    fill_defaults(settings, faults);
    if (faults.empty()) check_together(settings, faults);
  }
  if (!faults.empty()) throw BadSettings(faults.text());
  return settings;
}

}  // namespace doorward::settings
