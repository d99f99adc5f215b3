#include "records/notification.hpp"

#include <algorithm>

namespace doorward::records {

bool Notifications::wants(std::string_view site) const {
  if (choice != Choice::selected) return choice == Choice::all;
  return std::find(sites.begin(), sites.end(), site) != sites.end();
}

Notifications Notifications::read(std::string_view text) {
  Notifications read;
  if (text.empty()) return read;
  if (text == "none") return {Choice::none, {}};
  read.choice = Choice::selected;
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    read.sites.emplace_back(text.substr(0, comma));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return read;
}

std::string Notifications::text() const {
  if (choice == Choice::all) return {};
  std::string text;
  if (choice == Choice::selected) {
    for (const std::string& site : sites) text += (text.empty() ? "" : ",") + site;
  }
  return text.empty() ? "none" : text;
}

}  // namespace doorward::records
