// Sends what the outbox owes. Any number of dispatchers, in any worker, on any host of the same store may
// run: a letter is taken under a lease, in a transaction, composed and sent outside of it, then removed, or
// planned again with back-off, or buried with its reason.
//
// Each letter is handed over at least once, under the same Message-ID at every try. It is handed over twice
// only where its sender dies, or outlasts its lease, between the mail server's yes and the removal.
#pragma once
#include <atomic>
#include <cstddef>
#include <optional>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "mail/breaker.hpp"
#include "mail/composer.hpp"
#include "mail/sender.hpp"
#include "pages/renderer.hpp"
#include "records/database.hpp"

namespace doorward::mail {

class Dispatcher {  // one thread: the jobs thread of a worker
 public:
  struct Parts {  // all outlive it
    records::Database& database;
    Sender& sender;
    const pages::Renderer& renderer;
    const Composers& composers;
    const Clock& clock;
    Random& random;
    Log& log;
  };
  struct Options {
    std::string from_name, from_address;
    std::string host;    // the right side of Message-IDs: of public_url
    std::string worker;  // names this dispatcher among all that run: "host/pid"
    std::chrono::milliseconds send_timeout{30'000};
    std::chrono::seconds lease{120};  // well over send_timeout
    std::int64_t max_attempts = 100;  // some four days
    std::chrono::seconds dead_retention{30 * 24 * 3600};
    std::size_t letters_a_run = 20;
  };
  struct Run {
    std::size_t handled = 0;       // letters sent, dropped, planned again or buried
    std::optional<Time> next_due;  // when to run again; none: nothing waits
  };

  Dispatcher(const Parts& parts, Options options);

  // Handles what is due now, and returns: it never waits for a letter to become due. Holds the thread for
  // send_timeout for each letter that it tries, and doesn't try many of them while the server doesn't
  // answer. Throws Unavailable where the store can't be reached: run it again later.
  Run run_due();
  // [any thread] A run that is under way returns after the letter it is at; later ones handle nothing.
  void stop() { stopping_ = true; }

 private:
  struct Held {  // under our lease
    records::OutboxMessage message;
    std::string holder;
    Composed composed;
  };

  std::optional<Held> take();  // none: what was due has been dropped, buried or taken by somebody else
  std::optional<Held> compose(records::Transaction& tx, records::OutboxMessage message,
                              const std::string& holder, std::string& dead_because);
  void deliver(const Held& held);
  Letter letter_of(const Held& held) const;
  void plan_again(const records::OutboxMessage& message, const std::string& holder, const std::string& why);
  void bury(const records::OutboxMessage& message, const std::string& holder, const std::string& reason);
  void log_death(const records::OutboxMessage& message, const std::string& reason);
  void compose_failed(const records::OutboxMessage& message, const std::string& why);
  void tidy_up();
  std::optional<Time> next_due();

  Parts parts_;
  Options options_;
  Breaker breaker_;
  Time tidied_at_{};
  std::atomic<bool> stopping_{false};
};

}  // namespace doorward::mail
