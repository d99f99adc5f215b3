// One-time tokens: once, for their purpose, in their time, and a code not more than five times.
#include "records/token.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>

#include "memory_database.hpp"

namespace doorward::records {
namespace {

using namespace std::chrono_literals;
using test::morning;

class OneTimeTokens : public ::testing::Test {
 protected:
  template <class Work>
  auto with_tokens(Work work) {
    return memory.database->write([&](Transaction& tx) {
      Tokens tokens(tx, keys);
      return work(tokens);
    });
  }
  Token issue(const std::string& id = "t1", const std::string& binding = std::string(32, 'b'),
              TokenPurpose purpose = TokenPurpose::signup) {
    return with_tokens([&](Tokens& tokens) {
      return tokens.issue({id, purpose, AccountId(), "ada@example.org", binding, "payload", morning + 1h},
                          morning);
    });
  }
  std::string secret_of(const Token& token) {
    return with_tokens([&](Tokens& tokens) { return tokens.secret(token); });
  }
  bool take(const std::string& secret, TokenPurpose purpose = TokenPurpose::signup, Time now = morning,
            const std::string& binding = {}) {
    return with_tokens(
        [&](Tokens& tokens) { return tokens.take(purpose, secret, binding, now).has_value(); });
  }
  std::string try_code(const std::string& code, const std::string& binding = std::string(32, 'b')) {
    const auto checked = with_tokens(
        [&](Tokens& tokens) { return tokens.check_code(TokenPurpose::signup, binding, code, morning); });
    return checked ? "" : checked.error().code;
  }
  test::MemoryDatabase memory;
  test::SeededRandom random;
  const crypto::KeyRing keys = crypto::KeyRing::open(memory.folder / "keys", random);
};

TEST_F(OneTimeTokens, AreUsedOnce) {
  const std::string secret = secret_of(issue());
  EXPECT_EQ(secret.size(), 43U);
  EXPECT_TRUE(with_tokens(
      [&](Tokens& tokens) { return tokens.look(TokenPurpose::signup, secret, "", morning).has_value(); }));
  EXPECT_TRUE(take(secret)) << "looking has used it up";
  EXPECT_FALSE(take(secret));
  EXPECT_FALSE(with_tokens(
      [&](Tokens& tokens) { return tokens.look(TokenPurpose::signup, secret, "", morning).has_value(); }));
}

TEST_F(OneTimeTokens, GoToOneOfManyWhoTryAtOnce) {  // SECURITY T091
  for (int round = 0; round < 5; ++round) {
    const std::string secret = secret_of(issue("t" + std::to_string(round)));
    std::atomic<int> got = 0;
    std::atomic<bool> begun = false;
    std::vector<std::thread> threads;
    for (int i = 0; i < 50; ++i) {
      threads.emplace_back([&] {
        while (!begun) std::this_thread::yield();
        got += take(secret) ? 1 : 0;
      });
    }
    begun = true;
    for (auto& thread : threads) thread.join();
    EXPECT_EQ(got, 1);
  }
}

TEST_F(OneTimeTokens, AreNotUsedUpWhereTheirEffectFails) {
  const std::string secret = secret_of(issue());
  EXPECT_THROW(memory.database->write([&](Transaction& tx) {
    EXPECT_TRUE(Tokens(tx, keys).take(TokenPurpose::signup, secret, "", morning));
    throw std::runtime_error("the effect failed");
  }),
               std::runtime_error);
  EXPECT_TRUE(take(secret));
}

TEST_F(OneTimeTokens, AreForTheirPurposeAndTheirTimeOnly) {
  const std::string secret = secret_of(issue());
  EXPECT_FALSE(take(secret, TokenPurpose::recovery));
  EXPECT_FALSE(take(secret, TokenPurpose::invitation));
  EXPECT_FALSE(take(secret, TokenPurpose::forced_change, morning, std::string(32, 'b')));
  EXPECT_FALSE(take(secret, TokenPurpose::signup, morning + 1h));
  EXPECT_TRUE(take(secret, TokenPurpose::signup, morning + 1h - 1us));
}

TEST_F(OneTimeTokens, ThatNoLetterTellsAreGoodInTheirBrowserOnly) {
  const std::string here(32, 'b');
  for (const auto& [id, binding] : {std::pair{"t1", here}, {"t2", std::string()}}) {
    const std::string secret = secret_of(issue(id, binding, TokenPurpose::forced_change));
    for (const std::string& other : {std::string(), std::string(32, 'c'), here.substr(1)}) {
      EXPECT_FALSE(take(secret, TokenPurpose::forced_change, morning, other)) << id;
      EXPECT_FALSE(with_tokens([&](Tokens& tokens) {
        return tokens.look(TokenPurpose::forced_change, secret, other, morning).has_value();
      })) << id;
    }
    EXPECT_EQ(take(secret, TokenPurpose::forced_change, morning, here), binding == here) << id;
  }
}

TEST_F(OneTimeTokens, AreNotGuessed) {  // SECURITY T089
  const std::string secret = secret_of(issue());
  for (const std::string& guess : {std::string(), std::string("null"), std::string("0"), std::string(43, 'A'),
                                   secret.substr(1), secret + "A", std::string("t1")}) {
    EXPECT_FALSE(take(guess)) << guess;
  }
  const auto stored = with_tokens([](Tokens& tokens) { return *tokens.by_id("t1"); });
  EXPECT_EQ(stored.hash.find(secret), std::string::npos);
  EXPECT_FALSE(take(crypto::base64url(stored.hash))) << "what the store holds opens nothing";
}

TEST_F(OneTimeTokens, OpenByTheirCodeInTheBrowserThatAsked) {
  const Token token = issue();
  const std::string code = with_tokens([&](Tokens& tokens) { return tokens.code(token); });
  EXPECT_EQ(code.size(), 8U);
  EXPECT_EQ(code.find_first_not_of("0123456789"), std::string::npos);
  EXPECT_EQ(try_code(code, std::string(32, 'c')), "code_expired") << "another browser";
  EXPECT_EQ(try_code(code, ""), "code_expired");
  EXPECT_EQ(try_code(code), "");
}

TEST_F(OneTimeTokens, HaveFiveTriesForTheirCode) {
  const Token token = issue();
  const std::string code = with_tokens([&](Tokens& tokens) { return tokens.code(token); });
  const std::string wrong = code == "00000000" ? "00000001" : "00000000";
  for (const std::string& guess :
       {wrong, std::string(), code.substr(1), code + "0", std::string("\u0661\u0662\u0663\u0664")})
    EXPECT_EQ(try_code(guess), "code_wrong") << guess;
  EXPECT_EQ(try_code(code), "code_expired") << "the right one, a try too late";
  EXPECT_TRUE(take(secret_of(token))) << "the link is another way";
}

TEST_F(OneTimeTokens, CountEachOfManyTriesAtOnce) {
  const Token token = issue();
  const std::string code = with_tokens([&](Tokens& tokens) { return tokens.code(token); });
  const std::string wrong = code == "00000000" ? "00000001" : "00000000";
  std::atomic<int> looked_at = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 40; ++i)
    threads.emplace_back([&] { looked_at += try_code(wrong) == "code_wrong" ? 1 : 0; });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(looked_at, Tokens::max_code_attempts);
}

TEST_F(OneTimeTokens, OfABrowserTheNewestCounts) {
  issue("t1");
  issue("t2");
  EXPECT_EQ(with_tokens([](Tokens& tokens) {
              return tokens.look_bound(TokenPurpose::signup, std::string(32, 'b'), morning)->id;
            }),
            "t2");
}

TEST_F(OneTimeTokens, GoWithTheirReason) {
  const std::string secret = secret_of(issue());
  with_tokens([](Tokens& tokens) { tokens.remove_for(TokenPurpose::recovery, "ada@example.org"); });
  EXPECT_TRUE(with_tokens([](Tokens& tokens) { return tokens.by_id("t1").has_value(); }));
  with_tokens([](Tokens& tokens) { tokens.remove_for(TokenPurpose::signup, "ada@example.org"); });
  EXPECT_FALSE(take(secret));
  issue("t2");
  EXPECT_EQ(with_tokens([](Tokens& tokens) { return tokens.remove_expired(morning + 1h); }), 0);
  EXPECT_EQ(with_tokens([](Tokens& tokens) { return tokens.remove_expired(morning + 2h); }), 1);
}

}  // namespace
}  // namespace doorward::records
