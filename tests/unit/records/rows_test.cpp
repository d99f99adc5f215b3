// Rows of any table, piece by piece, and what tells two tables apart.
#include "records/rows.hpp"

#include <gtest/gtest.h>

#include "memory_database.hpp"
#include "records/organization.hpp"

namespace doorward::records {
namespace {

const Table& table = Organization::table;

class Rows : public ::testing::Test {
 protected:
  Rows() {
    memory.database->write([](Transaction& tx) {
      for (const char* id : {"e", "b", "d", "a", "c"})
        Organizations(tx).insert({OrganizationId(id), std::string("name ") + id, test::morning});
    });
  }
  std::string ids(const Value* after, std::uint32_t limit) {
    std::string all;
    for (const KeptRow& row :
         memory.database->read([&](Transaction& tx) { return next_rows(tx, table, after, limit); }))
      all += row.key().text;
    return all;
  }
  test::MemoryDatabase memory;
};

TEST_F(Rows, ComeInTheOrderOfTheirKeysAndNoneTwice) {
  EXPECT_EQ(ids(nullptr, 2), "ab");
  const Value b = Value::of_text("b");
  EXPECT_EQ(ids(&b, 2), "cd");
  const Value gone = Value::of_text("bb");
  EXPECT_EQ(ids(&gone, 10), "cde") << "after a row that isn't there";
  const Value e = Value::of_text("e");
  EXPECT_EQ(ids(&e, 10), "");
}

TEST_F(Rows, OutliveTheirTransactionAndAreWrittenAgainAsTheyWere) {
  auto last = memory.database->read([](Transaction& tx) { return last_row(tx, table); });
  ASSERT_TRUE(last);
  KeptRow moved = std::move(*last);
  last.reset();
  EXPECT_EQ(moved.values()[1].text, "name e");
  test::MemoryDatabase other;
  other.database->write([&](Transaction& tx) {
    EXPECT_TRUE(insert_row(tx, table, moved));
    EXPECT_FALSE(insert_row(tx, table, moved));
  });
  const auto found =
      other.database->read([](Transaction& tx) { return Organizations(tx).by_id(OrganizationId("e")); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->name, "name e");
  EXPECT_EQ(found->created_at, test::morning);
}

TEST_F(Rows, AreRemovedUpToOneOfThem) {
  memory.database->write([](Transaction& tx) { remove_rows_up_to(tx, table, Value::of_text("c")); });
  EXPECT_EQ(ids(nullptr, 10), "de");
}

Contents of(std::initializer_list<std::vector<Value>> rows) {
  Contents contents;
  for (const auto& row : rows) contents.add(row);
  return contents;
}

TEST(TableContents, AreTheSameOnlyWhereEveryValueIs) {
  const Value a = Value::of_text("a"), b = Value::of_text("b"), ab = Value::of_text("ab"),
              empty = Value::of_text("");
  EXPECT_EQ(of({{a, b}, {b, a}}), of({{a, b}, {b, a}}));
  EXPECT_EQ(of({{a}, {b}}).rows(), 2U);
  EXPECT_NE(of({{a}, {b}}), of({{b}, {a}}));
  EXPECT_NE(of({{ab, empty}}), of({{a, b}})) << "where one value ends and the next begins";
  EXPECT_NE(of({{Value{}}}), of({{empty}})) << "none and an empty one";
  EXPECT_NE(of({{Value::of_bytes("a")}}), of({{a}}));
  EXPECT_NE(of({{Value::of_number(1)}}), of({{Value::of_flag(true)}}));
  EXPECT_NE(of({{Value::of_number(1)}}), of({{Value::of_number(257)}}));
  EXPECT_NE(of({{a}}), of({{a}, {a}}));
  Value with_leftovers = a;
  with_leftovers.number = 7;  // what a store leaves in a member that doesn't count
  EXPECT_EQ(of({{a}}), of({{with_leftovers}}));
}

}  // namespace
}  // namespace doorward::records
