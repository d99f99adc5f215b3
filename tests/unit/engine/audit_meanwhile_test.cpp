// An audit that is verified while its oldest records go, and clocks that are wrong.
#include <utility>

#include "audit_store.hpp"
#include "meddling_store.hpp"

namespace doorward::engine {
namespace {

class AuditMeanwhileTest : public AuditTest {
 protected:
  void fill_a_chain(int count, Time at, const std::string& prefix) {
    database->write([&](Transaction& tx) {
      for (int i = 0; i < count; ++i)
        records::AuditChains(tx, keys).add(entry(prefix + std::to_string(i) + "-3", at));
    });
  }
  // So many old records and three young ones; the removal of the old stops after its first piece.
  void begin_to_remove(int old) {
    fill_a_chain(old, morning, "old-");
    sign();
    fill_a_chain(3, morning + 39 * 24h, "young-");
    AuditUpkeep(*database, keys, random, log).remove_expired(removed_at, 30 * 24h, [] { return false; });
  }
  std::size_t checkpoints() { return rows(AuditCheckpoint::table); }

  static constexpr Time removed_at = morning + 40 * 24h;
};

// A removal that stopped half-way goes on between any two pieces that are read.
TEST_F(AuditMeanwhileTest, WhatGoesWhileItIsReadIsNoFault) {
  begin_to_remove(2600);
  ASSERT_EQ(rows(AuditEntry::table), 1603U);
  test::MeddlingStore meddling(*store);
  records::Database watched(meddling, epochs);
  watched.prepare(records::schema());
  int begun = 0, went = 0;
  meddling.at_begin = [&](records::Mode) {
    ++begun;
    if (begun % 2 != 0 || rows(AuditEntry::table) <= 3) return;
    ++went;
    AuditUpkeep(*database, keys, random, log).remove_expired(removed_at, 30 * 24h, [] { return false; });
  };
  // Begun anew for each moment at which it can be overtaken.
  const AuditVerified found = verify_audit(watched, keys, {removed_at, retention});
  EXPECT_GT(went, 0);
  for (const auto& [where, what] : found.faults) ADD_FAILURE() << where << ": " << what;
  EXPECT_EQ(found.records, 3U);
}

TEST_F(AuditMeanwhileTest, ALeftOverThatIsNotJoinedToTheBeginningIsAFault) {
  begin_to_remove(1200);
  ASSERT_EQ(rows(AuditEntry::table), 203U);
  take_out(AuditEntry::table, "old-1150-3");
  EXPECT_EQ(faults().find("record old-1151-3" + std::string(changed)), 0U) << faults();
  for (int i = 1151; i < 1200; ++i) take_out(AuditEntry::table, "old-" + std::to_string(i) + "-3");
  EXPECT_EQ(faults(), "chain 3: has records that aren't joined to its beginning, up to 1150");
}

TEST_F(AuditMeanwhileTest, AClockThatWasAheadKeepsNothingFromBeingSigned) {
  fill(1);
  sign();
  fill(1, morning + 200 * 24h, "ahead-");
  sign(morning + 200 * 24h);
  sign(morning + 60s);
  EXPECT_EQ(checkpoints(), 2U) << "nothing came";
  fill(1, morning, "back-");
  log.lines.clear();
  sign(morning + 60s);
  ASSERT_EQ(checkpoints(), 3U);
  EXPECT_NE(log.lines.find("audit checkpoint 2 was signed for 2027-07-23T08:00:00Z, which is still to come"),
            std::string::npos)
      << log.lines;
  EXPECT_NE(log.lines.find("audit checkpoint 3 at 2027-01-04T08:01:00Z"), std::string::npos) << log.lines;
  fill(1, morning, "next-");
  sign(morning + 120s);
  EXPECT_EQ(checkpoints(), 3U) << "as often as ever";
  EXPECT_EQ(faults(), "");
}

TEST_F(AuditMeanwhileTest, ARecordOfATimeToComeGoesWithThoseAroundIt) {
  fill(1);
  sign();
  fill(1, morning + 200 * 24h, "ahead-");
  sign(morning + 200 * 24h);
  fill(1, morning, "back-");
  sign(morning + 60s);
  fill(1, morning + 20 * 24h, "young-");
  sign(morning + 20 * 24h);
  remove_expired(morning + 25 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 4U);
  remove_expired(morning + 32 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 1U);
  EXPECT_EQ(faults(), "");
}

// They would else stay for another time of retention, from the first checkpoint after it on.
TEST_F(AuditMeanwhileTest, RecordsThatGrewOldWhileTheSiteStoodStillGo) {
  fill(2);
  sign(morning + 40 * 24h);
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 0U);
  EXPECT_EQ(faults(), "");
}

// A host whose clock is late signs for a time that is over.
TEST_F(AuditMeanwhileTest, AnOldCheckpointTakesNoYoungRecordsWithIt) {
  fill(1);
  fill(1, morning + 39 * 24h, "young-");
  sign(morning);
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 2U);
}

