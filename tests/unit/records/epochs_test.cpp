// Revocation: what a worker remembers never outlives a revoking commit, not even of a worker that died in the middle.
#include "records/epochs.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "folder.hpp"
#include "process.hpp"

namespace doorward::records {
namespace {

class Revocations : public ::testing::Test {
 protected:
  test::Folder folder;
  const std::string path = folder / "epochs";
  Epochs epochs{path};
};

constexpr std::uint32_t session = 7;
constexpr std::uint32_t account = Epochs::shards + 7;

TEST_F(Revocations, AreSeenByOtherWorkersAtOnce) {
  Epochs other(path);
  const auto seen = other.settled(session);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(other.unchanged(session, *seen));
  { const Epochs::Revocation revocation(epochs, {session}); }
  EXPECT_FALSE(other.unchanged(session, *seen));
  const auto later = other.settled(session);
  ASSERT_TRUE(later);
  EXPECT_TRUE(other.unchanged(session, *later));
}

TEST_F(Revocations, LetNothingBeRememberedWhileTheyAreUnderWay) {
  const auto before = epochs.settled(session);
  const Epochs::Revocation revocation(epochs, {session});
  EXPECT_FALSE(epochs.settled(session)) << "what is read now may be what is being revoked";
  EXPECT_FALSE(epochs.unchanged(session, *before)) << "believed until after the commit";
  EXPECT_TRUE(epochs.settled(session + 1)) << "others aren't concerned";
}

TEST_F(Revocations, OfOneDontSettleAnothers) {
  auto first = std::make_unique<Epochs::Revocation>(epochs, std::vector{session});
  { const Epochs::Revocation second(epochs, {session}); }
  EXPECT_FALSE(epochs.settled(session));
  first.reset();
  EXPECT_TRUE(epochs.settled(session));
}

TEST_F(Revocations, OfAccountsConcernWhoeverDoesntKnowTheAccountYet) {
  const auto seen = epochs.settled(Epochs::any_account);
  { const Epochs::Revocation revocation(epochs, {session}); }
  EXPECT_TRUE(epochs.unchanged(Epochs::any_account, *seen)) << "no account was concerned";
  {
    const Epochs::Revocation revocation(epochs, {account});
    EXPECT_FALSE(epochs.settled(Epochs::any_account));
  }
  EXPECT_FALSE(epochs.unchanged(Epochs::any_account, *seen));
  EXPECT_TRUE(epochs.settled(Epochs::any_account));
}

// A child begins to revoke and is killed before it says that it is done.
void die_while_revoking(const std::string& path) {
  test::Signal revoking;
  test::Process writer([&] {
    Epochs own(path);
    const Epochs::Revocation revocation(own, {session, account});
    revoking.send();
    ::pause();
    return 0;
  });
  revoking.wait();
  writer.kill();
}

TEST_F(Revocations, OfAWorkerThatDiedLeaveTheirShardsUncached) {
  const auto seen = epochs.settled(session);
  die_while_revoking(path);
  EXPECT_FALSE(epochs.unchanged(session, *seen));
  EXPECT_FALSE(epochs.settled(session));
  { const Epochs::Revocation next(epochs, {session}); }
  EXPECT_FALSE(epochs.settled(session)) << "a later writer must not even out what the dead one began";
}

TEST_F(Revocations, OfAWorkerThatDiedAreRepaired) {
  die_while_revoking(path);
  EXPECT_EQ(epochs.repair(), 3U) << "a session's, an account's, and any account's";
  EXPECT_EQ(epochs.repair(), 0U);
  const auto seen = epochs.settled(session);
  ASSERT_TRUE(seen);
  EXPECT_TRUE(epochs.unchanged(session, *seen));
  EXPECT_TRUE(epochs.settled(account));
  EXPECT_TRUE(epochs.settled(Epochs::any_account));
}

TEST_F(Revocations, RepairedAreNoReasonToBelieveWhatWasReadMeanwhile) {
  const auto before = epochs.settled(session);
  die_while_revoking(path);
  epochs.repair();
  for (std::uint64_t seen = *before; seen < *epochs.settled(session); ++seen)
    EXPECT_FALSE(epochs.unchanged(session, seen));
  EXPECT_GT(*epochs.settled(session), *before + 1)
      << "who read between the death and the repair would be believed";
}

TEST_F(Revocations, AreNotRepairedWhileSomebodyWrites) {
  die_while_revoking(path);
  {
    const Epochs::Revocation alive(epochs, {session + 1});
    EXPECT_EQ(epochs.repair(), 0U);
    EXPECT_FALSE(epochs.settled(session));
  }
  EXPECT_EQ(epochs.repair(), 3U);
}

// A reader remembers by the protocol while a writer changes a value and revokes around it. What is believed must be the value.
TEST_F(Revocations, MakeNothingOldBelieved) {
  std::atomic<int> stored = 0;
  std::atomic<bool> done = false;
  std::atomic<int> wrong = 0;
  std::thread writer([&] {
    for (int i = 1; i <= 2000; ++i) {
      const Epochs::Revocation revocation(epochs, {session});
      stored = i;
    }
    done = true;
  });
  while (!done) {
    const auto seen = epochs.settled(session);
    if (!seen) continue;
    const int remembered = stored;
    const int now = stored;
    if (epochs.unchanged(session, *seen) && now != remembered) ++wrong;
  }
  writer.join();
  EXPECT_EQ(wrong, 0);
}

TEST(Shards, AreWithinTheirHalf) {
  for (int i = 0; i < 1000; ++i) {
    const std::string key =
        std::string(1, static_cast<char>(i)) + std::to_string(i) + "0123456789012345678901234567";
    EXPECT_LT(Epochs::session_shard(key), Epochs::shards);
    EXPECT_GE(Epochs::account_shard(key), Epochs::shards);
    EXPECT_LT(Epochs::account_shard(key), 2 * Epochs::shards);
  }
}

}  // namespace
}  // namespace doorward::records
