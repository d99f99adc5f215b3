// The audit in a real file of SQLite, and what somebody may do to it who can write there but hasn't the key ring.
#include "audit_store.hpp"

#include <atomic>
#include <fstream>
#include <thread>

namespace doorward::engine {
namespace {

TEST_F(AuditTest, AsItWasWrittenIsFoundGood) {
  EXPECT_EQ(faults(), "");
  EXPECT_FALSE(verify().from);
  for (int i = 0; i < 200; ++i) add(make_uuid(morning, random), morning + std::chrono::seconds(i));
  sign(morning + 200s);
  add("one-more-0", morning + 300s);
  const AuditVerified found = verify();
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(found.records, 201U);
  EXPECT_EQ(found.checkpoints, 1U);
  EXPECT_EQ(found.after_last, 1U);
  EXPECT_EQ(found.unchained, 0U);
  EXPECT_EQ(found.from, morning);
  EXPECT_EQ(found.to, morning + 300s);
}

TEST_F(AuditTest, ARequestAddsToOneChain) {
  database->write([&](Transaction& tx) {
    for (const char* id : {"a-1", "a-2", "a-3"}) {
      AuditEntry one = entry(id);
      one.request = "a4f3";
      records::AuditChains(tx, keys).add(one);
    }
  });
  EXPECT_EQ(rows(AuditChain::table), 1U);
  EXPECT_EQ(found("a-3").place->number, 3);
  EXPECT_EQ(faults(), "");
}

TEST_F(AuditTest, AFlippedRecordIsNamed) {
  fill();
  for (const char* field : {"actor", "subject", "action", "outcome", "address", "request", "details"}) {
    const std::string was = field == std::string("actor")     ? "actor"
                            : field == std::string("subject") ? "ada"
                            : field == std::string("action")  ? "login"
                            : field == std::string("outcome") ? "ok"
                            : field == std::string("address") ? "192.0.2.7"
                            : field == std::string("request") ? "7-3"
                                                              : field;
    change(AuditEntry::table, "7-3", {{field, Value::of_text("forged")}});
    EXPECT_EQ(faults().find("record 7-3: isn't what was written here"), 0U) << field << ": " << faults();
    EXPECT_EQ(faults().find('\n'), std::string::npos) << "only it: " << faults();
    change(AuditEntry::table, "7-3", {{field, Value::of_text(was)}});
    ASSERT_EQ(faults(), "") << field;
  }
  change(AuditEntry::table, "7-3", {{"at", Value::of_time(morning + 1us)}});
  EXPECT_EQ(faults(), std::string("record 7-3") + changed);
}

TEST_F(AuditTest, AMissingRecordIsNamedByItsNeighbour) {
  fill();
  take_out(AuditEntry::table, "7-3");
  take_out(AuditEntry::table, "8-3");
  EXPECT_EQ(faults(),
            "chain 3: records 7 to 8 are missing, before record 9-3 (login at 2027-01-04T08:00:00Z)");
  take_out(AuditEntry::table, "1-3");
  EXPECT_EQ(faults().find("chain 3: record 1 is missing, before record 2-3"), 0U) << faults();
}

TEST_F(AuditTest, APutInRecordIsNamedWhereverItStands) {
  fill();
  const std::string link = found("20-3").place->link;
  put_in("behind", Value::of_number(3), Value::of_number(21), Value::of_text(link));
  EXPECT_EQ(faults(),
            "record behind: was put in behind the end of its chain (login at 2027-01-04T08:00:00Z)");
  change(AuditChain::table, "3", {{"number", Value::of_number(21)}, {"link", Value::of_text(link)}});
  EXPECT_EQ(faults(), std::string("record behind") + changed) << "the end was moved with it";
  change(AuditChain::table, "3", {{"number", Value::of_number(20)}});
  take_out(AuditEntry::table, "behind");
  ASSERT_EQ(faults(), "");

  put_in("elsewhere", Value::of_number(77), Value::of_number(1), Value::of_text(link));
  EXPECT_EQ(faults().find("record elsewhere: was put in"), 0U) << faults();
  take_out(AuditEntry::table, "elsewhere");
  put_in("below", Value::of_number(3), Value::of_number(-5), Value::of_text(link));
  EXPECT_EQ(faults().find("record below: was put in before the beginning of its chain"), 0U) << faults();
  take_out(AuditEntry::table, "below");
  put_in("loose", Value{}, Value{}, Value{}, morning + 30min);
  EXPECT_EQ(faults().find("record loose: isn't in a chain, as all records here are"), 0U) << faults();
}

TEST_F(AuditTest, ARecordPutInBetweenIsNamed) {
  fill(6);
  for (int i = 6; i >= 4; --i)
    change(AuditEntry::table, std::to_string(i) + "-3", {{"number", Value::of_number(i + 1)}});
  put_in("between", Value::of_number(3), Value::of_number(4), Value::of_text(found("4-3").place->link));
  change(AuditChain::table, "3", {{"number", Value::of_number(7)}});
  EXPECT_EQ(faults().find(std::string("record between") + changed), 0U) << faults();
}

TEST_F(AuditTest, TwoThatChangedPlacesAreBothNamed) {
  fill();
  const auto six = found("6-3"), nine = found("9-3");
  change(AuditEntry::table, "6-3", {{"number", Value::of_number(99)}});
  change(AuditEntry::table, "9-3",
         {{"number", Value::of_number(6)}, {"link", Value::of_text(six.place->link)}});
  change(AuditEntry::table, "6-3",
         {{"number", Value::of_number(9)}, {"link", Value::of_text(nine.place->link)}});
  EXPECT_EQ(faults(), "record 9-3" + std::string(changed) + "\nrecord 6-3" + changed);
}

TEST_F(AuditTest, ACutOffEndIsFoundByTheChainsEnd) {
  fill();
  take_out(AuditEntry::table, "19-3");
  take_out(AuditEntry::table, "20-3");
  EXPECT_EQ(faults(), "chain 3: records 19 to 20 are missing, the last of it");
}

TEST_F(AuditTest, ACutOffEndIsFoundByACheckpointWhereTheChainsEndWasPutBack) {
  fill(18);
  const std::string link = found("18-3").place->link;
  fill(2, morning, "more-");
  sign();
  take_out(AuditEntry::table, "more-1-3");
  take_out(AuditEntry::table, "more-2-3");
  change(AuditChain::table, "3", {{"number", Value::of_number(18)}, {"link", Value::of_text(link)}});
  EXPECT_EQ(faults(),
            "chain 3: records 19 to 20 are missing, the last of it: checkpoint 1 of 2027-01-04T08:00:00Z has "
            "signed more");
  fill(2, morning, "anew-");
  EXPECT_EQ(
      faults(),
      "record anew-2-3: isn't the record that checkpoint 1 of 2027-01-04T08:00:00Z has signed (login at "
      "2027-01-04T08:00:00Z)")
      << "written anew";
}

// What nothing in the store can tell; the line of a later checkpoint in the log can.
TEST_F(AuditTest, AnEndThatNoCheckpointHasSignedCanBeCutOffUnseen) {
  fill(18);
  sign();
  const std::string link = found("18-3").place->link;
  fill(2, morning, "more-");
  EXPECT_EQ(verify().after_last, 2U) << "how many that are is said";
  take_out(AuditEntry::table, "more-1-3");
  take_out(AuditEntry::table, "more-2-3");
  change(AuditChain::table, "3", {{"number", Value::of_number(18)}, {"link", Value::of_text(link)}});
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(verify().after_last, 0U);
}

TEST_F(AuditTest, WhoHasNotTheKeyCanStampNothingAnew) {
  fill(5);
  std::ofstream(folder / "forged") << keys.current() << " " << std::string(42, 'A') << "A\n";
  ::chmod((folder / "forged").c_str(), 0600);
  const auto forged = crypto::KeyRing::open(folder / "forged", random);
  database->write([&](Transaction& tx) {
    records::remove(tx, AuditEntry::table, {});
    records::remove(tx, AuditChain::table, {});
    for (int i = 1; i <= 4; ++i) records::AuditChains(tx, forged).add(entry(std::to_string(i) + "-3"));
  });
  for (int i = 1; i <= 4; ++i)
    EXPECT_NE(faults().find("record " + std::to_string(i) + "-3" + changed), std::string::npos) << faults();
}

TEST_F(AuditTest, CheckpointsAreSignedWhenSomethingCameAndTimeOrManyRecordsPassed) {
  sign();
  EXPECT_EQ(rows(AuditCheckpoint::table), 0U) << "of nothing";
  fill(1);
  sign();
  sign(morning + 1h);
  EXPECT_EQ(rows(AuditCheckpoint::table), 1U) << "nothing came";
  fill(1, morning, "more-");
  sign(morning + 299s);
  EXPECT_EQ(rows(AuditCheckpoint::table), 1U);
  sign(morning + 300s);
  EXPECT_EQ(rows(AuditCheckpoint::table), 2U);
  database->write([&](Transaction& tx) {
    for (int i = 0; i < 1000; ++i)
      records::AuditChains(tx, keys).add(entry("many-" + std::to_string(i) + "-3"));
  });
  sign(morning + 301s);
  EXPECT_EQ(rows(AuditCheckpoint::table), 3U);
  fill(1, morning, "behind-");
  sign(morning + 800s);
  fill(1, morning, "a clock that is late-");
  database->write([&](Transaction& tx) {
    records::AuditCheckpoints checkpoints(tx, keys);
    const auto last = checkpoints.last();
    const Time late = last->at - 200s;
    EXPECT_EQ(checkpoints.add(random, last, records::AuditChains(tx, keys).ends(), late)->at, last->at)
        << "a clock that is late";
  });
  EXPECT_EQ(faults(), "");
}

TEST_F(AuditTest, AMissingOrForgedCheckpointIsNamed) {
  for (int i = 0; i < 4; ++i) {
    fill(1, morning, "c" + std::to_string(i) + "-");
    sign(morning + i * 300s);
  }
  ASSERT_EQ(faults(), "");
  change(AuditCheckpoint::table, "000000000003", {{"records", Value::of_number(2)}});
  EXPECT_EQ(faults(), "checkpoint 3: isn't signed by this key ring");
  change(AuditCheckpoint::table, "000000000003", {{"records", Value::of_number(3)}});
  change(AuditCheckpoint::table, "000000000003", {{"ends", Value::of_text("3 1 x\n")}});
  EXPECT_EQ(faults(), "checkpoint 3: isn't signed by this key ring");
  take_out(AuditCheckpoint::table, "000000000003");
  EXPECT_EQ(faults(), "checkpoint 4: comes without the one before it: checkpoints are missing");
}

TEST_F(AuditTest, RecordsOfBeforeThereWereChainsAreCounted) {
  found_by_an_older_version();
  put_in("old-1", Value{}, Value{}, Value{}, morning - 24h);
  put_in("old-2", Value{}, Value{}, Value{}, morning - 31 * 24h);
  start();
  fill(2);
  sign();
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(verify().unchained, 2U);
  EXPECT_EQ(verify().records, 2U);
  remove_expired(morning);
  EXPECT_EQ(verify().unchained, 1U);
  remove_expired(morning + 31 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 0U);
}

TEST_F(AuditTest, WrittenByManyAtOnceItIsWhole) {
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int t = 0; t < 64; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 5; ++i) {
        try {
          database->write([&](Transaction& tx) {
            records::AuditChains(tx, keys).add(entry(make_uuid(morning, random) + std::to_string(t % 10)));
          });
        } catch (const std::exception&) {
          ++failed;
        }
        if (i == 2) sign(morning + t * 300s);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(verify().records, 320U);
}

TEST_F(AuditTest, WhatIsRemovedWhenItsTimeIsOverLeavesAWholeAudit) {
  for (int day = 0; day < 40; ++day) {
    const Time at = morning + day * 24h;
    fill(3, at, "d" + std::to_string(day) + "-");
    add("e" + std::to_string(day) + "-4", at);
    sign(at + 1h);
  }
  const Time now = morning + 39 * 24h + 2h;
  remove_expired(now);
  EXPECT_EQ(rows(AuditEntry::table), 4U * 31) << "30 days, and the day that has begun";
  EXPECT_EQ(rows(AuditCheckpoint::table), 32U) << "theirs, and the one before";
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(verify().records, 4U * 31);
  EXPECT_EQ(verify().from, morning + 9 * 24h);
  EXPECT_EQ(verify().first_checkpoint, 9);
  remove_expired(now);
  EXPECT_EQ(rows(AuditEntry::table), 4U * 31);

  take_out(AuditEntry::table, "d9-1-3");
  EXPECT_EQ(faults().find("chain 3: record 28 is missing, before record d9-2-3"), 0U) << faults();
  remove_expired(now + 60 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 0U);
  EXPECT_EQ(rows(AuditCheckpoint::table), 1U);
  EXPECT_EQ(faults(), "");
  add("after-3", now + 61 * 24h);
  EXPECT_EQ(found("after-3").place->number, 121);
  EXPECT_EQ(faults(), "");
}

TEST_F(AuditTest, RecordsTakenOutBeforeTheirTimeAreMissedThoughTheFirstCheckpointsWentWithThem) {
  for (int day = 0; day < 3; ++day) {
    fill(2, morning + day * 24h, "d" + std::to_string(day) + "-");
    sign(morning + day * 24h + 1h);
  }
  for (const char* id : {"d0-1-3", "d0-2-3"}) take_out(AuditEntry::table, id);
  take_out(AuditCheckpoint::table, "000000000001");
  EXPECT_EQ(faults(),
            "checkpoint 2: comes without the one before it: checkpoints are missing\n"
            "chain 3: records 1 to 2 are missing, before record d1-1-3 (login at 2027-01-05T08:00:00Z)");
  change(AuditCheckpoint::table, "000000000002",
         {{"removed_at", Value::of_time(morning)},
          {"removal_key", Value::of_text(keys.current())},
          {"removal_signature", Value::of_text(std::string(86, 'A'))}});
  EXPECT_EQ(faults().find("checkpoint 2: isn't signed by this key ring"), 0U) << "no decision: " << faults();
  EXPECT_NE(faults().find("chain 3: records 1 to 2 are missing"), std::string::npos) << faults();
}

TEST_F(AuditTest, AMonthsRecordsGoInPiecesAndMayBeCutOffAnywhere) {
  database->write([&](Transaction& tx) {
    for (int i = 0; i < 2500; ++i) records::AuditChains(tx, keys).add(entry("m-" + std::to_string(i) + "-3"));
  });
  sign();
  add("m-2500-3");
  sign(morning + 300s);
  fill(2, morning + 40 * 24h, "late-");
  AuditUpkeep upkeep(*database, keys, random, log);
  const Time now = morning + 40 * 24h;
  for (const std::size_t left : {1503U, 503U}) {
    upkeep.remove_expired(now, 30 * 24h, [] { return false; });
    EXPECT_EQ(rows(AuditEntry::table), left);
    EXPECT_EQ(rows(AuditCheckpoint::table), 2U) << "and nothing else is begun";
    EXPECT_EQ(faults(), "");
  }
  remove_expired(now);
  EXPECT_EQ(rows(AuditEntry::table), 2U);
  EXPECT_EQ(faults(), "");
}

TEST_F(AuditTest, AnOlderKeyOfTheRingIsStillNeeded) {
  fill(2);
  sign();
  std::string old;
  std::getline(std::ifstream(folder / "key_ring"), old);
  std::ofstream(folder / "key_ring") << "newest " << std::string(43, 'A') << "\n" << old << "\n";
  ASSERT_TRUE(keys.refresh());
  fill(2, morning, "more-");
  sign(morning + 300s);
  EXPECT_EQ(faults(), "");
  std::ofstream(folder / "key_ring") << "newest " << std::string(43, 'A') << "\n";
  ASSERT_TRUE(keys.refresh());
  EXPECT_NE(faults().find("record 1-3: is linked by a key that the key ring lacks"), std::string::npos);
  EXPECT_NE(faults().find("checkpoint 1: is signed by a key that the key ring lacks"), std::string::npos);
  EXPECT_EQ(faults().find("more-"), std::string::npos);
}

}  // namespace
}  // namespace doorward::engine
