// The parts, as they are opened: phone numbers, and parts that aren't there. Pictures: picture_test.cpp.
#include "plugin_host/parts.hpp"

#include "support.hpp"

namespace doorward::plugin_host {
namespace {

TEST(PartsTest, PhoneNumbersAreReadAndShown) {
  OpenedParts parts{PLUGINS};
  const auto berlin = parts.phone_number("030 901820", "DE");
  ASSERT_TRUE(berlin);
  EXPECT_EQ(berlin->e164, "+4930901820");
  EXPECT_EQ(berlin->shown, "+49 30 901820");
  EXPECT_TRUE(parts.phone_number("+1 650-253-0000", ""));
  for (const char* none : {"", "+", "030 901820", "+49", "+49 30 901820 ext. 3", "x"})
    EXPECT_FALSE(parts.phone_number(none, "")) << none;
  EXPECT_FALSE(parts.phone_number("030 901820", "??"));
}

TEST(PartsTest, APartThatIsNotThereIsNamed) {
  OpenedParts none("/nonexistent");
  EXPECT_THROW(none.picture("x"), Unavailable);
  try {
    none.phone_number("+4930901820", "");
    FAIL();
  } catch (const Unavailable& error) {
    EXPECT_NE(std::string(error.what()).find("/nonexistent"), std::string::npos) << error.what();
  }
  EXPECT_EQ(faults_of_parts("/nonexistent").size(), 3U);
  EXPECT_TRUE(faults_of_parts(PLUGINS).empty());
}

TEST(PartsTest, APartThatCanNotBeLoadedIsNamedWithTheReason) {
  const auto faults = faults_of_parts(ODD_PLUGINS);
  ASSERT_EQ(faults.size(), 3U);
  EXPECT_NE(faults[0].find("fetch.so"), std::string::npos) << faults[0];
  EXPECT_NE(faults[1].find("phone.so can't be used"), std::string::npos) << faults[1];
  EXPECT_NE(faults[2].find("picture.so can't be loaded: "), std::string::npos) << faults[2];
  EXPECT_NE(faults[2].find("nobody_defines_this"), std::string::npos) << faults[2];
}

TEST(PartsTest, TheyAreNoPlugins) {
  for (const auto& plugin : describe_plugins(PLUGINS)) EXPECT_NE(plugin.kind, "part/1") << plugin.path;
}

}  // namespace
}  // namespace doorward::plugin_host
