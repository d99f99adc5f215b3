// How an audit goes on that somebody has altered: what is added to it, and what is removed, when its time is over.
#include <limits>

#include "audit_store.hpp"

namespace doorward::engine {
namespace {

class AlteredAuditTest : public AuditTest {};

TEST_F(AlteredAuditTest, AnEndOfTheLargestNumberKeepsNobodyFromWriting) {
  fill(2);
  change(AuditChain::table, "3", {{"number", Value::of_number(std::numeric_limits<std::int64_t>::max())}});
  const std::string altered = faults();
  EXPECT_NE(altered, "");
  EXPECT_NO_THROW(sign()) << "so far as it says";
  fill(2, morning, "more-");
  EXPECT_EQ(found("more-2-3").place->number, 4);
  EXPECT_NE(faults(), "") << "nor does writing hide it";
  put_in("most", Value::of_number(3), Value::of_number(std::numeric_limits<std::int64_t>::max()),
         Value::of_text(""));
  change(AuditChain::table, "3", {{"number", Value::of_number(0)}});
  fill(1, morning, "last-");
  EXPECT_EQ(found("last-1-3").place->number, 5);
}

TEST_F(AlteredAuditTest, AnEndThatWasSetBackKeepsNobodyFromWriting) {
  fill(3);
  change(AuditChain::table, "3", {{"number", Value::of_number(1)}});
  fill(2, morning, "more-");
  EXPECT_EQ(found("more-2-3").place->number, 5);
  EXPECT_EQ(faults(), "") << "it goes on behind the last that stands";
  for (const std::int64_t none : {std::int64_t{0}, std::int64_t{-7}}) {
    change(AuditChain::table, "3", {{"number", Value::of_number(none)}});
    fill(1, morning, "again" + std::to_string(none) + "-");
  }
  take_out(AuditChain::table, "3");
  fill(2, morning, "last-");
  EXPECT_EQ(rows(AuditEntry::table), 9U);
  EXPECT_EQ(faults(), "");
  put_in("put in", Value::of_number(3), Value::of_number(10), Value::of_text("x"));
  fill(1, morning, "behind-");
  EXPECT_EQ(found("behind-1-3").place->number, 11) << "nor does what was put in behind it";
  EXPECT_EQ(faults().find("record put in: "), 0U) << faults();
}

// Numbers that were given once, and whose records are gone, are given again. What has them now isn't what was over then.
TEST_F(AlteredAuditTest, AnEndThatWasSetBackMakesNothingGoBeforeItsTime) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t end : {std::int64_t{1}, std::int64_t{0}, most}) {
    const std::string prefix = std::to_string(end) + "-";
    fill(20, morning, "old-" + prefix);
    sign();
    remove_expired(morning + 40 * 24h);
    ASSERT_EQ(rows(AuditEntry::table), 0U) << end;
    change(AuditChain::table, "3", {{"number", Value::of_number(end)}});
    fill(3, morning + 40 * 24h, prefix);
    sign(morning + 40 * 24h);
    remove_expired(morning + 40 * 24h + 10min);
    EXPECT_EQ(rows(AuditEntry::table), 3U) << end;
    add(prefix + "other-4", morning + 40 * 24h);
    sign(morning + 41 * 24h);
    add(prefix + "young-4", morning + 71 * 24h);
    remove_expired(morning + 72 * 24h);
    EXPECT_EQ(rows(AuditEntry::table), 1U) << "and keep nothing from going when its time is over";
    take_out(AuditEntry::table, prefix + "young-4");
    for (const char* chain : {"3", "4"}) take_out(AuditChain::table, chain);
    database->write([](Transaction& tx) { records::remove(tx, AuditCheckpoint::table, {}); });
  }
}

TEST_F(AlteredAuditTest, ARecordOfANumberThatThereIsntKeepsNoOtherFromGoing) {
  fill(1200);
  sign();
  put_in("none", Value::of_number(3), Value{}, Value::of_text(""), morning + 40 * 24h);
  put_in("least", Value::of_number(3), Value::of_number(std::numeric_limits<std::int64_t>::min()),
         Value::of_text(""), morning + 40 * 24h);
  int pieces = 0;
  AuditUpkeep(*database, keys, random, log).remove_expired(morning + 40 * 24h, 30 * 24h, [&] {
    return ++pieces < 100;
  });
  EXPECT_LT(pieces, 100) << "it came to an end";
  EXPECT_EQ(rows(AuditEntry::table), 2U);
}

// The link of the last one that went stands in the checkpoint, for all to read.
TEST_F(AlteredAuditTest, AYoungRecordAmongThoseThatAreOverIsNamed) {
  fill(3);
  const std::string link = found("3-3").place->link;
  sign();
  fill(3, morning + 39 * 24h, "young-");
  const Time now = morning + 40 * 24h;
  remove_expired(now);
  ASSERT_EQ(faults(), "");
  EXPECT_EQ(verify(now).expired, 0U);
  for (const Time at : {now + 1h, now - 24h, morning + 10 * 24h}) {
    put_in("fresh", Value::of_number(3), Value::of_number(3), Value::of_text(link), at);
    const AuditVerified verified = verify(now + 1h);
    ASSERT_EQ(verified.faults.size(), 1U);
    EXPECT_EQ(verified.faults[0].where, "record fresh");
    take_out(AuditEntry::table, "fresh");
  }
  put_in("old", Value::of_number(3), Value::of_number(3), Value::of_text(link));
  EXPECT_EQ(verify(now + 1h).expired, 1U) << "it is said that there is one";
  remove_expired(now + 1h);
  EXPECT_EQ(verify(now + 1h).expired, 0U);
  sign(now + 1h);
  put_in("fresh", Value::of_number(3), Value::of_number(3), Value::of_text(link), now + 34 * 24h);
  fill(1, now + 34 * 24h, "newest-");
  remove_expired(now + 35 * 24h);
  EXPECT_EQ(rows(AuditEntry::table), 2U) << "it keeps no other from going";
}

}  // namespace
}  // namespace doorward::engine
