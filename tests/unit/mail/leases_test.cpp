#include <map>
#include <thread>

#include "post_office.hpp"

namespace doorward::mail {
namespace {

using records::OutboxState;

struct Leases : PostOffice {};

struct Crash {};  // no std::exception: nothing catches it, as nothing catches a kill

TEST_F(Leases, ALetterWhoseSenderDiedAfterTheServersYesIsSentOnceMoreUnderTheSameMessageId) {
  const OutboxId id = owe();
  sender_.answer = [](const Letter&) -> Sent { throw Crash{}; };
  Dispatcher dying = dispatcher("dying");
  EXPECT_THROW(dying.run_due(), Crash);
  EXPECT_EQ(sender_.letters.size(), 1U);
  ASSERT_TRUE(row(id)->lease_until);
  EXPECT_EQ(row(id)->lease_holder, "dying#1");

  answer(Sent::Outcome::accepted, "");
  Dispatcher other = dispatcher("other");
  const Dispatcher::Run run = other.run_due();
  EXPECT_EQ(run.handled, 0U);
  EXPECT_EQ(run.next_due, row(id)->lease_until);

  clock_.advance(*run.next_due - clock_.now());
  EXPECT_EQ(other.run_due().handled, 1U);
  ASSERT_EQ(sender_.letters.size(), 2U);
  EXPECT_EQ(sender_.letters[0].message_id, sender_.letters[1].message_id);
  EXPECT_FALSE(row(id));
}

TEST_F(Leases, ALetterWhoseSenderDiedBeforeItWasSentIsSentOnce) {
  owe();
  composers_["hello"] = [](records::Transaction&, const records::OutboxMessage&) -> std::optional<Composed> {
    throw Crash{};
  };
  Dispatcher dying = dispatcher("dying");
  EXPECT_THROW(dying.run_due(), Crash);
  composers_["hello"] = [](records::Transaction&, const records::OutboxMessage& message) {
    return Composed{"hello", "", message.recipient, "en", nlohmann::json::object()};
  };
  dispatcher("other").run_due();  // at once: the lease was rolled back with what died
  EXPECT_EQ(sender_.letters.size(), 1U);
  EXPECT_EQ(rows(OutboxState::waiting), 0U);
}

TEST_F(Leases, ARemovalThatFailsIsMadeUpForUnderTheSameMessageId) {
  const OutboxId id = owe();
  sender_.answer = [this](const Letter&) {
    failing_.gone = true;
    return Sent{Sent::Outcome::accepted, {}};
  };
  Dispatcher worker = dispatcher();
  EXPECT_THROW(worker.run_due(), Unavailable);
  failing_.gone = false;
  answer(Sent::Outcome::accepted, "");
  EXPECT_EQ(worker.run_due().handled, 0U);
  clock_.advance(120s);
  worker.run_due();
  ASSERT_EQ(sender_.letters.size(), 2U);
  EXPECT_EQ(sender_.letters[0].message_id, sender_.letters[1].message_id);
  EXPECT_FALSE(row(id));
}

// While one is in the middle of sending, its lease runs out and another takes the letter.
void outlast(Leases&, StandingClock& clock, ToldSender& sender, Dispatcher& other, Sent first, Sent second) {
  sender.answer = [&, first, second](const Letter&) {
    sender.answer = [second](const Letter&) { return second; };
    clock.advance(121s);
    other.run_due();
    return first;
  };
}

TEST_F(Leases, WhoOutlastedTheLeaseDoesNotPlanAgainWhatAnotherHasSent) {
  const OutboxId id = owe();
  Dispatcher slow = dispatcher("slow"), other = dispatcher("other");
  outlast(*this, clock_, sender_, other, {Sent::Outcome::later, "slow"}, {Sent::Outcome::accepted, {}});
  slow.run_due();
  EXPECT_EQ(sender_.letters.size(), 2U);
  EXPECT_FALSE(row(id));
}

TEST_F(Leases, WhoOutlastedTheLeaseDoesNotBuryWhatAnotherHolds) {
  const OutboxId id = owe();
  Dispatcher slow = dispatcher("slow"), other = dispatcher("other");
  outlast(*this, clock_, sender_, other, {Sent::Outcome::refused, "slow"}, {Sent::Outcome::later, "other"});
  slow.run_due();
  ASSERT_TRUE(row(id));
  EXPECT_EQ(row(id)->state, OutboxState::waiting);
  EXPECT_EQ(row(id)->last_error, "other");
  EXPECT_TRUE(log_.warnings.empty());
}

TEST_F(Leases, WhoOutlastedTheLeaseDoesNotPlanAgainWhatAnotherHasPlanned) {
  const OutboxId id = owe();
  Dispatcher slow = dispatcher("slow"), other = dispatcher("other");
  outlast(*this, clock_, sender_, other, {Sent::Outcome::later, "slow"}, {Sent::Outcome::later, "other"});
  slow.run_due();
  EXPECT_EQ(row(id)->last_error, "other");
  EXPECT_EQ(row(id)->attempts, 2);
  EXPECT_EQ(log_.lines.size(), 1U);
}

TEST_F(Leases, WhatWasHandedOverAfterAllIsNotSentAThirdTime) {
  const OutboxId id = owe();
  Dispatcher slow = dispatcher("slow"), other = dispatcher("other");
  outlast(*this, clock_, sender_, other, {Sent::Outcome::accepted, {}}, {Sent::Outcome::later, "other"});
  slow.run_due();
  EXPECT_FALSE(row(id));
}

TEST_F(Leases, ManyDispatchersAtOnceSendEachLetterOnce) {
  constexpr int letters = 200, dispatchers = 6;
  for (int i = 0; i < letters; ++i) owe("person" + std::to_string(i) + "@example.net");
  std::vector<std::thread> threads;
  for (int i = 0; i < dispatchers; ++i) {
    threads.emplace_back([this, i] {
      Dispatcher worker = dispatcher("worker" + std::to_string(i));
      for (bool more = true; more;) {
        try {
          more = worker.run_due().next_due.has_value();
        } catch (const Unavailable&) {  // a machine that is busy for seconds: as a worker's jobs do, again
        }
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  std::map<std::string, int> arrived;
  for (const Letter& letter : sender_.letters) ++arrived[letter.to_address];
  EXPECT_EQ(arrived.size(), static_cast<std::size_t>(letters));
  EXPECT_EQ(sender_.letters.size(), static_cast<std::size_t>(letters));
  EXPECT_EQ(rows(OutboxState::waiting), 0U);
}

}  // namespace
}  // namespace doorward::mail
