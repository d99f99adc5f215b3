// What is said of a plugin's settings: everything at once, each with its place.
#include "plugin_host/settings_check.hpp"

#include <gtest/gtest.h>

namespace doorward::plugin_host {

namespace {

constexpr doorward_setting declared[] = {
    {"host", DOORWARD_SETTING_TEXT, nullptr, nullptr, "the server's name"},
    {"port", DOORWARD_SETTING_NUMBER, "25", nullptr, "the server's port"},
    {"security", DOORWARD_SETTING_TEXT, "starttls", "none|starttls|tls", "how the connection is secured"},
    {"tls.verify", DOORWARD_SETTING_FLAG, "true", nullptr, "whether the server's name is checked"},
    {"password", DOORWARD_SETTING_SECRET, "", nullptr, "the account's password"},
    {"folder", DOORWARD_SETTING_PATH, "", nullptr, "where a copy goes"},
};

settings::PluginValue value(const std::string& key, const std::string& text, int line,
                            bool reference = false) {
  return {key, text, reference, {"/etc/d.yaml", line, 3}};
}
std::string faults_of(std::vector<settings::PluginValue> values) {
  settings::Faults faults;
  check_settings(declared, {"smtp", std::move(values), {"/etc/d.yaml", 1, 1}}, faults);
  return faults.text();
}
std::string fault_of(settings::PluginValue one) { return faults_of({value("host", "h", 2), std::move(one)}); }

TEST(SettingsCheck, TellsEverythingAtOnceInTheOrderOfLines) {
  EXPECT_EQ(faults_of({value("prot", "1", 2), value("port", "many", 3), value("tls.verify", "yes", 4)}),
            "/etc/d.yaml:1:1: the plugin smtp needs the setting host: the server's name\n"
            "/etc/d.yaml:2:3: the plugin smtp has no setting \"prot\": did you mean port?\n"
            "/etc/d.yaml:3:3: port has to be a whole number, not \"many\"\n"
            "/etc/d.yaml:4:3: tls.verify has to be true or false, not \"yes\"");
}

TEST(SettingsCheck, HintsOnlyAtNamesThatAreNear) {
  EXPECT_TRUE(fault_of(value("tls_verify", "true", 2)).ends_with("did you mean tls.verify?"));
  EXPECT_TRUE(fault_of(value("pasword", "x", 2)).ends_with("did you mean password?"));
  EXPECT_TRUE(
      fault_of(value("something_else", "x", 2)).ends_with("`doorward plugin info smtp` lists what it knows"));
}

TEST(SettingsCheck, ChoicesAreNamed) {
  EXPECT_EQ(fault_of(value("security", "ssl", 2)),
            "/etc/d.yaml:2:3: security has to be none, starttls or tls, not \"ssl\"");
  EXPECT_EQ(fault_of(value("security", "tls", 2)), "");
}

TEST(SettingsCheck, ASecretNeverStandsInTheFileAndIsNeverRepeated) {
  const std::string fault = fault_of(value("password", "hunter2", 2));
  EXPECT_EQ(fault,
            "/etc/d.yaml:2:3: password is a secret and can't stand in the file itself: write {file: /path} "
            "or {env: NAME}");
  EXPECT_EQ(fault_of(value("password", "hunter2", 2, true)), "");
  EXPECT_TRUE(fault_of(value("password", "", 2, true)).ends_with("its source is empty"));
  EXPECT_EQ(fault_of(value("port", "hunter2", 2, true)),
            "/etc/d.yaml:2:3: port has to be a whole number, not what was read");
}

TEST(SettingsCheck, NumbersAreWholeAndFit) {
  for (const char* wrong : {"", " 1", "1 ", "+1", "0x10", "1.0", "9223372036854775808", "--1"})
    EXPECT_NE(fault_of(value("port", wrong, 2)), "") << wrong;
  for (const char* right : {"0", "-1", "9223372036854775807", "-9223372036854775808"})
    EXPECT_EQ(fault_of(value("port", right, 2)), "") << right;
}

TEST(SettingsCheck, PathsAreRelativeToTheFileTheyStandIn) {
  const auto path_of = [](const std::string& text) {
    settings::Faults faults;
    settings::PluginValue one = value("folder", text, 2);
    one.place.file = "/srv/more/included.yaml";
    for (const auto& [key, found] :
         check_settings(declared, {"smtp", {value("host", "h", 2), one}, {"/etc/d.yaml", 1, 1}}, faults))
      if (key == "folder") return found;
    return std::string("missing");
  };
  EXPECT_EQ(path_of("copies"), "/srv/more/copies");
  EXPECT_EQ(path_of("../copies/./x"), "/srv/copies/x");
  EXPECT_EQ(path_of("/var/copies"), "/var/copies");
  EXPECT_NE(fault_of(value("folder", "", 2)), "");
}

TEST(SettingsCheck, DefaultsFillInWhatIsAbsent) {
  settings::Faults faults;
  const SettingValues values =
      check_settings(declared, {"smtp", {value("host", "h", 2)}, {"/etc/d.yaml", 1, 1}}, faults);
  const SettingValues wanted = {{"host", "h"},          {"port", "25"},   {"security", "starttls"},
                                {"tls.verify", "true"}, {"password", ""}, {"folder", ""}};
  EXPECT_EQ(values, wanted);
  EXPECT_TRUE(faults.empty());
}

}  // namespace

}  // namespace doorward::plugin_host
