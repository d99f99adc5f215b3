// Checkpoints in a log, against the store that they came from.
#include <sstream>

#include "audit_store.hpp"
#include "records/installation.hpp"

namespace doorward::engine {
namespace {

class LoggedAuditTest : public AuditTest {
 protected:
  AuditLines compare(const std::string& text) {
    std::istringstream lines(text);
    return compare_with_log(*database, keys, lines, "the log");
  }
};

TEST_F(LoggedAuditTest, ACheckpointThatOnlyTheLogHasIsFound) {
  fill(3);
  sign();
  const std::string link = found("3-3").place->link;
  const std::string noted =
      database->read([](Transaction& tx) { return records::Installations(tx).get()->last_checkpoint; });
  fill(3, morning, "more-");
  sign(morning + 300s);
  const auto compare = [&] {
    return LoggedAuditTest::compare("2027/01/04 08:00:00 [info] 77#77: doorward: " + log.lines +
                                    "GET /audit checkpoint 99 at noon\n");
  };
  EXPECT_EQ(compare().checkpoints, 2U);
  EXPECT_EQ(compare().strange, 1U);
  EXPECT_TRUE(compare().faults.empty());
  for (const char* id : {"more-1-3", "more-2-3", "more-3-3"}) take_out(AuditEntry::table, id);
  take_out(AuditCheckpoint::table, "000000000002");
  change(AuditChain::table, "3", {{"number", Value::of_number(3)}, {"link", Value::of_text(link)}});
  change(records::Installation::table, "site", {{"last_checkpoint", Value::of_bytes(noted)}});
  ASSERT_EQ(faults(), "") << "an older state, in itself whole";
  ASSERT_EQ(compare().faults.size(), 1U);
  EXPECT_EQ(compare().faults.front().where, "checkpoint 2");
  EXPECT_EQ(compare().faults.front().what.find("is in the log and isn't in the store"), 0U);
  fill(1, morning, "anew-");
  sign(morning + 900s);
  ASSERT_EQ(compare().faults.size(), 1U);
  EXPECT_EQ(compare().faults.front().what, "is another one in the log than in the store");
}

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

TEST_F(LoggedAuditTest, ALogThatBreaksOffIsAFault) {
  std::istringstream lines("GET / 200\n");
  lines.setstate(std::ios::badbit);
  const auto found = compare_with_log(*database, keys, lines, "the log").faults;
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found.front().where + " " + found.front().what, "the log can't be read to its end");
}

TEST_F(LoggedAuditTest, TheLastLineNeedsNoEnd) {
  fill(1);
  sign();
  EXPECT_EQ(compare(log.lines.substr(0, log.lines.size() - 1)).compared, 1U);
}

TEST_F(LoggedAuditTest, OfALineWhatIsBehind64KiBIsLeftOut) {
  fill(1);
  sign();
  EXPECT_EQ(compare(std::string(64 * 1024, 'x') + log.lines).checkpoints, 0U);
  EXPECT_EQ(compare(std::string(63 * 1024, 'x') + log.lines).checkpoints, 1U);
}

TEST_F(LoggedAuditTest, ALineThatNobodyHasSignedIsNoCheckpoint) {
  fill(1);
  sign();
  std::string forged = log.lines;
  forged.replace(forged.find(" 1 records"), 10, " 2 records");
  const AuditLines found = compare(log.lines + forged);
  EXPECT_EQ(found.checkpoints, 1U);
  EXPECT_EQ(found.strange, 1U);
  EXPECT_TRUE(found.faults.empty());
}

TEST_F(LoggedAuditTest, CheckpointsWhoseTimeIsOverAreNotMissed) {
  for (int i = 1; i <= 2; ++i) {
    fill(1, morning, "old" + std::to_string(i) + "-");
    sign(morning + i * 300s);
  }
  fill(1, morning + 39 * 24h, "young-");
  sign(morning + 39 * 24h);
  remove_expired(morning + 40 * 24h);
  ASSERT_EQ(rows(AuditCheckpoint::table), 2U);
  const AuditLines found = compare(log.lines);
  EXPECT_EQ(found.checkpoints, 3U);
  EXPECT_EQ(found.compared, 2U);
  EXPECT_TRUE(found.faults.empty());
}

}  // namespace
}  // namespace doorward::engine
