// What limiters tell each other, as messages of the change feed.
#include "engine/limit_news.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace doorward::engine {
namespace {

using namespace std::chrono_literals;

const std::string key(32, 'k');

TEST(LimitNews, AreReadAsTheyWereWritten) {
  LimitNews news{0xfeedfacecafebeef, 1, 0x10, {}};
  for (std::uint64_t i = 0; i < 20; ++i)
    news.changes.push_back(
        {std::numeric_limits<std::uint64_t>::max() - i, i % 3 == 0, i % 2 == 0 ? 65535 : -7, 900s});
  const auto messages = messages_of(news, key);
  EXPECT_GT(messages.size(), 1U);
  std::vector<http::LimitChange> read;
  std::uint64_t number = news.number;
  for (const std::string& message : messages) {
    EXPECT_LE(message.size(), 200U);
    const auto one = limit_news_of(message, key);
    ASSERT_TRUE(one) << message;
    EXPECT_EQ(one->host, news.host);
    EXPECT_EQ(one->sender, news.sender);
    EXPECT_EQ(one->number, number++);
    read.insert(read.end(), one->changes.begin(), one->changes.end());
  }
  ASSERT_EQ(read.size(), news.changes.size());
  for (std::size_t i = 0; i < read.size(); ++i) {
    EXPECT_EQ(read[i].tag, news.changes[i].tag);
    EXPECT_EQ(read[i].forgiven, news.changes[i].forgiven);
    EXPECT_EQ(read[i].tries, news.changes[i].tries);
    EXPECT_EQ(read[i].forget, news.changes[i].forget);
  }
}

TEST(LimitNews, OfNothingAreNone) { EXPECT_TRUE(messages_of({1, 2, 3, {}}, key).empty()); }

TEST(LimitNews, AreNoneWhereTheMessageIsSomethingElse) {
  EXPECT_TRUE(limit_news_of(with_proof("tried 1 2 3 a+1/900", key), key));
  for (const char* message : {"",
                              "revoked 12",
                              "tried",
                              "tried 1",
                              "tried 1 2 3",
                              "tried 1 2 3 ",
                              "tried 1 0 3 a+1/900",
                              "tried 1 2 3 0+1/900",
                              "tried 1 2 3 a+1/",
                              "tried 1 2 3 a+1",
                              "tried 1 2 3 a/900",
                              "tried 1 2 3 a+70000/900",
                              "tried 1 2 3 a-70000/900",
                              "tried 1 2 3 a+1/-1",
                              "tried 1 2 3 a+1/99999999999",
                              "tried 1 2 3 a+1/900x",
                              "tried 1 2 3 a+1/900 ",
                              "tried 1 2 3 11112222333344445+1/900",
                              "tried -1 2 3 a+1/900",
                              "triedx 1 2 3 a+1/900"})
    EXPECT_FALSE(limit_news_of(with_proof(message, key), key)) << message;
}

TEST(LimitNews, AreNoneWithoutTheProofThatOnlyTheSiteCanMake) {
  const std::string words = "tried 1 2 3 a+1/900";
  const std::string message = with_proof(words, key);
  EXPECT_FALSE(limit_news_of(words, key));
  EXPECT_FALSE(limit_news_of(message, std::string(32, 'x')));
  for (std::size_t i = 0; i < message.size(); ++i) {
    std::string altered = message;
    altered[i] = altered[i] == '1' ? '2' : '1';
    EXPECT_FALSE(limit_news_of(altered, key)) << altered;
    EXPECT_FALSE(limit_news_of(message.substr(0, i), key)) << i;
  }
  EXPECT_FALSE(limit_news_of("tried 1 2 3 b+1/900" + message.substr(words.size()), key)) << "another's proof";
}

}  // namespace
}  // namespace doorward::engine
