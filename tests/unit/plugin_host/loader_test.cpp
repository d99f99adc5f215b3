// What an administrator reads when a plugin can't be used, and what a plugin gets when it can.
#include <doorward/storage.h>

#include <algorithm>

#include "support.hpp"

namespace doorward::plugin_host {

namespace {

const std::string folder = std::string(ODD_PLUGINS) + "/storage/";
const std::string place = "/etc/doorward/doorward.yaml:7:3: ";

TEST_F(PluginTest, NamesFileFoundAndWanted) {  // T225
  EXPECT_EQ(fault_of("no_descriptor"),
            place + folder + "no_descriptor.so: doorward_plugin_v1() returned no descriptor");
  EXPECT_EQ(fault_of("other_abi"), place + folder +
                                       "other_abi.so: found plugin border revision 7, wanted 1: it has to be "
                                       "built again for this version of Doorward");
  EXPECT_EQ(fault_of("other_kind"),
            place + folder + "other_kind.so: found kind \"mailer/1\", wanted \"storage/1\"");
  EXPECT_EQ(fault_of("other_name"),
            place + folder +
                "other_name.so: found name \"somebody\", wanted \"other_name\", as the file is called");
  EXPECT_TRUE(
      has(fault_of("short_descriptor"), "short_descriptor.so: found a descriptor of 16 bytes, wanted " +
                                            std::to_string(sizeof(doorward_plugin)) + " or more"));
  EXPECT_EQ(
      fault_of("no_create"),
      place + folder + "no_create.so: create, start, stop, destroy or the table of storage/1 is missing");
}

TEST_F(PluginTest, SaysWhichFunctionALibraryLacksWithoutBoostsTail) {  // T225
  const std::string fault = fault_of("needs_more");
  EXPECT_TRUE(has(fault, "needs_more.so can't be loaded: ")) << fault;
  EXPECT_TRUE(fault.ends_with("undefined symbol: nobody_defines_this")) << fault;
}

TEST_F(PluginTest, ATableThatIsTooShortIsRefusedWhenItIsAskedFor) {
  const auto plugin = load(entry("short_table", named()));
  try {
    plugin->table<doorward_storage>();
    FAIL() << "a table of 8 bytes was taken";
  } catch (const BadSettings& error) {
    EXPECT_EQ(std::string(error.what()),
              folder + "short_table.so: found a table of 8 bytes for storage/1, wanted " +
                  std::to_string(sizeof(doorward_storage)) + " or more");
  }
}

TEST_F(PluginTest, CreateGetsEveryDeclaredSettingWithPathsMadeAbsolute) {
  settings::PluginValue secret = value("password", "s3cret");
  secret.is_secret_reference = true;
  const std::string fault = fault_of(entry("right", {value("mode", "tell"), value("name", "n"), secret}));
  EXPECT_EQ(fault, place +
                       "the plugin right says: "
                       "mode=tell;count=3;tls.verify=true;file=/etc/doorward/data/x;password=s3cret;name=n;");
}

TEST_F(PluginTest, ThePluginsOwnFaultsStandBesideTheirSettings) {
  const std::string fault =
      fault_of(entry("right", {value("mode", "faults", 8), value("count", "0", 9), value("name", "n", 10)}));
  EXPECT_TRUE(has(fault, "/etc/doorward/doorward.yaml:9:5: the plugin right says: count: it is too small"))
      << fault;
  EXPECT_TRUE(has(fault, place + "the plugin right says: the second fault")) << fault;
}

TEST_F(PluginTest, StartFailsAsThePluginSays) {
  const auto unavailable = load(entry("right", {value("mode", "unavailable"), value("name", "n")}));
  try {
    unavailable->start();
    FAIL();
  } catch (const Unavailable& error) {
    EXPECT_STREQ(error.what(), "the plugin right can't be started: no luck\\ntoday");
  }
  const auto invalid = load(entry("right", {value("mode", "invalid"), value("name", "n")}));
  EXPECT_THROW(invalid->start(), BadSettings);
  const auto right = load(entry("right", named()));
  right->start();
  right->stop();
  right->start();
}

TEST_F(PluginTest, LogLinesArriveEscapedAndTheClockIsTheEngines) {
  load(entry("right", named()));
  EXPECT_EQ(log.lines(), std::vector<std::string>{"time 1234567\\nunknown service is null"});
}

TEST_F(PluginTest, DescribesWithoutCreating) {
  const PluginDescription found = describe_plugin("storage/1", "right", ODD_PLUGINS);
  EXPECT_EQ(found.fault, "");
  EXPECT_EQ(found.version, "1.2.3");
  EXPECT_EQ(found.summary, "An odd one");
  EXPECT_TRUE(log.lines().empty());
  ASSERT_EQ(found.settings.size(), 6U);
  EXPECT_EQ(found.settings[0].choices, "run|tell|faults|invalid|unavailable");
  EXPECT_EQ(found.settings[2].type, "flag");
  EXPECT_FALSE(found.settings[2].required);
  EXPECT_TRUE(found.settings[5].required);
}

TEST_F(PluginTest, ListsAllPluginsWithTheFaultsOfThoseThatAreWrong) {
  std::size_t wrong = 0;
  std::vector<std::string> names;
  for (const PluginDescription& one : describe_plugins(ODD_PLUGINS)) {
    wrong += one.fault.empty() ? 0U : 1U;
    names.push_back(one.name);
    EXPECT_EQ(one.path, folder + one.name + ".so");
  }
  EXPECT_EQ(names.size(), 13U);
  EXPECT_TRUE(std::is_sorted(names.begin(), names.end()));
  EXPECT_EQ(wrong, 8U);  // right, short_table and the three with functions can be described
  EXPECT_THROW(describe_plugins("/nonexistent"), BadSettings);
}

}  // namespace

}  // namespace doorward::plugin_host
