// The texts of one language: a key such as "login.title" leads to a message, whose {arguments} are filled in from what the
// page knows. A message that depends on a number names it in msgid_plural: msgid_plural "{count}".
#pragma once
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pages/faults.hpp"
#include "pages/plural.hpp"

namespace doorward::pages {

struct Message {
  std::vector<std::string> forms;  // one, or as many as the language has plural forms
  std::string number;              // the argument that chooses among the forms; empty: one form
  bool has_arguments = false;
  const std::string* file = nullptr;  // where it stands
  int line = 0;
};

// The names within {braces}, each once; a brace that belongs to no name adds nothing.
std::vector<std::string> arguments_of(const Message& message);

class Catalogue {
 public:
  using Lookup =
      std::function<std::string(std::string_view name)>;  // the value of an argument; empty: there is none

  explicit Catalogue(std::string locale) : locale_(std::move(locale)) {}

  const Message* find(std::string_view key) const;
  std::string fill(const Message& message, const Lookup& lookup) const;
  const std::string& locale() const { return locale_; }
  std::vector<std::string> keys() const;

 private:
  friend class CatalogueReader;
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  std::string locale_;
  PluralRule rule_;
  std::unordered_map<std::string, Message, Hash, std::equal_to<>> messages_;
};

struct CatalogueSet {
  std::vector<Catalogue> catalogues;  // as offered, the default first; never empty once loaded
  std::vector<std::string> added;     // keys that only the site's own files have
  std::vector<std::string> files;     // keeps the names that messages point to; reserved once, so they stay
};

// Reads <locales_dir>/<locale>.po and, where it is, <override_dir>/locales/<locale>.po, whose entries win. Every language
// must have the keys of the first one, with the same arguments.
CatalogueSet load_catalogues(const std::string& locales_dir, const std::string& override_dir,
                             const std::vector<std::string>& locales, Faults& faults);

}  // namespace doorward::pages
