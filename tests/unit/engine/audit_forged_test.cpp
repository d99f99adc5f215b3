// What somebody leaves behind who takes whole parts of the audit out, chains and checkpoints with them.
#include <limits>
#include <utility>

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
  void put_removal(const std::string& id) {
    const std::string key = keys.current(), signature(86, 'A');
    change(AuditCheckpoint::table, id,
           {{"removed_at", Value::of_time(morning)},
            {"removal_key", Value::of_text(key)},
            {"removal_signature", Value::of_text(signature)}});
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
  put_in("skewed", Value{}, Value{}, Value{}, morning + 1h + 4min);
  EXPECT_EQ(faults(), "") << "by a host of the older version, whose clock may differ";
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
  put_removal("000000000002");
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
  EXPECT_NE(log.lines.find(": 1 records"), std::string::npos) << "nor is it signed: " << log.lines;
  std::string id = "99";
  for (const std::string other : {"3x", "03", "+3", " 3", ""}) {
    rename(AuditChain::table, std::exchange(id, other), other);
    EXPECT_EQ(faults(), "chain -1: is none that there can be") << other << ": is taken for no other";
  }
}

TEST_F(ForgedAuditTest, ARecordOfANumberThatThereIsntIsNamed) {
  fill(3);
  const std::string link = found("3-3").place->link, at = " (login at 2027-01-04T08:00:00Z)";
  const auto expect_named = [&](const char* id, const std::string& what) {
    EXPECT_EQ(faults(), "record " + std::string(id) + ": " + what + at);
    take_out(AuditEntry::table, id);
  };
  const std::string before = "was put in before the beginning of its chain";
  put_in("zero", Value::of_number(3), Value::of_number(0), Value::of_text(""));
  expect_named("zero", before);
  put_in("least", Value::of_number(3), Value::of_number(std::numeric_limits<std::int64_t>::min()),
         Value::of_text(link));
  expect_named("least", before);
  put_in("none", Value::of_number(3), Value{}, Value::of_text(link));
  expect_named("none", "is in a chain, but has no number there");
  EXPECT_EQ(faults(), "");
}

TEST_F(ForgedAuditTest, NeitherIsOneHiddenByWhatIsOverAndGone) {
  fill(3);
  sign();
  fill(3, morning + 39 * 24h, "young-");
  remove_expired(morning + 40 * 24h);
  ASSERT_EQ(faults(), "");
  put_in("zero", Value::of_number(3), Value::of_number(0), Value::of_text(""));
  EXPECT_EQ(faults().find("record zero: was put in before the beginning of its chain"), 0U) << faults();
}

TEST_F(ForgedAuditTest, AnEndThatIsAsFarAsNumbersGoIsReadAsFarAsRecordsGo) {
  fill(3);
  change(AuditChain::table, "3", {{"number", Value::of_number(std::numeric_limits<std::int64_t>::max())}});
  EXPECT_EQ(faults(), "chain 3: records 4 to 9223372036854775807 are missing, the last of it");
}

// Where one and the same number was signed twice: of a state put back, and of the one that was there.
TEST_F(ForgedAuditTest, ACheckpointThatStandsInTheLastOnesPlaceIsNamed) {
  const auto note = [&] {
    return database->read([](Transaction& tx) { return records::Installations(tx).get()->last_checkpoint; });
  };
  fill(1);
  sign();
  const std::string first = note();
  fill(1, morning, "more-");
  sign(morning + 300s);
  const std::string second = note();
  take_out(AuditCheckpoint::table, "000000000002");
  set_note(Value::of_bytes(first));
  fill(1, morning, "other-");
  sign(morning + 600s);
  ASSERT_EQ(faults(), "");
  set_note(Value::of_bytes(second));
  EXPECT_EQ(faults(), "checkpoint 2: isn't the one that was signed");
}

