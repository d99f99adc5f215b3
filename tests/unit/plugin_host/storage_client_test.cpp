// The core's store over the C border, with the memory plugin behind it.
#include "plugin_host/storage_client.hpp"

#include <thread>

#include "support.hpp"

namespace doorward::plugin_host {

namespace {

using namespace doorward::records;
using std::chrono::milliseconds;

constexpr Field fields[] = {
    {"id", Type::text},       {"email", Type::text, false}, {"token", Type::bytes, false},
    {"visits", Type::number}, {"seen", Type::time},         {"admin", Type::flag}};
constexpr Index indexes[] = {{"email", true}};
const Table tables[] = {{"people", fields, indexes}};

class StorageClientTest : public PluginTest {
 protected:
  StorageClientTest() : store(make_storage(entry("memory"), PLUGINS, log, clock)) {
    store->start();
    store->prepare(tables);
  }
  std::unique_ptr<StoreTransaction> write() { return store->begin(Mode::write, milliseconds(5000)); }
  std::unique_ptr<StoreTransaction> read() { return store->begin(Mode::read, milliseconds(5000)); }
  static bool insert(StoreTransaction& tx, std::string_view id, std::int64_t visits = 0) {
    const std::string token("\0\xff", 2);
    const Cell cells[] = {{"id", Value::of_text(id)},
                          {"email", Value::of_text(id)},
                          {"token", Value::of_bytes(token)},
                          {"visits", Value::of_number(visits)},
                          {"seen", Value::of_time(from_microseconds(-5))},
                          {"admin", Value::of_flag(true)}};
    return tx.insert("people", cells);
  }
  static int count(StoreTransaction& tx) {
    int rows = 0;
    tx.find("people", {}, nullptr, [&](std::span<const Value>) { ++rows; });
    return rows;
  }
  std::unique_ptr<StorageClient> store;
};

TEST_F(StorageClientTest, GivesBackEveryTypeOfValue) {
  const auto tx = write();
  ASSERT_TRUE(insert(*tx, "ann", 3));
  const Cell sparse[] = {{"id", Value::of_text("bob")},
                         {"visits", Value::of_number(0)},
                         {"seen", Value::of_time({})},
                         {"admin", Value::of_flag(false)}};
  ASSERT_TRUE(tx->insert("people", sparse));
  const Match is_ann[] = {{"id", records::Test::is, Value::of_text("ann")}};
  int rows = 0;
  tx->find("people", is_ann, nullptr, [&](std::span<const Value> row) {
    ++rows;
    ASSERT_EQ(row.size(), 6U);
    EXPECT_EQ(row[0].text, "ann");
    EXPECT_EQ(row[2].text, std::string_view("\0\xff", 2));
    EXPECT_EQ(row[3].number, 3);
    EXPECT_EQ(row[4].time(), from_microseconds(-5));
    EXPECT_TRUE(row[5].flag());
  });
  EXPECT_EQ(rows, 1);
  const Match no_email[] = {{"email", records::Test::is, Value{}}};
  tx->find("people", no_email, nullptr,
           [&](std::span<const Value> row) { EXPECT_TRUE(row[1].is_null() && row[0].text == "bob"); });
}

TEST_F(StorageClientTest, ATakenValueIsFalseAndNotAnException) {
  const auto tx = write();
  EXPECT_TRUE(insert(*tx, "ann"));
  EXPECT_FALSE(insert(*tx, "ann"));
  tx->commit();
}

TEST_F(StorageClientTest, OrderLimitAndOffsetArrive) {
  const auto tx = write();
  for (int i = 0; i < 20; ++i) insert(*tx, "p" + std::to_string(i), i);
  std::vector<std::int64_t> seen;
  const Page page{"visits", true, 3, 2};
  tx->find("people", {}, &page, [&](std::span<const Value> row) { seen.push_back(row[3].number); });
  EXPECT_EQ(seen, (std::vector<std::int64_t>{17, 16, 15}));
}

TEST_F(StorageClientTest, UpdatesAndRemovesCountAndHandOut) {
  const auto tx = write();
  for (int i = 0; i < 5; ++i) insert(*tx, "p" + std::to_string(i), i);
  const Match above[] = {{"visits", records::Test::above, Value::of_number(2)}};
  const Change add[] = {{"visits", Value::of_number(10), true}};
  EXPECT_EQ(tx->update("people", above, add), 2);
  std::int64_t sum = 0;
  const RowVisitor take = [&](std::span<const Value> row) { sum += row[3].number; };
  EXPECT_EQ(tx->remove("people", above, &take), 2);
  EXPECT_EQ(sum, 27);
  EXPECT_EQ(tx->remove("people", {}, nullptr), 3);
}

TEST_F(StorageClientTest, MoreCellsThanUsualArriveToo) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) names.push_back("f" + std::to_string(i));
  std::vector<Field> many;
  for (const std::string& name : names) many.push_back({name.c_str(), Type::number});
  const Table wide[] = {{"wide", many, {}}};
  store->prepare(wide);
  std::vector<Cell> cells;
  for (int i = 0; i < 40; ++i)
    cells.push_back({names[static_cast<std::size_t>(i)].c_str(), Value::of_number(i)});
  const auto tx = write();
  EXPECT_TRUE(tx->insert("wide", cells));
  std::int64_t sum = 0;
  tx->find("wide", {}, nullptr, [&](std::span<const Value> row) {
    for (const Value& value : row) sum += value.number;
  });
  EXPECT_EQ(sum, 780);
}

