// What other hosts revoke: it counts here, and what may have been missed is never believed.
#include "records/feed.hpp"

#include <gtest/gtest.h>

#include "folder.hpp"

namespace doorward::records {
namespace {

class Announced : public ::testing::Test {
 protected:
  void hear(const std::vector<std::string>& messages) {
    for (const std::string& message : messages) feed.heard(message);
  }
  void catch_up() {
    feed.asking();
    feed.caught_up();
  }
  test::Folder folder;
  const std::string path = folder / "epochs";
  Epochs epochs{path};
  Feed feed{path};
};

constexpr std::uint32_t session = 7;
constexpr std::uint32_t account = Epochs::shards + 7;

TEST_F(Announced, RevocationsCountHere) {
  catch_up();
  const auto seen = epochs.settled(session);
  const auto other = epochs.settled(session + 1);
  const auto any = epochs.settled(Epochs::any_account);
  hear(Feed::messages(std::vector{session}));
  EXPECT_FALSE(epochs.unchanged(session, *seen));
  EXPECT_TRUE(epochs.settled(session)) << "it is over, not under way";
  EXPECT_TRUE(epochs.unchanged(session + 1, *other));
  EXPECT_TRUE(epochs.unchanged(Epochs::any_account, *any));
  hear(Feed::messages(std::vector{account}));
  EXPECT_FALSE(epochs.unchanged(Epochs::any_account, *any));
}

TEST_F(Announced, RevocationsOfManyAreSeveralMessages) {
  std::vector<std::uint32_t> all;
  for (std::uint32_t shard = 0; shard < Epochs::any_account; shard += 3) all.push_back(shard);
  const auto messages = Feed::messages(all);
  EXPECT_GT(messages.size(), 10U);
  for (const std::string& message : messages) EXPECT_LE(message.size(), 200U);
  std::vector<std::uint64_t> seen;
  for (const std::uint32_t shard : all) seen.push_back(*epochs.settled(shard));
  hear(messages);
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_FALSE(epochs.unchanged(all[i], seen[i])) << all[i];
}

TEST_F(Announced, NothingIsBelievedBeforeTheStoreSaysThatAllWasHeard) {
  EXPECT_FALSE(feed.is_fresh());
  feed.restarted();
  EXPECT_FALSE(feed.is_fresh());
  feed.asking();
  EXPECT_FALSE(feed.is_fresh());
  feed.caught_up();
  EXPECT_TRUE(feed.is_fresh());
  feed.restarted();
  EXPECT_FALSE(feed.is_fresh()) << "the connection was lost meanwhile";
}

TEST_F(Announced, WhatMayHaveBeenMissedIsRevokedAltogether) {
  catch_up();
  const auto seen = epochs.settled(session);
  const auto other = epochs.settled(account);
  catch_up();
  EXPECT_TRUE(epochs.unchanged(session, *seen)) << "nothing was missed";
  feed.restarted();
  catch_up();
  EXPECT_FALSE(epochs.unchanged(session, *seen));
  EXPECT_FALSE(epochs.unchanged(account, *other));
}

TEST_F(Announced, SilenceIsNotBelievedForLong) {
  feed.restarted();
  feed.asking();
  wait_for(Feed::longest_silence + std::chrono::milliseconds(1));
  feed.caught_up();
  EXPECT_FALSE(feed.is_fresh()) << "it counts from when the store was asked";
}

TEST_F(Announced, NonsenseIsNothing) {
  catch_up();
  const auto seen = epochs.settled(session);
  for (const char* message :
       {"", "revoked", "revoked ", "revoked x", "revoked 7x", "revoked 99999", "revoked 8192", "revoked -7",
        "hello 7", "revoked 7 ", "revoked 18446744073709551615"}) {
    feed.heard(message);
    EXPECT_TRUE(epochs.unchanged(session, *seen)) << message;
  }
  EXPECT_TRUE(feed.is_fresh());
}

}  // namespace
}  // namespace doorward::records
