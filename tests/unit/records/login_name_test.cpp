// Login names: no two that a person would take for one another, and none that could be taken for an address.
#include <gtest/gtest.h>

#include "records/account.hpp"

namespace doorward::records {
namespace {

TEST(LoginNames, AreComparedAsTheyAreRead) {
  EXPECT_EQ(login_key(" Ada "), login_key("ada"));
  EXPECT_EQ(login_key("\uff21\uff44\uff41"), login_key("ada"));
  EXPECT_EQ(login_key("STRASSE"), login_key("stra\u00dfe"));
  EXPECT_EQ(login_key("Zoe\u0308"), login_key("zo\u00eb"));
  EXPECT_NE(login_key("\u0430da"), login_key("ada"));
}

TEST(LoginNames, AreNoAddressesAlsoNotInDisguise) {
  for (const char* name : {"ada@example.org", "@", "ada\uff20example.org", "\ufe6b"})
    EXPECT_EQ(login_key(name), "") << name;
}

TEST(LoginNames, ThatAreNoneAreRefused) {
  for (const char* name : {"", "  ", "a\tb", "a\u202eb", "a\u200eb", "\xff", "\u00ad"})
    EXPECT_EQ(login_key(name), "") << name;
  EXPECT_NE(login_key(std::string(64, 'a')), "");
  EXPECT_EQ(login_key(std::string(65, 'a')), "");
}

}  // namespace
}  // namespace doorward::records
