#include <set>

#include "post_office.hpp"

namespace doorward::mail {
namespace {

using records::OutboxMessage;
using records::OutboxMessages;
using records::OutboxState;
using records::Transaction;

struct Dispatching : PostOffice {};

TEST_F(Dispatching, ALetterIsSentAndForgotten) {
  const OutboxId id = owe();
  clock_.advance(5s);
  const Dispatcher::Run run = dispatcher().run_due();
  EXPECT_EQ(run.handled, 1U);
  EXPECT_FALSE(run.next_due);
  ASSERT_EQ(sender_.letters.size(), 1U);
  const Letter& letter = sender_.letters[0];
  EXPECT_EQ(letter.message_id, "<" + id.str() + "@example.org>");
  EXPECT_EQ(letter.date, morning);
  EXPECT_EQ(letter.from_name, "Example");
  EXPECT_EQ(letter.from_address, "accounts@example.org");
  EXPECT_EQ(letter.to_name, "Ada");
  EXPECT_EQ(letter.to_address, "ada@example.net");
  EXPECT_EQ(letter.subject, "hello/en");
  EXPECT_EQ(letter.text, "text for Ada\n");
  EXPECT_EQ(letter.html, "<p>html</p>\n");
  EXPECT_EQ(letter.language, "en");
  EXPECT_FALSE(row(id));
  EXPECT_TRUE(log_.lines.empty() && log_.warnings.empty());
}

TEST_F(Dispatching, DeadLettersOfLongAgoAreForgottenAPieceARun) {
  for (int i = 0; i < 700; ++i) {
    const OutboxId id = owe();
    database_.write([&](Transaction& tx) {
      records::update(tx, OutboxMessage::table,
                      {{"id", records::Test::is, records::Value::of_text(id.str())}},
                      {{"state", records::Value::of_text("dead")}});
    });
  }
  const auto left = [&] {
    return database_.read([](Transaction& tx) { return records::find_all<OutboxMessage>(tx, {}).size(); });
  };
  clock_.advance(24h * 60);
  Dispatcher worker = dispatcher();
  worker.run_due();
  EXPECT_EQ(left(), 200U);
  worker.run_due();
  EXPECT_EQ(left(), 0U);
}

TEST_F(Dispatching, DeadLettersAreForgottenThoughTheClockWasAhead) {
  Dispatcher worker = dispatcher();
  clock_.advance(24h * 200);
  worker.run_due();
  clock_.advance(-24h * 100);
  const OutboxId id = owe();
  database_.write([&](Transaction& tx) {
    records::update(tx, OutboxMessage::table, {{"id", records::Test::is, records::Value::of_text(id.str())}},
                    {{"state", records::Value::of_text("dead")},
                     {"next_at", records::Value::of_time(clock_.now() - 24h * 90)}});
  });
  worker.run_due();
  EXPECT_TRUE(
      database_.read([](Transaction& tx) { return records::find_all<OutboxMessage>(tx, {}).empty(); }));
}

TEST_F(Dispatching, WhomTheComposerGivesNothingGetsNothingAndNobodyHears) {
  composers_["hello"] = [](Transaction&, const OutboxMessage&) { return std::nullopt; };
  const OutboxId id = owe("stranger@example.net");
  EXPECT_EQ(dispatcher().run_due().handled, 1U);
  EXPECT_TRUE(sender_.letters.empty());
  EXPECT_FALSE(row(id));
  EXPECT_TRUE(log_.lines.empty() && log_.warnings.empty());
}

TEST_F(Dispatching, AFailureIsTriedAgainAfterAboutHalfAMinuteUnderTheSameMessageId) {
  const OutboxId id = owe();
  answer(Sent::Outcome::later, "451 try later");
  Dispatcher worker = dispatcher();
  const Dispatcher::Run run = worker.run_due();
  ASSERT_TRUE(run.next_due);
  EXPECT_GE(*run.next_due, morning + 24s);
  EXPECT_LE(*run.next_due, morning + 36s);
  EXPECT_EQ(row(id)->attempts, 1);
  EXPECT_EQ(row(id)->last_error, "451 try later");
  EXPECT_FALSE(row(id)->lease_until);
  ASSERT_EQ(log_.lines.size(), 1U);
  EXPECT_NE(log_.lines[0].find("451 try later"), std::string::npos);
  EXPECT_NE(log_.lines[0].find(id.str()), std::string::npos);
  EXPECT_EQ(log_.lines[0].find("ada@"), std::string::npos);

  clock_.advance(*run.next_due - morning - 1us);
  EXPECT_EQ(worker.run_due().handled, 0U);
  clock_.advance(1us);
  answer(Sent::Outcome::accepted, "");
  EXPECT_EQ(worker.run_due().handled, 1U);
  ASSERT_EQ(sender_.letters.size(), 2U);
  EXPECT_EQ(sender_.letters[0].message_id, sender_.letters[1].message_id);
  EXPECT_EQ(sender_.letters[0].date, sender_.letters[1].date);
  EXPECT_FALSE(row(id));
}

TEST_F(Dispatching, ARefusedLetterIsKeptDeadWithItsReasonAndNotTriedAgain) {
  const OutboxId id = owe();
  answer(Sent::Outcome::refused, "550 5.1.1 no such mailbox");
  Dispatcher worker = dispatcher();
  EXPECT_FALSE(worker.run_due().next_due);
  ASSERT_TRUE(row(id));
  EXPECT_EQ(row(id)->state, OutboxState::dead);
  EXPECT_EQ(row(id)->last_error, "550 5.1.1 no such mailbox");
  ASSERT_EQ(log_.warnings.size(), 1U);
  EXPECT_NE(log_.warnings[0].find("550 5.1.1 no such mailbox"), std::string::npos);
  clock_.advance(24h);
  EXPECT_EQ(worker.run_due().handled, 0U);
  EXPECT_EQ(sender_.letters.size(), 1U);
}

TEST_F(Dispatching, NothingIsSentOfWhatHasExpired) {
  const OutboxId id = owe("ada@example.net", 30min);
  bool composed = false;
  composers_["hello"] = [&](Transaction&, const OutboxMessage&) -> std::optional<Composed> {
    composed = true;
    return std::nullopt;
  };
  clock_.advance(30min);
  dispatcher().run_due();
  EXPECT_FALSE(composed);
  EXPECT_TRUE(sender_.letters.empty());
  EXPECT_EQ(row(id)->state, OutboxState::dead);
  EXPECT_NE(row(id)->last_error.find("expired"), std::string::npos);
  EXPECT_EQ(log_.warnings.size(), 1U);
}

TEST_F(Dispatching, AMomentBeforeItExpiresALetterIsSent) {
  owe("ada@example.net", 30min);
  clock_.advance(30min - 1us);
  dispatcher().run_due();
  EXPECT_EQ(sender_.letters.size(), 1U);
}

TEST_F(Dispatching, ALetterOfHalfAnHourIsTriedUntilItsLastMinutesAndThenGivenUp) {
  const OutboxId id = owe("ada@example.net", 30min);
  answer(Sent::Outcome::later, "451 later");
  Dispatcher worker = dispatcher();
  Time last_try = morning;
  while (const auto due = worker.run_due().next_due) {
    clock_.advance(*due - clock_.now());
    last_try = clock_.now();
  }
  EXPECT_GE(last_try, morning + 27min);
  EXPECT_LT(last_try, morning + 30min);
  EXPECT_GE(sender_.letters.size(), 6U);
  EXPECT_LE(sender_.letters.size(), 12U);
  EXPECT_EQ(row(id)->state, OutboxState::dead);
  EXPECT_NE(row(id)->last_error.find("given up after"), std::string::npos);
  EXPECT_NE(row(id)->last_error.find("451 later"), std::string::npos);
}

TEST_F(Dispatching, ALetterIsGivenUpAfterItsLastAttempt) {
  const OutboxId id = owe("ada@example.net", 24h * 30);
  answer(Sent::Outcome::later, "no route");
  Dispatcher::Options few = options();
  few.max_attempts = 5;
  Dispatcher worker(parts(), few);
  while (const auto due = worker.run_due().next_due) clock_.advance(*due - clock_.now());
  EXPECT_EQ(sender_.letters.size(), 5U);
  EXPECT_EQ(row(id)->last_error, "given up after 5 tries: no route");
}

TEST_F(Dispatching, ALetterOfAnUnknownKindIsDeadAtOnce) {
  const OutboxId id = owe(Draft{"nonsense", "", "ada@example.net", "", "", morning + 1h});
  dispatcher().run_due();
  EXPECT_EQ(row(id)->state, OutboxState::dead);
  EXPECT_EQ(log_.warnings.size(), 1U);
}

TEST_F(Dispatching, AComposerThatThrowsLeavesNothingBehindAndIsAskedAgain) {
  composers_["hello"] = [&](Transaction& tx, const OutboxMessage&) -> std::optional<Composed> {
    enqueue(tx, Draft{"side effect", "", "", "", "", morning + 1h}, morning, random_);
    throw std::runtime_error("payload without a name");
  };
  const OutboxId id = owe();
  dispatcher().run_due();
  EXPECT_EQ(rows(OutboxState::waiting), 1U);
  EXPECT_EQ(row(id)->attempts, 1);
  EXPECT_EQ(row(id)->last_error, "can't be composed: payload without a name");
  EXPECT_GE(row(id)->next_at, morning + 24s);
}

TEST_F(Dispatching, WhatAComposerWritesIsKept) {
  composers_["hello"] = [&](Transaction& tx, const OutboxMessage& message) {
    enqueue(tx, Draft{"hello2", "", "", "", "", morning + 1h}, morning + 1h, random_);
    return Composed{"hello", "", message.recipient, "en", nlohmann::json::object()};
  };
  owe();
  const Dispatcher::Run run = dispatcher().run_due();
  EXPECT_EQ(sender_.letters.size(), 1U);
  EXPECT_EQ(run.next_due, morning + 1h);
}

TEST_F(Dispatching, ATemplateThatIsBrokenHoldsUpNoOtherLetter) {
  composers_["hello"] = [](Transaction&, const OutboxMessage& message) {
    return Composed{message.recipient.starts_with("bad") ? "broken" : "hello", "", message.recipient, "en",
                    nlohmann::json::object()};
  };
  for (int i = 0; i < 5; ++i) owe("bad" + std::to_string(i) + "@example.net");
  const OutboxId good = owe("good@example.net");
  dispatcher().run_due();
  EXPECT_EQ(sender_.letters.size(), 1U);
  EXPECT_FALSE(row(good));
  EXPECT_EQ(rows(OutboxState::waiting), 5U);
}

TEST_F(Dispatching, ANameIsOneLineAndADomainIsAsciiOnTheWay) {
  composers_["hello"] = [](Transaction&, const OutboxMessage&) {
    return Composed{"hello",
                    "Ada\r\nBcc: evil@example.com",
                    "ada@b\xc3\xbc"
                    "cher.example",
                    "en",
                    {{"name", "A\r\n.\r\nB\x1b[2J"}}};
  };
  owe();
  dispatcher().run_due();
  ASSERT_EQ(sender_.letters.size(), 1U);
  EXPECT_EQ(sender_.letters[0].to_name, "Ada  Bcc: evil@example.com");
  EXPECT_EQ(sender_.letters[0].to_address, "ada@xn--bcher-kva.example");
  EXPECT_EQ(sender_.letters[0].text, "text for A\n.\nB [2J\n");
}

TEST_F(Dispatching, OneRunHandlesSoManyAndSaysThatMoreIsDue) {
  for (int i = 0; i < 5; ++i) owe();
  Dispatcher::Options few = options();
  few.letters_a_run = 3;
  Dispatcher worker(parts(), few);
  Dispatcher::Run run = worker.run_due();
  EXPECT_EQ(run.handled, 3U);
  EXPECT_EQ(run.next_due, morning);
  run = worker.run_due();
  EXPECT_EQ(run.handled, 2U);
  EXPECT_FALSE(run.next_due);
}

TEST_F(Dispatching, ARunThatIsStoppedEndsAfterTheLetterItIsAt) {
  for (int i = 0; i < 5; ++i) owe();
  Dispatcher worker = dispatcher();
  sender_.answer = [&](const Letter&) {
    worker.stop();
    return Sent{Sent::Outcome::accepted, {}};
  };
  EXPECT_EQ(worker.run_due().handled, 1U);
  EXPECT_EQ(worker.run_due().handled, 0U);
  EXPECT_EQ(rows(OutboxState::waiting), 4U);
}

TEST_F(Dispatching, AServerThatIsDownCostsThreeTriesAndThenOneAtATime) {
  for (int i = 0; i < 10; ++i) owe();
  answer(Sent::Outcome::later, "no answer in time");
  Dispatcher worker = dispatcher();
  Dispatcher::Run run = worker.run_due();
  EXPECT_EQ(sender_.letters.size(), 3U);
  EXPECT_EQ(run.next_due, morning + 30s);
  EXPECT_EQ(worker.run_due().handled, 0U);

  clock_.advance(30s);
  run = worker.run_due();
  EXPECT_EQ(sender_.letters.size(), 4U);
  EXPECT_EQ(run.next_due, clock_.now() + 60s);

  clock_.advance(60s);
  answer(Sent::Outcome::accepted, "");
  EXPECT_EQ(worker.run_due().handled, 10U);
  EXPECT_EQ(rows(OutboxState::waiting), 0U);
}

TEST_F(Dispatching, ABreakerNeverStaysOpenForLong) {
  for (int i = 0; i < 100; ++i) owe();
  answer(Sent::Outcome::later, "no answer in time");
  Dispatcher worker = dispatcher();
  for (int i = 0; i < 40; ++i) {
    const auto due = worker.run_due().next_due;
    ASSERT_TRUE(due);
    EXPECT_LE(*due - clock_.now(), 1min);
    clock_.advance(*due - clock_.now());
  }
}

TEST_F(Dispatching, APauseOfAClockThatWasAheadIsOver) {
  for (int i = 0; i < 3; ++i) owe();
  answer(Sent::Outcome::later, "the certificate has expired");
  Dispatcher worker = dispatcher();
  clock_.advance(30min);
  worker.run_due();
  ASSERT_EQ(sender_.letters.size(), 3U);
  clock_.advance(-30min);
  owe();
  answer(Sent::Outcome::accepted, "");
  worker.run_due();
  EXPECT_EQ(sender_.letters.size(), 4U);
}

TEST_F(Dispatching, ALetterThatAClockAheadHasPlannedIsDueWhenThatIsRight) {
  clock_.advance(24h * 365);
  owe();
  clock_.advance(-24h * 365);
  answer(Sent::Outcome::accepted, "");
  EXPECT_EQ(dispatcher().run_due().handled, 1U);
}

TEST_F(Dispatching, ARefusalIsAnAnswerAndOpensNoBreaker) {
  for (int i = 0; i < 10; ++i) owe();
  answer(Sent::Outcome::refused, "550 no");
  EXPECT_EQ(dispatcher().run_due().handled, 10U);
  EXPECT_EQ(sender_.letters.size(), 10U);
}

TEST_F(Dispatching, TheDeadAreForgottenInTheEnd) {
  const OutboxId id = owe();
  answer(Sent::Outcome::refused, "550 no");
  Dispatcher worker = dispatcher();
  worker.run_due();
  clock_.advance(24h * 30);
  worker.run_due();
  EXPECT_TRUE(row(id));
  clock_.advance(2h);
  worker.run_due();
  EXPECT_FALSE(row(id));
}

TEST_F(Dispatching, AStoreThatIsGoneIsSaidAndCostsNoAttempt) {
  const OutboxId id = owe();
  Dispatcher worker = dispatcher();
  failing_.gone = true;
  EXPECT_THROW(worker.run_due(), Unavailable);
  EXPECT_TRUE(sender_.letters.empty());
  failing_.gone = false;
  EXPECT_EQ(row(id)->attempts, 0);
  worker.run_due();
  EXPECT_EQ(sender_.letters.size(), 1U);
}

TEST_F(Dispatching, AWriteThatHasToBeRunAgainSendsOneLetterAndWritesOneLine) {
  owe();
  owe(Draft{"nonsense", "", "", "", "", morning + 1h});
  failing_.busy_commits = 4;
  dispatcher().run_due();
  EXPECT_EQ(failing_.busy_commits, 0);
  EXPECT_EQ(sender_.letters.size(), 1U);
  EXPECT_EQ(log_.warnings.size(), 1U);
  EXPECT_EQ(rows(OutboxState::waiting), 0U);
}

TEST_F(Dispatching, AWriteThatHasToBeRunAgainTakesWhatIsDueByThen) {
  const OutboxId bad = owe(Draft{"nonsense", "", "", "", "", morning + 1h});
  const OutboxId good = owe();
  failing_.busy_commits = 2;  // of the hour's sweep, and of taking the bad one
  failing_.at_busy = [&] {
    if (failing_.busy_commits > 0) return;
    database_.write([&](Transaction& tx) { OutboxMessages(tx).remove(bad); });
  };
  dispatcher().run_due();
  EXPECT_EQ(sender_.letters.size(), 1U);
  EXPECT_FALSE(row(good));
  EXPECT_TRUE(log_.warnings.empty());
}

}  // namespace
}  // namespace doorward::mail
