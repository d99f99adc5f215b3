#include "embedding/answer.hpp"

#include "embedding/log_queue.hpp"
#include "embedding/text.hpp"

#include <gtest/gtest.h>

namespace doorward::embedding {
namespace {

TEST(Answer, IsUsableWithOneStatus) {
  Answer answer;
  EXPECT_FALSE(answer.usable());
  const auto sink = answer.sink();
  sink.status(sink.self, 200);
  sink.header(sink.self, text("Set-Cookie"), text("a=1"));
  sink.header(sink.self, text("Set-Cookie"), text("b=2"));
  sink.body(sink.self, text("one "));
  sink.body(sink.self, text("two"));
  EXPECT_TRUE(answer.usable());
  EXPECT_EQ(answer.body(), "one two");
  EXPECT_EQ(answer.headers().size(), 2u);
  sink.status(sink.self, 200);
  EXPECT_FALSE(answer.usable());
}

TEST(Answer, IsNotUsableWithAnImpossibleStatus) {
  for (const int status : {-1, 0, 100, 199, 600}) {
    Answer answer;
    const auto sink = answer.sink();
    sink.status(sink.self, status);
    EXPECT_FALSE(answer.usable()) << status;
  }
}

TEST(Answer, TakesNoHeaderThatCouldBecomeTwo) {
  for (const auto* value : {"a\r\nb: c", "a\nb", "a\rb", "\x01", "a\x7f"}) {
    EXPECT_FALSE(sendable_header("X", value)) << value;
  }
  EXPECT_FALSE(sendable_header("X", std::string_view("a\0b", 3)));
  for (const auto* name : {"", "a b", "a:b", "a\r", "a\"", "(a)"}) {
    EXPECT_FALSE(sendable_header(name, "v")) << name;
  }
  EXPECT_TRUE(sendable_header("X-A_b.c!", "ta\tb and \xC3\xA4"));
}

TEST(LogQueue, KeepsOrderAndCountsWhatIsLost) {
  LogQueue queue(2);
  EXPECT_TRUE(queue.put(DOORWARD_ERROR, "one"));
  EXPECT_TRUE(queue.put(DOORWARD_DEBUG, "two"));
  EXPECT_FALSE(queue.put(DOORWARD_INFO, "three"));
  const auto taken = queue.take();
  ASSERT_EQ(taken.lines.size(), 2u);
  EXPECT_EQ(taken.lines[0].text, "one");
  EXPECT_EQ(taken.lines[1].level, DOORWARD_DEBUG);
  EXPECT_EQ(taken.lost, 1u);
  EXPECT_EQ(queue.take().lost, 0u);
  EXPECT_TRUE(queue.put(DOORWARD_INFO, "four"));
}

}  // namespace
}  // namespace doorward::embedding
