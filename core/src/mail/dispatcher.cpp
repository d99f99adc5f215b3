#include "mail/dispatcher.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/errors.hpp"
#include "mail/backoff.hpp"
#include "mail/wire.hpp"
#include "records/outbox_message.hpp"
#include "records/rows.hpp"

namespace doorward::mail {

using records::OutboxMessage;
using records::OutboxMessages;
using records::Transaction;

namespace {

std::string name_of(const OutboxMessage& message) {
  return "mail: letter " + message.id.str() + " (" + message.kind + ") ";
}

}  // namespace

Dispatcher::Dispatcher(const Parts& parts, Options options) : parts_(parts), options_(std::move(options)) {
  options_.from_name = one_line(options_.from_name);
  options_.from_address = wire_address(options_.from_address).value_or(options_.from_address);
}

Dispatcher::Run Dispatcher::run_due() {
  Run run;
  tidy_up();
  while (true) {
    run.next_due = next_due();
    const bool due = run.next_due && *run.next_due <= parts_.clock.now();
    if (!due || run.handled == options_.letters_a_run || stopping_) return run;
    if (const auto held = take()) deliver(*held);
    ++run.handled;
  }
}

// Asked without a write transaction: an idle outbox costs nobody a lock.
std::optional<Time> Dispatcher::next_due() {
  const auto next = parts_.database.read([](Transaction& tx) { return OutboxMessages(tx).next_waiting(); });
  if (!next) return std::nullopt;
  return std::max(next->next_at, breaker_.until(parts_.clock.now()));
}

std::optional<Dispatcher::Held> Dispatcher::take() {
  std::optional<OutboxMessage> taking;
  std::string dead_because;
  std::optional<Held> held;
  try {
    held = parts_.database.write([&](Transaction& tx) -> std::optional<Held> {
      dead_because.clear();
      OutboxMessages messages(tx);
      const Time now = parts_.clock.now();
      taking = messages.next_waiting();
      if (!taking || taking->next_at > now) return std::nullopt;
      // Attempts are counted with the lease, so a holder's name is never used twice for one letter.
      const std::string holder = options_.worker + "#" + std::to_string(taking->attempts + 1);
      if (!messages.lease(*taking, holder, now + options_.lease)) return std::nullopt;
      OutboxMessage message = *taking;
      ++message.attempts;
      return compose(tx, std::move(message), holder, dead_because);
    });
  } catch (const Unavailable&) {
    throw;  // the store, not the letter
  } catch (const std::exception& error) {
    if (!taking) throw;
    compose_failed(*taking, error.what());
    return std::nullopt;
  }
  if (!dead_because.empty()) log_death(*taking, dead_because);
  return held;
}

std::optional<Dispatcher::Held> Dispatcher::compose(Transaction& tx, OutboxMessage message,
                                                    const std::string& holder, std::string& dead_because) {
  const auto composer = parts_.composers.find(message.kind);
  if (message.expires_at <= parts_.clock.now()) {
    dead_because = "it expired before it could be sent" +
                   (message.last_error.empty() ? "" : "; last: " + message.last_error);
  } else if (composer == parts_.composers.end()) {
    dead_because = "nothing composes letters of this kind";
  }
  if (!dead_because.empty()) {
    OutboxMessages(tx).bury(message.id, holder, parts_.clock.now(), dead_because);
    return std::nullopt;
  }
  auto composed = composer->second(tx, message);
  if (!composed) {
    OutboxMessages(tx).remove(message.id);
    return std::nullopt;
  }
  return Held{std::move(message), holder, std::move(*composed)};
}

// The transaction that took the letter is rolled back, its lease with it: take it again, to say so.
void Dispatcher::compose_failed(const OutboxMessage& message, const std::string& why) {
  const std::string holder = options_.worker + "#" + std::to_string(message.attempts + 1);
  const bool ours = parts_.database.write([&](Transaction& tx) {
    return OutboxMessages(tx).lease(message, holder, parts_.clock.now() + options_.lease);
  });
  if (!ours) return;
  OutboxMessage again = message;
  ++again.attempts;
  plan_again(again, holder, "can't be composed: " + why);
}

Letter Dispatcher::letter_of(const Held& held) const {
  const auto& [letter, to_name, to_address, reader, model] = held.composed;
  pages::LetterText text = parts_.renderer.letter(letter, model, reader);
  Letter out;
  out.message_id = message_id(held.message.id.str(), options_.host);
  out.date = held.message.created_at;
  out.from_name = options_.from_name;
  out.from_address = options_.from_address;
  out.to_name = one_line(to_name);
  out.to_address = wire_address(to_address).value_or(to_address);
  out.subject = one_line(text.subject);
  out.text = lines(text.text);
  out.html = lines(text.html);
  out.language = reader.locale;
  return out;
}

void Dispatcher::deliver(const Held& held) {
  Letter letter;
  try {
    letter = letter_of(held);
  } catch (const std::exception& error) {
    plan_again(held.message, held.holder, std::string("can't be written: ") + error.what());
    return;
  }
  const Sent sent = parts_.sender.send(letter, options_.send_timeout);
  switch (sent.outcome) {
    case Sent::Outcome::accepted:  // whoever holds it by now: it has been handed over
      breaker_.succeeded();
      parts_.database.write([&](Transaction& tx) { OutboxMessages(tx).remove(held.message.id); });
      break;
    case Sent::Outcome::refused:
      breaker_.succeeded();
      bury(held.message, held.holder, sent.why);
      break;
    case Sent::Outcome::later:
      breaker_.failed(parts_.clock.now());
      plan_again(held.message, held.holder, sent.why);
      break;
  }
}

void Dispatcher::plan_again(const OutboxMessage& message, const std::string& holder, const std::string& why) {
  const Time now = parts_.clock.now();
  const auto next = next_try(now, message.expires_at, delay_after(message.attempts, parts_.random));
  if (!next || message.attempts >= options_.max_attempts) {
    const std::string tries =
        std::to_string(message.attempts) + (message.attempts == 1 ? " try: " : " tries: ");
    bury(message, holder, "given up after " + tries + why);
    return;
  }
  const bool ours = parts_.database.write(
      [&](Transaction& tx) { return OutboxMessages(tx).reschedule(message.id, holder, *next, why); });
  if (!ours) return;
  const auto seconds = std::chrono::round<std::chrono::seconds>(*next - now).count();
  parts_.log.info(name_of(message) + "is not sent yet, and tried again in " + std::to_string(seconds) +
                  " s: " + why);
}

void Dispatcher::bury(const OutboxMessage& message, const std::string& holder, const std::string& reason) {
  const bool ours = parts_.database.write([&](Transaction& tx) {
    return OutboxMessages(tx).bury(message.id, holder, parts_.clock.now(), reason);
  });
  if (ours) log_death(message, reason);
}

void Dispatcher::log_death(const OutboxMessage& message, const std::string& reason) {
  parts_.log.warning(name_of(message) + "is not sent, and not tried again: " + reason);
}

// One piece a run: letters that are due don't wait until all are gone.
void Dispatcher::tidy_up() {
  const Time now = parts_.clock.now();
  if (now >= tidied_at_ && now < tidied_at_ + std::chrono::hours(1)) return;
  tidied_at_ = now;
  const std::int64_t forgotten = parts_.database.write([&](Transaction& tx) {
    OutboxMessages messages(tx);
    messages.hasten(now + 2 * longest_delay, now);
    return messages.remove_dead_before(now - options_.dead_retention);
  });
  if (forgotten == records::rows_in_a_piece) tidied_at_ = {};  // there may be more
}

}  // namespace doorward::mail