// What the checkpoints said is no beginning any more when the chains are read.
TEST_F(AuditMeanwhileTest, WhereTheRemovalBeginsWhileItIsReadItIsReadAgain) {
  fill_a_chain(3, morning, "old-");
  sign();
  fill_a_chain(3, morning + 39 * 24h, "young-");
  test::MeddlingStore meddling(*store);
  records::Database watched(meddling, epochs);
  watched.prepare(records::schema());
  int begun = 0;
  bool went = false;
  meddling.at_begin = [&](records::Mode) {
    if (went || ++begun < 6) return;  // the ends have been read, of the chains none
    went = true;
    remove_expired(morning + 40 * 24h);
  };
  const AuditVerified found = verify_audit(watched, keys, {removed_at, retention});
  EXPECT_TRUE(went);
  for (const auto& [where, what] : found.faults) ADD_FAILURE() << where << ": " << what;
  EXPECT_EQ(found.records, 3U);
}

TEST_F(AuditMeanwhileTest, OfWhatIsOverTheLastOneIsStillTheOneThatWasSigned) {
  begin_to_remove(1200);
  for (int i = 1000; i < 1199; ++i) take_out(AuditEntry::table, "old-" + std::to_string(i) + "-3");
  ASSERT_EQ(faults(), "");
  change(AuditEntry::table, "old-1199-3", {{"link", Value::of_text(found("young-0-3").place->link)}});
  EXPECT_EQ(faults(),
            "record old-1199-3: isn't the last record of those whose time is over (login at "
            "2027-01-04T08:00:00Z)");
}

// Else a host whose clock is ahead had its records removed as soon as they are signed.
TEST_F(AuditMeanwhileTest, ARecordOfATimeToComeStaysAsLongAsAnother) {
  fill(1, morning + 200 * 24h);
  sign(morning + 39 * 24h);
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 1U);
  remove_expired(morning + 70 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 0U);
}

TEST_F(AuditMeanwhileTest, TheFirstMomentOfADayIsOfThatDay) {
  const Time midnight = std::chrono::floor<std::chrono::days>(morning);
  fill(1, midnight);
  sign(morning);
  remove_expired(midnight + 30 * 24h + 23h);
  EXPECT_EQ(rows(AuditEntry::table), 1U);
  remove_expired(midnight + 31 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 0U);
}

TEST_F(AuditMeanwhileTest, OfMoreCheckpointsThanAreReadAtOnceAllThatAreOverGo) {
  for (int i = 0; i < 105; ++i) {
    fill(1, morning, std::to_string(i) + "-");
    sign(morning + i * 300s);
  }
  ASSERT_EQ(checkpoints(), 105U);
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(checkpoints(), 1U);
  EXPECT_EQ(rows(AuditEntry::table), 0U);
}

TEST_F(AuditMeanwhileTest, OfTwoThatSignOrDecideAtOnceOneDoes) {
  fill(1);
  sign();
  fill(1, morning, "more-");
  database->write([&](Transaction& tx) {
    records::AuditCheckpoints all(tx, keys);
    const auto last = all.last();
    const auto ends = records::AuditChains(tx, keys).ends();
    EXPECT_TRUE(all.add(random, last, ends, morning + 300s));
    EXPECT_FALSE(all.add(random, last, ends, morning + 300s)) << "of what was seen before";
  });
  test::MeddlingStore meddling(*store);
  records::Database watched(meddling, epochs);
  watched.prepare(records::schema());
  log.lines.clear();
  const Time now = morning + 40 * 24h;
  bool went = false;
  meddling.at_begin = [&](records::Mode mode) {
    if (mode == records::Mode::write && !std::exchange(went, true)) remove_expired(now);
  };
  AuditUpkeep(watched, keys, random, log).remove_expired(now, 30 * 24h, [] { return true; });
  EXPECT_TRUE(went);
  const std::string decided = "audit removal at ";
  ASSERT_NE(log.lines.find(decided), std::string::npos) << log.lines;
  EXPECT_EQ(log.lines.find(decided), log.lines.rfind(decided)) << log.lines;
  EXPECT_EQ(faults(), "");
}

}  // namespace
}  // namespace doorward::engine
