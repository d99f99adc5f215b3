// One connection to the server, in libpq's pipeline mode: statements are queued, go out together, and are answered
// together in one round trip. No call blocks beyond its limit. Used by one thread at a time, and opened after the fork.
#pragma once
#include <libpq-fe.h>

#include <atomic>
#include <deque>
#include <list>
#include <memory>
#include <unordered_map>

#include "common/turn.hpp"
#include "errors.hpp"
#include "options.hpp"
#include "parameters.hpp"

namespace postgresql_store {

using storage_common::Deadline;

// Until when a call may take. `wake`, where given, is a descriptor that ends the wait with Woken as soon as it
// can be read.
struct Limit {
  Deadline deadline;
  int wake = -1;
  static Limit in(std::chrono::milliseconds time) { return {Deadline::clock::now() + time}; }
};

struct ResultClear {
  void operator()(PGresult* result) const { PQclear(result); }
};
using Result = std::unique_ptr<PGresult, ResultClear>;

class Connection {
 public:
  // Tries the hosts in order, the one first that worked last (`first`, kept up to date). Throws Lost with a sentence for each
  // host, Late, or Failure(invalid) where the server can't serve us.
  Connection(const Options& options, std::atomic<std::size_t>& first, const Limit& limit);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() { PQfinish(raw_); }

  // Queues a statement without parameters whose result is of no interest.
  void queue(const std::string& sql);
  // Queues a statement whose result finish() gives; prepared the first time under its shape.
  template <class MakeSql>
  void queue(const std::string& shape, const Parameters& parameters, MakeSql&& sql) {
    const auto found = statements_.find(shape);
    if (found != statements_.end())
      queue_known(found->second, parameters);
    else if (const auto same = preparing_.find(shape); same != preparing_.end())  // earlier in this queue
      send(same->second, parameters);
    else
      queue_new(shape, parameters, sql());
  }
  void queue_rows(const std::string& sql);  // without parameters and not prepared; finish() gives its result
  // Sends what is queued and waits for the answers; gives the result of the last statement that has one. Throws ServerError (the
  // first one; later statements of the queue weren't run), Lost, Late, Woken.
  Result finish(const Limit& limit);
  // Sends what is queued; the answers are read before those of the next finish(), and failures are of no interest.
  void leave();

  // At rest, without waiting: whether the server has closed it, as far as is known here. Reads what leave() left.
  bool is_alive();
  // To be called before a transaction: statements prepared for another schema are forgotten, since a shape means another thing
  // there.
  void use_statements_of(unsigned schema);
  // Waits for anything from the server, such as notifications.
  void wait(const Limit& limit);
  // The next notification that has come in; null: there is none.
  std::unique_ptr<PGnotify, void (*)(PGnotify*)> notification();

  const std::string& tag() const { return tag_; }  // what the last statement without a result did: "COMMIT"
  bool warned() const {
    return warned_;
  }  // the server warned while the last finish() waited for its own answers
  PGcancel* canceller() const { return PQgetCancel(raw_); }
  int version() const { return PQserverVersion(raw_); }  // 150018: 15.18
  bool syncs_to_disk() const { return syncs_to_disk_; }  // the server's fsync and full_page_writes are on

 private:
  enum class Kind { plain, wanted, prepare, end };
  struct Sent {
    Kind kind;
    std::string shape;  // of prepare
  };
  struct Kept {
    std::string name;
    std::list<std::string>::iterator place;  // in used_
  };
  void open(const Host& host, const Limit& limit);
  void set_up(const Limit& limit);
  void queue_new(const std::string& shape, const Parameters& parameters, const std::string& sql);
  void queue_known(Kept& kept, const Parameters& parameters);
  void send(const std::string& name, const Parameters& parameters);
  void drop_one_unused();
  void note(int sent, Kind kind, const std::string& shape = {});
  void end_queue();
  void flush(const Limit& limit);
  Result next(const Limit& limit);
  void settle(const Sent& sent, Result result, bool of_interest);
  [[noreturn]] void fail();
  static void receive_notice(void* self, const PGresult* notice);

  PGconn* raw_ = nullptr;
  std::deque<Sent> sent_;                                   // whose answers haven't been read, in order
  std::size_t ends_ = 0;                                    // among them
  std::unordered_map<std::string, Kept> statements_;        // by shape
  std::list<std::string> used_;                             // shapes, the last used first
  std::unordered_map<std::string, std::string> preparing_;  // name by shape
  unsigned names_ = 0, statements_schema_ = 0;
  std::string tag_;
  Result wanted_;
  std::unique_ptr<ServerError> refused_;
  bool warned_ = false, ending_ = false, syncs_to_disk_ = true;
};

// Waits until the descriptor can be read or, where `write` says so, written. Throws Late, Woken, Lost.
void wait_for_socket(int socket, bool write, const Limit& limit);

}  // namespace postgresql_store
