// Transactions: again when somebody was in the way, whole or not at all, and announced around their commit.
#include "records/database.hpp"

#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "memory_database.hpp"
#include "records/organization.hpp"
#include "records/schema.hpp"

namespace doorward::records {
namespace {

using namespace std::chrono_literals;

// A store that is busy so many times, at begin or at commit, before it lets the real one do it.
class BusyStore final : public Store {
 public:
  BusyStore(Store& real, int busy_begins, int busy_commits)
      : real_(real), begins_(busy_begins), commits_(busy_commits) {}
  void prepare(std::span<const Table> tables) override { real_.prepare(tables); }
  bool quick() const override { return true; }
  std::unique_ptr<StoreTransaction> begin(Mode mode, std::chrono::milliseconds timeout) override {
    if (begins_-- > 0) throw Busy("begin");
    return std::make_unique<Inner>(real_.begin(mode, timeout), commits_, commit_seen);
  }
  std::function<void()> commit_seen;

 private:
  class Inner final : public StoreTransaction {
   public:
    Inner(std::unique_ptr<StoreTransaction> real, int& commits, std::function<void()>& seen)
        : real_(std::move(real)), commits_(commits), seen_(seen) {}
    bool insert(const char* table, std::span<const Cell> cells) override {
      return real_->insert(table, cells);
    }
    void find(const char* table, std::span<const Match> matches, const Page* page,
              const RowVisitor& row) override {
      real_->find(table, matches, page, row);
    }
    std::int64_t update(const char* table, std::span<const Match> matches,
                        std::span<const Change> changes) override {
      return real_->update(table, matches, changes);
    }
    std::int64_t remove(const char* table, std::span<const Match> matches, const RowVisitor* taken) override {
      return real_->remove(table, matches, taken);
    }
    void commit() override {
      if (seen_) seen_();
      if (commits_-- > 0) throw Busy("commit");
      real_->commit();
    }

   private:
    std::unique_ptr<StoreTransaction> real_;
    int& commits_;
    std::function<void()>& seen_;
  };
  Store& real_;
  int begins_, commits_;
};

class Transactions : public ::testing::Test {
 protected:
  static bool insert(Transaction& tx, const char* id) {
    return Organizations(tx).insert({OrganizationId(id), "name", test::morning});
  }
  bool exists(const char* id) {
    return memory.database->read(
        [&](Transaction& tx) { return Organizations(tx).by_id(OrganizationId(id)).has_value(); });
  }
  test::MemoryDatabase memory;
};

TEST_F(Transactions, ReturnWhatTheirWorkReturns) {
  EXPECT_TRUE(memory.database->write([](Transaction& tx) { return insert(tx, "a"); }));
  EXPECT_FALSE(memory.database->write([](Transaction& tx) { return insert(tx, "a"); }))
      << "the same id twice";
  EXPECT_TRUE(exists("a"));
}

TEST_F(Transactions, AreRunAgainFromTheStartWhereSomebodyWasInTheWay) {
  BusyStore store(*memory.store, 2, 2);
  Database database(store, memory.epochs);
  database.prepare(schema());
  int runs = 0;
  const int answer = database.write([&](Transaction& tx) {
    EXPECT_TRUE(insert(tx, "a")) << "the run before was not rolled back";
    return ++runs;
  });
  EXPECT_EQ(answer, 3) << "the answer of the run that was committed";
  EXPECT_TRUE(exists("a"));
}

TEST_F(Transactions, GiveUpInTime) {
  BusyStore store(*memory.store, 1 << 30, 0);
  Database database(store, memory.epochs);
  database.prepare(schema());
  bool ran = false;
  EXPECT_THROW(database.write([&](Transaction&) { ran = true; }, 20ms), Unavailable);
  EXPECT_FALSE(ran);
}

TEST_F(Transactions, LeaveNothingWhereTheyThrow) {
  EXPECT_THROW(memory.database->write([](Transaction& tx) {
    insert(tx, "a");
    throw std::runtime_error("half-way");
  }),
               std::runtime_error);
  EXPECT_FALSE(exists("a"));
  EXPECT_TRUE(memory.database->write([](Transaction& tx) { return insert(tx, "a"); }))
      << "the store is still locked";
}

TEST_F(Transactions, LeaveNothingWhereTheyAreAbandoned) {
  const bool answer = memory.database->write([](Transaction& tx) {
    const bool inserted = insert(tx, "a");
    tx.revoke_shard(3);
    tx.abandon();
    return inserted;
  });
  EXPECT_TRUE(answer) << "the answer is kept, the change isn't";
  EXPECT_FALSE(exists("a"));
}

TEST_F(Transactions, AnnounceWhatTheyRevokeAroundTheirCommit) {
  BusyStore store(*memory.store, 0, 1);
  Database database(store, memory.epochs);
  database.prepare(schema());
  int commits = 0;
  store.commit_seen = [&] {
    ++commits;
    EXPECT_FALSE(memory.epochs.settled(3)) << "a worker could remember what is just being revoked";
  };
  const auto seen = memory.epochs.settled(3);
  database.write([&](Transaction& tx) {
    EXPECT_TRUE(memory.epochs.settled(3)) << "announced before there is anything to commit";
    tx.revoke_shard(3);
    tx.revoke_shard(3);
  });
  EXPECT_EQ(commits, 2);
  EXPECT_TRUE(memory.epochs.settled(3));
  EXPECT_FALSE(memory.epochs.unchanged(3, *seen));
}

TEST_F(Transactions, AnnounceNothingWhereNothingIsRevoked) {
  const auto seen = memory.epochs.settled(3);
  memory.database->write([](Transaction& tx) { insert(tx, "a"); });
  memory.database->read([](Transaction& tx) { tx.revoke_shard(3); });
  EXPECT_TRUE(memory.epochs.unchanged(3, *seen));
}

TEST(Database, IsClosedUntilTheStoreWasReached) {
  test::MemoryDatabase memory;
  Database database(*memory.store, memory.epochs);
  EXPECT_THROW(database.read([](Transaction&) {}), Unavailable);
  EXPECT_THROW(database.write([](Transaction&) {}), Unavailable);
  database.prepare(schema());
  database.write([](Transaction&) {});
}

}  // namespace
}  // namespace doorward::records
