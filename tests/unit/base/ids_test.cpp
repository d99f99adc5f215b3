// Ids sort by the time they were made at, and don't repeat.
#include "base/ids.hpp"

#include <gtest/gtest.h>

#include <set>
#include <type_traits>

#include "fixed.hpp"

namespace doorward {
namespace {

class NoChance final : public Random {  // every byte is 0xff
  void fill(std::span<std::byte> out) override { std::fill(out.begin(), out.end(), std::byte{0xff}); }
};

TEST(Ids, AreUuidsOfVersion7) {
  NoChance random;
  const Time time = from_microseconds(0x0123456789abLL * 1000 + 999);
  EXPECT_EQ(make_uuid(time, random), "01234567-89ab-7fff-bfff-ffffffffffff");
}

TEST(Ids, LaterOnesSortLaterWhateverChanceSays) {
  test::SeededRandom random;
  std::string before = make_uuid(test::morning, random);
  for (int i = 1; i < 100; ++i) {
    const std::string id = make_uuid(test::morning + std::chrono::milliseconds(i), random);
    EXPECT_LT(before, id);
    before = id;
  }
}

TEST(Ids, DontRepeatWithinAMillisecond) {
  SystemRandom random;
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) ids.insert(make_uuid(test::morning, random));
  EXPECT_EQ(ids.size(), 10'000U);
}

TEST(Ids, OfOneNounAreNotThoseOfAnother) {
  static_assert(!std::is_convertible_v<AccountId, SessionId>);
  static_assert(!std::is_constructible_v<SessionId, AccountId>);
  EXPECT_TRUE(AccountId().empty());
  EXPECT_FALSE(AccountId("a").empty());
}

}  // namespace
}  // namespace doorward
