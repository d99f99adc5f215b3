#include "post_office.hpp"

namespace doorward::mail {
namespace {

using records::OutboxMessages;
using records::OutboxState;
using records::Transaction;

struct Outbox : PostOffice {};

TEST_F(Outbox, KeepsWhatWasOwed) {
  const OutboxId id = owe(Draft{"hello", "token-7", "ada@example.net", R"({"a":1})", "de", morning + 1h});
  const auto message = row(id);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->kind, "hello");
  EXPECT_EQ(message->subject, "token-7");
  EXPECT_EQ(message->recipient, "ada@example.net");
  EXPECT_EQ(message->payload, R"({"a":1})");
  EXPECT_EQ(message->locale, "de");
  EXPECT_EQ(message->created_at, morning);
  EXPECT_EQ(message->expires_at, morning + 1h);
  EXPECT_EQ(message->next_at, morning);
  EXPECT_EQ(message->attempts, 0);
  EXPECT_EQ(message->state, OutboxState::waiting);
  EXPECT_FALSE(message->lease_until);
}

TEST_F(Outbox, OwesNothingOfWhatWasRolledBack) {
  database_.write([&](Transaction& tx) {
    enqueue(tx, Draft{"hello", "", "ada@example.net", "", "", morning + 1h}, morning, random_);
    tx.abandon();
  });
  EXPECT_EQ(rows(OutboxState::waiting), 0U);
  dispatcher().run_due();
  EXPECT_TRUE(sender_.letters.empty());
}

TEST_F(Outbox, ForgetsWhatIsAboutSomethingGone) {
  owe();
  owe(Draft{"hello", "subject-2", "bob@example.net", "", "", morning + 1h});
  EXPECT_EQ(database_.write([](Transaction& tx) { return OutboxMessages(tx).remove_about("subject-1"); }), 1);
  dispatcher().run_due();
  ASSERT_EQ(sender_.letters.size(), 1U);
  EXPECT_EQ(sender_.letters[0].to_address, "bob@example.net");
}

TEST_F(Outbox, ADeadLetterComesBackWhenAsked) {
  const OutboxId id = owe();
  answer(Sent::Outcome::refused, "550 no");
  Dispatcher worker = dispatcher();
  worker.run_due();
  EXPECT_EQ(row(id)->state, OutboxState::dead);
  EXPECT_TRUE(database_.write(
      [&](Transaction& tx) { return OutboxMessages(tx).revive(id, clock_.now(), clock_.now() + 1h); }));
  EXPECT_FALSE(database_.write(
      [&](Transaction& tx) { return OutboxMessages(tx).revive(id, clock_.now(), clock_.now() + 1h); }));
  answer(Sent::Outcome::accepted, "");
  worker.run_due();
  EXPECT_EQ(sender_.letters.size(), 2U);
  EXPECT_FALSE(row(id));
}

}  // namespace
}  // namespace doorward::mail
