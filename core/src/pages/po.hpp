// Reads a catalogue in gettext's .po format (GNU gettext manual, 3 "The Format of PO Files"): comments, msgid,
// msgid_plural, msgstr, msgstr[n]. Contexts are refused, fuzzy and obsolete entries are left out, as msgfmt does.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "pages/faults.hpp"

namespace doorward::pages {

struct PoEntry {
  int line = 0;  // of its msgid
  std::string id;
  std::string plural_id;           // empty: one text
  std::vector<std::string> texts;  // one, or one for each plural form
};

struct PoFile {
  std::string path;
  std::string plural_forms;  // of the header entry: "nplurals=2; plural=(n != 1);"
  std::vector<PoEntry> entries;
};

PoFile read_po(std::string path, std::string_view bytes, Faults& faults);

}  // namespace doorward::pages
