// config/doorward.yaml and docs/guides/settings.md against the table: every key, its help and its default, both
// ways. With DOORWARD_UPDATE=1 in the environment the guide is written anew.
#include <cstdlib>
#include <map>
#include <regex>
#include <sstream>

#include "folder.hpp"
#include "settings/keys.hpp"

namespace doorward::settings {
namespace {

std::string bytes_of(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream bytes;
  bytes << stream.rdbuf();
  return bytes.str();
}

const std::string reference = std::string(DOORWARD_SOURCE_DIR) + "/config/doorward.yaml";
const std::string guide = std::string(DOORWARD_SOURCE_DIR) + "/docs/guides/settings.md";

bool is_list(const Key& key) {
  return std::holds_alternative<std::vector<std::string>& (*)(Settings&)>(key.member);
}

// A default as YAML has it.
std::string in_yaml(const Key& key) {
  const std::string fallback = key.fallback;
  if (is_list(key)) return "[" + fallback + "]";
  if (std::holds_alternative<Names& (*)(Settings&)>(key.member)) return "{" + fallback + "}";
  return fallback.empty() ? "\"\"" : fallback;
}

// These depend on where Doorward is installed.
bool is_installed_path(const std::string& name) {
  return name == "plugin_dir" || name == "theme_dir" || name == "locales_dir";
}

std::string help_of(const Key& key) {
  std::string help = key.help;
  if (key.least != nullptr) help += std::string(" From ") + key.least + " to " + key.most + ".";
  return help;
}

struct Line {
  std::string value, comment;
};

// "session.idle" -> its value and the comment above it, whether its line is commented out or not.
std::map<std::string, Line> lines_of_reference() {
  static const std::regex setting("( *)#?([a-z_]+):(?: (.*))?"), prose(" *# (.*)");
  std::map<std::string, Line> lines;
  std::string section, comment;
  std::istringstream stream(bytes_of(reference));
  for (std::string line; std::getline(stream, line);) {
    std::smatch match;
    if (std::regex_match(line, match, prose)) {
      comment += (comment.empty() ? "" : " ") + match[1].str();
    } else if (std::regex_match(line, match, setting)) {
      if (match[1].length() == 0) section = match[2];
      lines[match[1].length() == 0 ? section : section + "." + match[2].str()] = {match[3], comment};
      comment.clear();
    } else {
      comment.clear();
    }
  }
  return lines;
}

std::string uncommented() {
  static const std::regex setting("^( *)#([a-z_]+:)");
  std::string yaml;
  std::istringstream stream(bytes_of(reference));
  for (std::string line; std::getline(stream, line);)
    yaml += std::regex_replace(line, setting, "$1$2") + "\n";
  return std::regex_replace(yaml, std::regex("\\{file: [^}]*\\}"), "{file: secret}");
}

TEST(SettingsReference, HasEveryKeyWithItsHelpAndItsDefault) {
  const auto lines = lines_of_reference();
  ASSERT_FALSE(keys().empty());
  for (const Key& key : keys()) {
    ASSERT_TRUE(lines.contains(key.name)) << key.name << " is missing in config/doorward.yaml";
    const Line& line = lines.at(key.name);
    EXPECT_EQ(line.comment, help_of(key)) << key.name;
    if (key.fallback == nullptr || is_installed_path(key.name)) continue;
    EXPECT_EQ(line.value, in_yaml(key)) << key.name;
  }
}

using ReadReference = Folder;

TEST_F(ReadReference, IsAcceptedAsItStandsAndWithEveryLineInForce) {
  write("secret", "x");
  const std::string as_it_stands = bytes_of(reference);
  ASSERT_FALSE(as_it_stands.empty());
  const Settings plain =
      read_text(std::regex_replace(as_it_stands, std::regex("\\{file: [^}]*\\}"), "{file: secret}"));
  const Settings all = read_text(uncommented());
  for (const Key& key : keys()) EXPECT_TRUE(all.places.contains(key.name)) << key.name;
  for (const auto& [name, place] : all.places)
    EXPECT_TRUE(find_key(name) != nullptr || name.find('.') == std::string::npos) << name;

  const auto given = effective(all), defaults = effective(plain);
  ASSERT_EQ(given.size(), defaults.size());
  for (std::size_t i = 0; i < given.size(); ++i)
    if (!is_installed_path(given[i].key)) {
      EXPECT_EQ(given[i].value, defaults[i].value) << given[i].key;
    }
}

TEST_F(ReadReference, ExamplesAreAccepted) {
  write("secret", "x");
  int examples = 0;
  for (const auto& folder : std::filesystem::directory_iterator(DOORWARD_SOURCE_DIR "/config/examples")) {
    const std::string file = (folder.path() / "doorward.yaml").string();
    ASSERT_TRUE(std::filesystem::exists(file)) << file;
    std::string yaml = std::regex_replace(bytes_of(file), std::regex("\\{file: [^}]*\\}"), "{file: secret}");
    yaml = std::regex_replace(yaml, std::regex("@PORT@"), "8080");
    yaml = std::regex_replace(yaml, std::regex("@[A-Z]+@"), "/filled/in");
    EXPECT_EQ(faults_of(yaml), "") << file;
    ++examples;
  }
  EXPECT_GE(examples, 3);
}

TEST(SettingsDefaults, OfTheTableAreThoseOfTheStruct) {
  Settings fresh;
  for (const auto& line : effective(fresh)) {
    const Key* key = find_key(line.key);
    if (key == nullptr || key->fallback == nullptr || is_installed_path(line.key)) continue;
    const bool quotes = line.value.starts_with('"') && line.value.size() > 2;
    const std::string value = quotes ? line.value.substr(1, line.value.size() - 2) : line.value;
    std::string expected = in_yaml(*key);
    if (expected == "24h") expected = "1d";  // as it is shown
    EXPECT_EQ(value, expected) << line.key;
  }
}

std::string guide_table() {
  std::string text = "| key | default | what it is for |\n| --- | --- | --- |\n";
  for (const Key& key : keys()) {
    const bool words = key.fallback == nullptr || is_installed_path(key.name);
    const std::string fallback = key.fallback == nullptr       ? "must be given"
                                 : is_installed_path(key.name) ? "where it was installed"
                                                               : in_yaml(key);
    std::string help = std::regex_replace(help_of(key), std::regex("<([a-z_]+)>"), "&lt;$1&gt;");
    text += std::string("| `") + key.name + "` | " + (words ? fallback : "`" + fallback + "`") + " | " +
            help + " |\n";
  }
  return text;
}

TEST(SettingsGuide, ShowsTheTable) {
  const std::string begin = "<!-- The table is made from core/src/settings/keys.cpp. -->\n",
                    end = "<!-- End of the table. -->\n";
  std::string text = bytes_of(guide);
  const std::size_t from = text.find(begin), to = text.find(end);
  ASSERT_NE(from, std::string::npos);
  ASSERT_NE(to, std::string::npos);
  const std::size_t inside = from + begin.size();
  if (std::getenv("DOORWARD_UPDATE") != nullptr) {
    text.replace(inside, to - inside, guide_table());
    std::ofstream(guide, std::ios::binary) << text;
  } else {
    EXPECT_EQ(text.substr(inside, to - inside), guide_table())
        << "run this test again with DOORWARD_UPDATE=1";
  }
}

}  // namespace
}  // namespace doorward::settings
