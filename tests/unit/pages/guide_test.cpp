// docs/guides/theme.md lists what templates may name and what code says by code; this compares it with both.
#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <set>

#include "pages/catalogue.hpp"
#include "pages/names.hpp"
#include "site.hpp"

namespace doorward::pages {
namespace {

const char* name_of(Kind kind) {
  constexpr const char* names[] = {"text", "number", "flag", "object", "list", "address", "time", "word"};
  return names[static_cast<int>(kind)];
}

struct Row {
  std::string name, second;
};

// "| `name` | second | ..."; none: another line.
std::optional<Row> read_row(const std::string& line) {
  const std::string start = "| `", end = "` |";
  const auto close = line.find(end, start.size());
  if (!line.starts_with(start) || close == std::string::npos) return std::nullopt;
  Row row{line.substr(start.size(), close - start.size()), {}};
  const auto second = close + end.size();
  const auto bar = line.find(" |", second);
  if (bar != std::string::npos && bar > second) row.second = line.substr(second + 1, bar - second - 1);
  return row;
}

// By heading: the first column of its table, with the second where there is one.
std::map<std::string, std::map<std::string, std::string>> read_guide() {
  std::ifstream in(std::string(DOORWARD_ROOT) + "/docs/guides/theme.md");
  std::map<std::string, std::map<std::string, std::string>> sections;
  std::string heading, line;
  while (std::getline(in, line)) {
    if (line.starts_with("#")) {
      heading = line.substr(line.find(' ') + 1);
    } else if (const auto row = read_row(line)) {
      sections[heading][row->name] = row->second;
    }
  }
  return sections;
}

std::map<std::string, std::string> kinds_of(std::span<const Name> names) {
  std::map<std::string, std::string> kinds;
  for (const auto& name : names) kinds.emplace(name.path, name_of(name.kind));
  return kinds;
}

TEST(Guide, ListsWhatTemplatesMayName) {
  auto guide = read_guide();
  EXPECT_EQ(guide["What every page knows"], kinds_of(common_names()));
  for (const auto& page : all_pages())
    EXPECT_EQ(guide[std::string(page.name)], kinds_of(page.own)) << page.name;
  for (const auto& letter : all_letters()) {
    EXPECT_EQ(guide["letter " + std::string(letter.name)], kinds_of(letter.own)) << letter.name;
  }
}

TEST(Guide, ListsTheCodesThatHaveTexts) {
  Faults faults;
  const auto set = load_catalogues(std::string(DOORWARD_ROOT) + "/config/locales", {}, {"en"}, faults);
  const auto& catalogue = set.catalogues.front();
  std::map<std::string, std::set<std::string>> written;
  const std::set<std::string> of_the_page{"title", "home", "account", "reference"};
  for (const auto& key : catalogue.keys()) {
    const auto dot = key.find('.');
    const std::string code = key.substr(dot + 1);
    if (code.find('.') == std::string::npos && !(key.starts_with("error.") && of_the_page.contains(code))) {
      written[key.substr(0, dot)].insert(code);
    }
  }
  auto guide = read_guide();
  const auto codes = [&guide](const char* heading) {
    std::set<std::string> found;
    for (const auto& [code, unused] : guide[heading]) found.insert(code);
    return found;
  };
  EXPECT_EQ(codes("Refusals"), written["error"]);
  EXPECT_EQ(codes("Error pages"), written["error_page"]);
  EXPECT_EQ(codes("Notices"), written["notice"]);
  for (const auto& [code, listed] : guide["Refusals"]) {
    std::string arguments;
    for (const auto& name : arguments_of(*catalogue.find("error." + code))) {
      arguments += (arguments.empty() ? "`" : ", `") + name + "`";
    }
    EXPECT_EQ(listed, arguments) << code;
  }
}

}  // namespace
}  // namespace doorward::pages
