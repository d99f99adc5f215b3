// Password hashes: what is stored decides nothing dangerous, and a stranger's name costs what a real one costs.
#include "crypto/password_hash.hpp"

#include <gtest/gtest.h>
#include <time.h>

#include <functional>

#include "folder.hpp"

namespace doorward::crypto {
namespace {

using namespace std::chrono_literals;

// Of this process: hashes have a thread of their own, and what else the machine does isn't counted.
double seconds_of_work(const std::function<void()>& work) {
  timespec before{}, after{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &before);
  work();
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &after);
  return static_cast<double>(after.tv_sec - before.tv_sec) +
         static_cast<double>(after.tv_nsec - before.tv_nsec) / 1e9;
}

class PasswordHashes : public ::testing::Test {
 protected:
  test::Folder folder;
  HashSeats seats{folder / "hash_seats", 1};
  const PasswordHasher hasher{HashCost{64, 1}, seats, 0ms};
};

TEST_F(PasswordHashes, OpenWithTheirPasswordAlone) {
  const std::string stored = *hasher.hash("correct horse battery staple");
  EXPECT_TRUE(stored.starts_with("$argon2id$v=19$m=64,t=1,p=1$")) << stored;
  EXPECT_TRUE(*hasher.verify("correct horse battery staple", stored));
  for (const char* wrong :
       {"", "Correct horse battery staple", "correct horse battery staple ", "correct horse battery stapl"}) {
    EXPECT_FALSE(*hasher.verify(wrong, stored)) << wrong;
  }
  EXPECT_NE(*hasher.hash("correct horse battery staple"), stored) << "twice the same salt";
}

TEST_F(PasswordHashes, TakeEveryByteOfALongPassword) {
  const std::string base(1023, 'x');
  const std::string stored = *hasher.hash(base + "a");
  EXPECT_TRUE(*hasher.verify(base + "a", stored));
  EXPECT_FALSE(*hasher.verify(base + "b", stored));
  EXPECT_FALSE(*hasher.verify(base, stored));
}

TEST_F(PasswordHashes, ThatAskForTheWorldCostNothing) {
  const std::string tail = "$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  for (const std::string cost :
       {"$argon2id$v=19$m=4194304,t=1,p=1", "$argon2id$v=19$m=64,t=1000000,p=1",
        "$argon2id$v=19$m=1048577,t=1,p=1", "$argon2id$v=19$m=99999999999999,t=1,p=1",
        "$argon2id$v=19$m=-1,t=1,p=1", "$argon2id$v=19$m=64,t=-1,p=1", "$argon2id$v=19$m=64,t=1,p=16777215",
        "$argon2id$v=16$m=64,t=1,p=1", "$argon2i$v=19$m=64,t=1,p=1", "$argon2id$v=19$m=,t=,p=", "$2b$31$",
        "plain text", ""}) {
    bool right = true;
    const double seconds = seconds_of_work([&] { right = *hasher.verify("password", cost + tail); });
    EXPECT_FALSE(right) << cost;
    EXPECT_LT(seconds, 0.1) << cost;
  }
  EXPECT_FALSE(*hasher.verify("password", std::string(100'000, '$')));
}

TEST_F(PasswordHashes, AreRefusedWithoutAHashWhereTheSeatIsNotNeeded) {
  const auto seat = seats.take(0ms);
  EXPECT_TRUE(hasher.verify("password", "$argon2id$v=19$m=4194304,t=1,p=1$A$A")) << "asked for a seat";
}

// That the work is done at all: doing nothing costs a thousandth of it. How alike both are is measured by stack.timing.long.
TEST_F(PasswordHashes, OfNobodyAreWorkToo) {
  const PasswordHasher dear(HashCost{19456, 2}, seats, 0ms);
  const std::string stored = *dear.hash("correct horse battery staple");
  const double wrong = seconds_of_work([&] { EXPECT_FALSE(*dear.verify("a wrong password", stored)); });
  const double nobody = seconds_of_work([&] { EXPECT_FALSE(*dear.verify_nothing("a wrong password")); });
  EXPECT_GT(nobody, wrong / 10);
  EXPECT_GT(wrong, nobody / 10);
}

TEST_F(PasswordHashes, AreBusyWhereAllSeatsAreTaken) {
  const std::string stored = *hasher.hash("password");
  const auto seat = seats.take(0ms);
  for (const auto& error : {hasher.hash("password").error(), hasher.verify("password", stored).error(),
                            hasher.verify_nothing("password").error()}) {
    EXPECT_EQ(error.code, "busy");
    EXPECT_EQ(error.status, 503);
    EXPECT_GT(error.retry_after.count(), 0);
  }
}

TEST_F(PasswordHashes, OfOtherCostAreMadeAnew) {
  const std::string stored = *hasher.hash("password");
  EXPECT_FALSE(hasher.needs_rehash(stored));
  EXPECT_TRUE(PasswordHasher(HashCost{64, 2}, seats, 0ms).needs_rehash(stored));
  EXPECT_TRUE(PasswordHasher(HashCost{128, 1}, seats, 0ms).needs_rehash(stored));
}

}  // namespace
}  // namespace doorward::crypto
