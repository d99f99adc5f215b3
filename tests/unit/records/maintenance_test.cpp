// A store that was closed takes no writes, from anybody but those who close, fill and open it.
#include "records/maintenance.hpp"

#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "memory_database.hpp"
#include "records/organization.hpp"

namespace doorward::records {
namespace {

using State = Maintenance::State;

class ClosedStore : public ::testing::Test {
 protected:
  void set(State state) {
    memory.database->maintain([&](Transaction& tx) { Maintenances(tx).set({state, "one", test::morning}); });
  }
  bool insert(const char* id) {
    return memory.database->write([&](Transaction& tx) {
      ++runs;
      return Organizations(tx).insert({OrganizationId(id), "name", test::morning});
    });
  }
  bool exists(const char* id) {
    return memory.database->read(
        [&](Transaction& tx) { return Organizations(tx).by_id(OrganizationId(id)).has_value(); });
  }
  test::MemoryDatabase memory;
  int runs = 0;
};

TEST_F(ClosedStore, TakesNoWritesWhileItIsCopiedAndOnceItWasMoved) {
  EXPECT_TRUE(insert("before"));
  for (const State state : {State::leaving, State::left, State::arriving}) {
    set(state);
    runs = 0;
    EXPECT_THROW(insert("a"), ReadOnly);
    EXPECT_EQ(runs, 0) << "the work was begun";
    EXPECT_FALSE(exists("a"));
    EXPECT_TRUE(exists("before")) << "reads go on";
  }
}

TEST_F(ClosedStore, SaysWhy) {
  set(State::left);
  try {
    insert("a");
    FAIL();
  } catch (const Unavailable& closed) {  // whoever knows nothing of closed stores answers 503
    EXPECT_STREQ(closed.what(), "the store is read-only: its installation was moved to another one");
  }
}

TEST_F(ClosedStore, TakesThoseOfWhoCopies) {
  set(State::arriving);
  memory.database->maintain([](Transaction& tx) {
    EXPECT_TRUE(Organizations(tx).insert({OrganizationId("a"), "name", test::morning}));
  });
  EXPECT_TRUE(exists("a"));
}

TEST_F(ClosedStore, TakesWritesOnceACopyHasArrivedOrItWasOpened) {
  set(State::leaving);
  set(State::arrived);
  EXPECT_TRUE(insert("a"));
  set(State::leaving);
  memory.database->maintain([](Transaction& tx) { Maintenances(tx).remove(); });
  EXPECT_TRUE(insert("b"));
}

TEST_F(ClosedStore, KeepsItsStateAndTheIdOfItsCopy) {
  EXPECT_FALSE(memory.database->read([](Transaction& tx) { return Maintenances(tx).get(); }));
  set(State::leaving);
  const auto found = memory.database->read([](Transaction& tx) { return Maintenances(tx).get(); });
  ASSERT_TRUE(found);
  EXPECT_EQ(found->state, State::leaving);
  EXPECT_EQ(found->copy, "one");
  EXPECT_EQ(found->since, test::morning);
}

TEST_F(ClosedStore, IsNotWrittenWhereItsStateIsUnknown) {  // of a later version
  set(State::arrived);
  memory.database->maintain(
      [](Transaction& tx) { update(tx, Maintenance::table, {}, {{"state", Value::of_text("resting")}}); });
  EXPECT_ANY_THROW(insert("a"));
  EXPECT_FALSE(exists("a"));
}

}  // namespace
}  // namespace doorward::records
