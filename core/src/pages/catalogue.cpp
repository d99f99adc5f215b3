#include "pages/catalogue.hpp"

#include <algorithm>
#include <charconv>

#include "pages/files.hpp"
#include "pages/po.hpp"

namespace doorward::pages {
namespace {

constexpr std::size_t largest_catalogue = 1 << 20;

bool is_name_char(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'; }

// Calls text(...) and argument(...) in the order of the message; false: a brace belongs to no name.
template <class Text, class Argument>
bool walk(std::string_view message, const Text& text, const Argument& argument) {
  while (!message.empty()) {
    const std::size_t brace = message.find_first_of("{}");
    text(message.substr(0, brace));
    if (brace == std::string_view::npos) return true;
    std::size_t end = brace + 1;
    while (end < message.size() && is_name_char(message[end])) ++end;
    if (message[brace] == '}' || end == brace + 1 || end == message.size() || message[end] != '}')
      return false;
    argument(message.substr(brace + 1, end - brace - 1));
    message.remove_prefix(end + 1);
  }
  return true;
}

std::vector<std::string> sorted_arguments(const Message& message) {
  auto names = arguments_of(message);
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace

std::vector<std::string> arguments_of(const Message& message) {
  std::vector<std::string> names;
  const auto add = [&names](std::string_view name) {
    if (std::find(names.begin(), names.end(), name) == names.end()) names.emplace_back(name);
  };
  if (!message.number.empty()) add(message.number);
  for (const auto& form : message.forms) walk(form, [](std::string_view) {}, add);
  return names;
}

const Message* Catalogue::find(std::string_view key) const {
  const auto found = messages_.find(key);
  return found == messages_.end() ? nullptr : &found->second;
}

std::string Catalogue::fill(const Message& message, const Lookup& lookup) const {
  std::size_t form = 0;
  if (!message.number.empty()) {
    const std::string value = lookup(message.number);
    std::uint64_t number = 0;
    std::from_chars(value.data(), value.data() + value.size(), number);
    form = std::min(rule_.form(number), message.forms.size() - 1);
  }
  std::string result;
  walk(
      message.forms[form], [&](std::string_view text) { result += text; },
      [&](std::string_view name) { result += lookup(name); });
  return result;
}

std::vector<std::string> Catalogue::keys() const {
  std::vector<std::string> keys;
  for (const auto& [key, message] : messages_) keys.push_back(key);
  std::sort(keys.begin(), keys.end());
  return keys;
}

class CatalogueReader {
 public:
  CatalogueReader(CatalogueSet& set, Faults& faults) : set_(set), faults_(faults) {}

  // False: there is no such file.
  bool read(Catalogue& catalogue, const std::string& path, bool adds) {
    const auto bytes = read_file(path, largest_catalogue);
    if (!bytes) return false;
    set_.files.push_back(path);
    const PoFile file = read_po(path, *bytes, faults_);
    if (!file.plural_forms.empty()) {
      if (const auto rule = PluralRule::parse(file.plural_forms))
        catalogue.rule_ = *rule;
      else
        faults_.add(path, "Plural-Forms can't be understood: " + file.plural_forms);
    }
    for (const auto& entry : file.entries) add(catalogue, entry, adds);
    return true;
  }

  void check_against(const Catalogue& first, const Catalogue& other, const std::string& path) {
    for (const auto& key : first.keys()) {
      const Message& wanted = *first.find(key);
      const Message* found = other.find(key);
      if (found == nullptr) {
        faults_.add(
            path, "misses '" + key + "', which " + *wanted.file + ":" + std::to_string(wanted.line) + " has");
      } else if (sorted_arguments(*found) != sorted_arguments(wanted)) {
        faults_.add(*found->file, found->line, 0,
                    "'" + key + "' has other {arguments} than in " + *wanted.file + ":" +
                        std::to_string(wanted.line));
      }
    }
    for (const auto& key : other.keys()) {
      if (first.find(key) != nullptr) continue;
      const Message& extra = *other.find(key);
      faults_.add(*extra.file, extra.line, 0,
                  "'" + key + "' isn't a key of the default language, " + first.locale() + "." +
                      near_name(key, first.keys()));
    }
  }

 private:
  void add(Catalogue& catalogue, const PoEntry& entry, bool adds) {
    const std::string& path = set_.files.back();
    Message message{entry.texts, {}, false, &path, entry.line};
    if (!std::all_of(entry.id.begin(), entry.id.end(), is_name_char)) {
      return faults_.add(path, entry.line, 0,
                         "'" + entry.id + "' isn't a key: small letters, digits, _ and . only");
    }
    if (!entry.plural_id.empty()) {
      const auto& id = entry.plural_id;
      if (id.size() < 3 || id.front() != '{' || id.back() != '}') {
        return faults_.add(path, entry.line, 0, "msgid_plural names the number that counts: \"{count}\"");
      }
      message.number = id.substr(1, id.size() - 2);
      if (entry.texts.size() != catalogue.rule_.forms()) {
        return faults_.add(
            path, entry.line, 0,
            "'" + entry.id + "' needs " + std::to_string(catalogue.rule_.forms()) + " plural forms");
      }
    }
    for (const auto& form : entry.texts) {
      const auto ignore = [](std::string_view) {};
      if (form.empty()) faults_.add(path, entry.line, 0, "'" + entry.id + "' has an empty text");
      if (!walk(form, ignore, ignore)) {
        faults_.add(path, entry.line, 0, "'" + entry.id + "' has a brace that belongs to no {argument}");
      }
    }
    message.has_arguments = !arguments_of(message).empty();
    const bool is_new = catalogue.messages_.insert_or_assign(entry.id, std::move(message)).second;
    if (adds && is_new) set_.added.push_back(entry.id);
  }

  CatalogueSet& set_;
  Faults& faults_;
};

CatalogueSet load_catalogues(const std::string& locales_dir, const std::string& override_dir,
                             const std::vector<std::string>& locales, Faults& faults) {
  CatalogueSet set;
  set.files.reserve(locales.size() * 2);
  CatalogueReader reader(set, faults);
  for (const auto& locale : locales) {
    Catalogue& catalogue = set.catalogues.emplace_back(locale);
    const std::string path = locales_dir + "/" + locale + ".po";
    if (!reader.read(catalogue, path, false))
      faults.add(path, "can't be read: '" + locale + "' isn't a language of ours");
    if (!override_dir.empty()) reader.read(catalogue, override_dir + "/locales/" + locale + ".po", true);
    if (set.catalogues.size() > 1) reader.check_against(set.catalogues.front(), catalogue, path);
  }
  if (set.catalogues.empty()) faults.add(locales_dir, "no language is offered");
  return set;
}

}  // namespace doorward::pages
