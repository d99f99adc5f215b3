// What somebody leaves behind who takes whole parts of the audit out, chains and checkpoints with them.
#include <sstream>

#include "audit_store.hpp"
#include "records/installation.hpp"
#include "records/maintenance.hpp"

namespace doorward::engine {
namespace {

class ForgedAuditTest : public AuditTest {
 protected:
  void empty(const records::Table& table) {
    database->write([&](Transaction& tx) { records::remove(tx, table, {}); });
  }
  void take_chains_off() {
    empty(AuditChain::table);
    empty(AuditCheckpoint::table);
    database->write([&](Transaction& tx) {
      records::update(tx, AuditEntry::table, {},
                      {{"chain", Value{}}, {"number", Value{}}, {"link", Value{}}});
    });
  }
  void put_checkpoint(const std::string& id, const std::string& ends) {
    const std::string key = keys.current(), signature(86, 'A');
    const records::Cell cells[] = {{"id", Value::of_text(id)},       {"at", Value::of_time(morning)},
                                   {"records", Value::of_number(1)}, {"ends", Value::of_text(ends)},
                                   {"key", Value::of_text(key)},     {"signature", Value::of_text(signature)},
                                   {"removed_at", Value{}},          {"removal_key", Value{}},
                                   {"removal_signature", Value{}}};
    database->write([&](Transaction& tx) { EXPECT_TRUE(tx.store().insert("audit_checkpoint", cells)); });
  }
  void set_note(const Value& value) {
    change(records::Installation::table, "site", {{"last_checkpoint", value}});
  }
  bool says(const std::string& sentence) { return faults().find(sentence) != std::string::npos; }
};

constexpr const char* unchained = ": isn't in a chain, as all records here are (login at ";

TEST_F(ForgedAuditTest, ARecordWithoutAChainIsNamedHoweverOldItSaysItIs) {
  fill(3);
  sign();
  put_in("forged", Value{}, Value{}, Value{}, morning - 24h);
  EXPECT_EQ(faults(), "record forged" + std::string(unchained) + "2027-01-03T08:00:00Z)");
}

TEST_F(ForgedAuditTest, TakingAllChainsAndCheckpointsOffIsSeen) {
  fill(3);
  sign();
  take_chains_off();
  EXPECT_TRUE(says("checkpoint 1: is missing: it was the last one that was signed")) << faults();
  EXPECT_TRUE(says("record 2-3" + std::string(unchained))) << faults();
}

TEST_F(ForgedAuditTest, AnEmptiedAuditIsSeen) {
  fill(3);
  sign();
  for (const auto* table : {&AuditEntry::table, &AuditChain::table, &AuditCheckpoint::table}) empty(*table);
  EXPECT_EQ(faults(), "checkpoint 1: is missing: it was the last one that was signed");
  empty(records::Installation::table);
  EXPECT_EQ(faults(), "installation: is missing: the store is another one, or was emptied");
}

TEST_F(ForgedAuditTest, TheLastCheckpointIsMissedAndStaysMissedWhenOthersAreSigned) {
  for (int i = 1; i <= 3; ++i) {
    fill(1, morning, "c" + std::to_string(i) + "-");
    sign(morning + i * 300s);
  }
  take_out(AuditCheckpoint::table, "000000000003");
  EXPECT_EQ(faults(), "checkpoint 3: is missing: it was the last one that was signed");
  fill(1, morning, "more-");
  sign(morning + 1200s);
  EXPECT_EQ(faults(), "checkpoint 4: comes without the one before it: checkpoints are missing");
  empty(AuditCheckpoint::table);
  fill(1, morning, "most-");
  sign(morning + 1800s);
  EXPECT_EQ(faults(), "checkpoint 5: comes without the one before it: checkpoints are missing");
}

TEST_F(ForgedAuditTest, ANoteThatWasAlteredIsAFaultUntilItsTimeIsOver) {
  fill(3);
  sign();
  empty(AuditCheckpoint::table);
  set_note(Value{});
  const std::string gone =
      "installation: doesn't say any more which checkpoint was signed last: that was altered";
  EXPECT_EQ(faults(), gone);
  start(morning + 1h);
  EXPECT_EQ(faults(), gone) << "no start heals it";
  set_note(Value::of_bytes("torn"));
  EXPECT_EQ(faults(), gone);
  sign(morning + 2h);
  EXPECT_EQ(
      faults().find("installation: didn't say on 2027-01-04T10:00:00Z which checkpoint was signed last"), 0U)
      << faults();
  fill(1, morning + 24h, "later-");
  sign(morning + 24h);
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(faults(), "");
}

TEST_F(ForgedAuditTest, AStartOfThisVersionSaysSinceWhenAllIsChained) {
  found_by_an_older_version();
  put_in("old", Value{}, Value{}, Value{}, morning - 24h);
  fill(2);
  EXPECT_TRUE(says("installation: doesn't say since when the audit is chained")) << faults();
  start(morning + 1h);
  EXPECT_EQ(faults(), "");
  EXPECT_EQ(verify().unchained, 1U);
  put_in("late", Value{}, Value{}, Value{}, morning + 2h);
  EXPECT_EQ(faults(),
            "record late: isn't in a chain, though it is later than 2027-01-04T09:00:00Z, since when all are "
            "(login at 2027-01-04T10:00:00Z)");
  start(morning + 3h);
  EXPECT_TRUE(says("record late")) << "a later start doesn't move it";
}

TEST_F(ForgedAuditTest, CheckpointsOfAnOlderVersionAreNotedAtTheFirstStart) {
  fill(2);
  sign();
  found_by_an_older_version();
  start(morning + 1h);
  EXPECT_EQ(faults(), "");
  empty(AuditCheckpoint::table);
  EXPECT_EQ(faults(), "checkpoint 1: is missing: it was the last one that was signed");
}

TEST_F(ForgedAuditTest, AnOlderInstallationInAClosedStoreStartsAsItIs) {
  found_by_an_older_version();
  database->maintain([](Transaction& tx) {
    records::Maintenances(tx).set({records::Maintenance::State::leaving, "copy", morning});
  });
  EXPECT_NO_THROW(start());
  database->maintain([](Transaction& tx) { records::Maintenances(tx).remove(); });
  EXPECT_TRUE(says("doesn't say since when")) << faults();
  start();
  EXPECT_EQ(faults(), "");
}

TEST_F(ForgedAuditTest, CheckpointsWhoseIdsAreNoneAreNamedAndInNobodysWay) {
  fill(2);
  sign();
  fill(2, morning, "more-");
  sign(morning + 300s);
  rename(AuditCheckpoint::table, "000000000001", "boo");
  rename(AuditCheckpoint::table, "000000000002", "00000000000x");
  EXPECT_EQ(faults(),
            "checkpoint 00000000000x: has an id that is no number: it was altered\n"
            "checkpoint boo: has an id that is no number: it was altered\n"
            "checkpoint 2: is missing: it was the last one that was signed");
  fill(1, morning, "next-");
  sign(morning + 600s);
  EXPECT_TRUE(says("checkpoint 3: comes without the one before it")) << faults();
  EXPECT_NO_THROW(remove_expired(morning + 40 * 24h));
}

TEST_F(ForgedAuditTest, ACheckpointThatWasPutInKeepsNoOtherFromBeingSigned) {
  fill(1);
  sign();
  put_checkpoint("000000000002", "3 1 link\n");
  put_checkpoint("999999999999", "3 1 link\n");
  fill(1, morning, "more-");
  sign(morning + 300s);
  EXPECT_NE(log.lines.find("audit checkpoint 3 at"), std::string::npos) << log.lines;
  EXPECT_TRUE(says("checkpoint 2: isn't signed by this key ring")) << faults();
  EXPECT_TRUE(says("checkpoint 999999999999: isn't signed by this key ring")) << faults();
}

TEST_F(ForgedAuditTest, ACheckpointThatWasPutInMakesNothingGoBeforeItsTime) {
  fill(2);
  sign();
  fill(2, morning + 39 * 24h, "young-");
  put_checkpoint("000000000002", "3 4 " + found("young-2-3").place->link + "\n");
  const std::string key = keys.current(), signature(86, 'A');
  change(AuditCheckpoint::table, "000000000002",
         {{"removed_at", Value::of_time(morning)},
          {"removal_key", Value::of_text(key)},
          {"removal_signature", Value::of_text(signature)}});
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 2U) << "what was signed is over, and gone";
}

TEST_F(ForgedAuditTest, AChainThatThereIsntIsNamed) {
  fill(1);
  const records::Cell cells[] = {
      {"id", Value::of_text("99")}, {"number", Value::of_number(5)}, {"link", Value::of_text("x")}};
  database->write([&](Transaction& tx) { EXPECT_TRUE(tx.store().insert("audit_chain", cells)); });
  EXPECT_EQ(faults(), "chain 99: is none that there can be");
  sign();
  EXPECT_EQ(rows(AuditCheckpoint::table), 1U);
}

class LoggedAuditTest : public ForgedAuditTest {
 protected:
  AuditLines compare(const std::string& text) {
    std::istringstream lines(text);
    return compare_with_log(*database, keys, lines, "the log");
  }
};

TEST_F(LoggedAuditTest, ALogThatVouchesForNothingIsAFault) {
  EXPECT_TRUE(compare("").faults.empty()) << "nor has the store a checkpoint";
  fill(1);
  sign();
  for (const std::string text : {"", "GET / 200\n", "audit checkpoint 1 at noon\n"}) {
    const AuditLines found = compare(text);
    ASSERT_EQ(found.faults.size(), 1U) << text;
    EXPECT_EQ(found.faults.front().where, "the log");
    EXPECT_EQ(found.faults.front().what.find("has no checkpoint that could be compared"), 0U);
  }
  EXPECT_TRUE(compare(log.lines).faults.empty());
}

TEST_F(LoggedAuditTest, LinesOfAnyLengthAreReadAndNoneHidesAnother) {
  fill(1);
  sign();
  const std::string many(3'000'000, '1');
  const AuditLines found = compare("audit checkpoint 1 at 2026-11-30T01:31:46Z: " + many + "\n" +
                                   "GET /audit checkpoint " + many.substr(0, 1000) + " " + log.lines + many);
  EXPECT_EQ(found.checkpoints, 1U);
  EXPECT_EQ(found.strange, 1U);
  EXPECT_TRUE(found.faults.empty());
}

}  // namespace
}  // namespace doorward::engine
