#include <algorithm>
#include <nlohmann/json.hpp>

#include "folder.hpp"
#include "settings/keys.hpp"

namespace doorward::settings {
namespace {

using ShowSettings = Folder;

const Effective& line(const std::vector<Effective>& lines, const std::string& key) {
  const auto found =
      std::find_if(lines.begin(), lines.end(), [&](const Effective& l) { return l.key == key; });
  if (found == lines.end()) throw std::out_of_range(key);
  return *found;
}

TEST_F(ShowSettings, WhatHoldsAndWhereItComesFrom) {
  write("conf.d/a.yaml", "session: {idle: 30m}\n");
  write("secret", "hunter2 hunter2\n");
  const auto lines = effective(read_text(least + "include: conf.d/a.yaml\nsite: {name: \"The #1: site\"}\n"
                                                 "locales: [de]\n"));
  EXPECT_EQ(line(lines, "session.idle").value, "30m");
  EXPECT_EQ(line(lines, "session.idle").place.file, (path / "conf.d/a.yaml").string());
  EXPECT_EQ(line(lines, "session.lifetime").place.line, 0);
  EXPECT_EQ(line(lines, "site.name").value, "\"The #1: site\"");
  EXPECT_EQ(line(lines, "locales").value, "[de]");
  EXPECT_EQ(line(lines, "password.hash_memory").value, "19 MiB");
  EXPECT_EQ(line(lines, "storage.plugin").value, "sqlite");
}

TEST_F(ShowSettings, SecretsAreMasked) {
  write("secret", "hunter2 hunter2\n");
  const auto lines = effective(read_text(
      "public_url: https://example.org\nstorage: {plugin: sqlite}\nmail: {from_address: a@b.example}\n"
      "mailer: {plugin: smtp, password: {file: secret}}\n"));
  EXPECT_EQ(line(lines, "mailer.password").value, "********");
  for (const auto& each : lines) EXPECT_EQ(each.value.find("hunter2"), std::string::npos) << each.key;
}

TEST(SettingsSchema, DescribesEveryKey) {
  const nlohmann::json root = schema();
  EXPECT_EQ(root["$schema"], "https://json-schema.org/draft/2020-12/schema");
  EXPECT_EQ(root["additionalProperties"], false);
  for (const Key& key : keys()) {
    const std::string name = key.name;
    const std::size_t dot = name.find('.');
    const auto& at = dot == std::string::npos ? root : root["properties"][name.substr(0, dot)];
    const std::string leaf = dot == std::string::npos ? name : name.substr(dot + 1);
    ASSERT_TRUE(at["properties"].contains(leaf)) << name;
    EXPECT_FALSE(at["properties"][leaf]["description"].get<std::string>().empty());
    EXPECT_EQ(at["additionalProperties"], false);
  }
  EXPECT_EQ(root["properties"]["password"]["properties"]["min_length"]["maximum"], 64);
  EXPECT_EQ(root["properties"]["locales"]["default"], (nlohmann::json{"en", "de"}));
}

}  // namespace
}  // namespace doorward::settings
