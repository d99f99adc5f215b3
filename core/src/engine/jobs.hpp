// What a worker does besides answering: a look at whether the keys were replaced, letters that are owed, sessions that were
// used, who was refused a page, records whose time is over. One thread, begun after the fork. Every worker runs it; what it
// does may be done twice without harm. While the store takes no writes all of it that writes waits, and the log says so once.
#pragma once
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/log.hpp"
#include "engine/audit_upkeep.hpp"
#include "engine/refused_places.hpp"
#include "engine/session_cache.hpp"
#include "flows/flow.hpp"
#include "mail/dispatcher.hpp"

namespace doorward::engine {

class Jobs {
 public:
  // `prepare_store` is called until it returns, before all else.
  Jobs(const flows::Services& services, SessionCache& cache, mail::Dispatcher& dispatcher,
       std::function<void()> prepare_store);
  ~Jobs();  // waits for the job at hand

  void prepare();  // throws what prepare_store throws; nothing once it has returned

  void start();
  RefusedPlaces& refused_places() { return refused_places_; }  // written once a second
  void wake();  // [any thread] something was written that may owe a letter

  // One round of everything that is due; the thread does nothing else. Public for tests.
  void run_once();

 private:
  void loop();
  void guarded(const char* what, void (Jobs::*job)());
  void look_at_keys();
  void look_whether_writable();
  void write_refused_places();
  void send_letters();
  void tell_used_sessions();
  void tell(std::span<const SessionCache::Uses::value_type> uses);
  bool pause();  // false: the engine stops
  void sweep();
  void sign_audit();
  void remove_audit();

  const flows::Services& services_;
  SessionCache& cache_;
  mail::Dispatcher& dispatcher_;
  std::function<void()> prepare_store_;  // empty: done
  AuditUpkeep audit_;
  RefusedPlaces refused_places_;
  std::vector<std::string> keys_;  // of the ring that was told of last
  Time told_at_{}, swept_at_{}, signed_at_{};
  bool read_only_ = false;  // the store, as far as a job has found out
  std::mutex mutex_;
  std::condition_variable wake_;
  bool woken_ = false, stopping_ = false;
  std::thread thread_;
};

}  // namespace doorward::engine