TEST_F(ForgedAuditTest, ALostNoteKeepsNoCheckpointFromBeingSigned) {
  fill(1);
  sign();
  set_note(Value{});
  fill(1, morning, "more-");
  sign(morning + 300s);
  EXPECT_EQ(rows(AuditCheckpoint::table), 2U);
  const std::string lost =
      "installation: didn't say on 2027-01-04T08:05:00Z which checkpoint was signed last";
  EXPECT_EQ(faults().find(lost), 0U) << faults();
  EXPECT_EQ(faults().find('\n'), std::string::npos) << faults();
}

TEST_F(ForgedAuditTest, ANoteThatWasLostIsNotForgottenWithWhatIsOlder) {
  fill(1);
  sign();
  fill(1, morning + 35 * 24h, "young-");
  set_note(Value{});
  sign(morning + 35 * 24h);
  remove_expired(morning + 40 * 24h);
  ASSERT_EQ(rows(AuditEntry::table), 1U);
  EXPECT_TRUE(says("installation: didn't say on 2027-02-08T08:00:00Z")) << faults();
}

TEST_F(ForgedAuditTest, ANoteIsNothingElseThatIsSealed) {
  fill(1);
  sign();
  const std::string check =
      database->read([](Transaction& tx) { return records::Installations(tx).get()->key_check; });
  set_note(Value::of_bytes(check));
  EXPECT_EQ(faults(),
            "installation: doesn't say any more which checkpoint was signed last: that was altered");
}

TEST_F(ForgedAuditTest, AnotherKeyRingsInstallationIsNamed) {
  const auto other = crypto::KeyRing::open(folder / "other", random);
  const auto found = verify_audit(*database, other, {morning, retention}).faults;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().where + ": " + found.front().what, "installation: isn't sealed with this key ring");
}

TEST_F(ForgedAuditTest, IdsThatOnlyLookLikeNumbersAreNone) {
  fill(1);
  sign();
  std::string id = "000000000001";
  for (const std::string other : {"1", "0000000000001", "-00000000001", "000000000000"}) {
    rename(AuditCheckpoint::table, std::exchange(id, other), other);
    EXPECT_TRUE(says("checkpoint " + other + ": has an id that is no number")) << faults();
  }
}

TEST_F(ForgedAuditTest, ARemovalThatWasPutInHidesNoneThatWasDecided) {
  fill(2);
  sign();
  fill(2, morning + 39 * 24h, "young-");
  sign(morning + 39 * 24h);
  remove_expired(morning + 40 * 24h);
  ASSERT_EQ(faults(), "");
  put_removal("000000000002");
  EXPECT_EQ(faults(), "checkpoint 2: isn't signed by this key ring");
}

TEST_F(ForgedAuditTest, ACheckpointThatWasPutInIsNoBeginning) {
  fill(2);
  sign();
  put_checkpoint("000000000002", "3 2 forged\n");
  put_checkpoint("000000000003", "rubbish\n");
  fill(1, morning + 39 * 24h, "young-");
  remove_expired(morning + 40 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 1U);
  EXPECT_NE(log.lines.find("all up to checkpoint 1 at"), std::string::npos) << log.lines;
  EXPECT_EQ(log.lines.find("all up to checkpoint 2 at"), std::string::npos) << log.lines;
}

TEST_F(ForgedAuditTest, AnEndThatIsNotTheLastRecordsIsNamed) {
  fill(2);
  change(AuditChain::table, "3", {{"link", Value::of_text(found("1-3").place->link)}});
  EXPECT_EQ(faults(), "chain 3: doesn't end with its last record");
}

TEST_F(ForgedAuditTest, OfVeryManyFaultsTheFirstAreNamed) {
  for (int i = 0; i < 103; ++i) put_in("forged-" + std::to_string(i), Value{}, Value{}, Value{});
  const AuditVerified found = verify();
  EXPECT_EQ(found.faults.size(), 100U);
  EXPECT_EQ(found.more_faults, 3U);
}

}  // namespace
}  // namespace doorward::engine