struct FromVisitor {};

TEST_F(StorageClientTest, AVisitorsExceptionComesOutAndNoFurtherRowIsAskedFor) {
  const auto tx = write();
  insert(*tx, "ann");
  insert(*tx, "bob");
  int rows = 0;
  const RowVisitor thrower = [&](std::span<const Value>) {
    ++rows;
    throw FromVisitor();
  };
  EXPECT_THROW(tx->find("people", {}, nullptr, thrower), FromVisitor);
  EXPECT_EQ(rows, 1);
  EXPECT_THROW(tx->remove("people", {}, &thrower), FromVisitor);
  EXPECT_EQ(rows, 2);
}

TEST_F(StorageClientTest, WithoutCommitNothingStays) {
  insert(*write(), "ann");
  EXPECT_EQ(count(*read()), 0);
  const auto tx = write();
  insert(*tx, "ann");
  tx->commit();
  EXPECT_THROW(tx->commit(), std::logic_error);
  EXPECT_THROW(count(*tx), std::logic_error);
  EXPECT_EQ(count(*read()), 1);
}

TEST_F(StorageClientTest, CallsThatCannotBeMadeAreDefects) {
  const auto reading = read();
  EXPECT_THROW(insert(*reading, "ann"), std::logic_error);
  EXPECT_THROW(reading->find("absent", {}, nullptr, [](std::span<const Value>) {}), std::logic_error);
}

TEST_F(StorageClientTest, AnUpdateIntoATakenValueIsADefectOfTheCaller) {
  const auto tx = write();
  insert(*tx, "ann");
  insert(*tx, "bob");
  const Match is_ann[] = {{"id", records::Test::is, Value::of_text("ann")}};
  const Change to_bob[] = {{"email", Value::of_text("bob")}};
  EXPECT_THROW(tx->update("people", is_ann, to_bob), std::logic_error);
}

TEST_F(StorageClientTest, AStoreHeldByOthersIsUnavailableAtTheDeadline) {
  const auto tx = write();
  std::thread([&] {
    EXPECT_THROW(store->begin(Mode::write, milliseconds(30)), Unavailable);
    EXPECT_THROW(store->begin(Mode::write, milliseconds(-1)), Unavailable);
  }).join();
}

TEST_F(StorageClientTest, ASchemaThatCannotBeHadIsABadSetting) {
  constexpr Field other[] = {{"id", Type::text}, {"visits", Type::text}};
  const Table changed[] = {{"people", other, {}}};
  try {
    store->prepare(changed);
    FAIL();
  } catch (const BadSettings& error) {
    EXPECT_STREQ(error.what(),
                 "the store memory can't be brought up to the schema: people.visits is a number and can't "
                 "become a text");
  }
}

TEST_F(StorageClientTest, APluginWithoutAllFunctionsIsRefused) {
  try {
    make_storage(entry("right", named()), ODD_PLUGINS, log, clock);
    FAIL();
  } catch (const BadSettings& error) {
    EXPECT_TRUE(has(error.what(), "lacks one of the eight functions of storage/1"));
  }
}

TEST_F(PluginTest, APluginBuiltBeforeTheChangeFeedLoadsAndHasNone) {
  const StorageClient older(load(entry("before_the_feed", named())));
  EXPECT_FALSE(older.has_feed());
  const StorageClient newer(load(entry("with_feed", named())));
  EXPECT_TRUE(newer.has_feed());
  try {
    const StorageClient half(load(entry("half_feed", named())));
    FAIL() << "announce without listen was taken";
  } catch (const BadSettings& error) {
    EXPECT_TRUE(has(error.what(), "has one half of the change feed")) << error.what();
  }
}

TEST_F(StorageClientTest, AStoreOfOneHostHasNoFeed) {
  EXPECT_FALSE(store->has_feed());
  EXPECT_THROW(write()->announce("x"), std::logic_error);
}

}  // namespace

}  // namespace doorward::plugin_host
