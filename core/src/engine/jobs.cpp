#include "engine/jobs.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "base/errors.hpp"
#include "base/quiet_thread.hpp"
#include "engine/sweep.hpp"
#include "records/maintenance.hpp"
#include "records/session.hpp"

namespace doorward::engine {
namespace {

constexpr std::chrono::seconds look_again{1};   // another worker, or the command, may have written
constexpr std::chrono::seconds tell_every{60};  // whatever SessionCache::uses says is due
constexpr std::chrono::seconds sweep_every{600};
constexpr std::chrono::seconds sign_every{5};  // whether a checkpoint of the audit is due
constexpr std::size_t told_at_once = 1000;
constexpr std::chrono::milliseconds breath{20};

// A clock that was ahead must not keep a job from going until that time comes: it is due again at once.
bool is_due(Time& last, std::chrono::seconds every, Time now) {
  if (now >= last && now < last + every) return false;
  last = now;
  return true;
}

}  // namespace

Jobs::Jobs(const flows::Services& services, SessionCache& cache, mail::Dispatcher& dispatcher,
           std::function<void()> prepare_store)
    : services_(services),
      cache_(cache),
      dispatcher_(dispatcher),
      prepare_store_(std::move(prepare_store)),
      audit_(services.database, services.keys, services.random, services.log),
      refused_places_(services),
      keys_(services.keys.ids()),
      told_at_(services.clock.now()),
      // Not all workers at once, and not all at their start.
      swept_at_(services.clock.now() -
                std::chrono::seconds(static_cast<unsigned char>(services.random.bytes(1)[0]))) {}

Jobs::~Jobs() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  dispatcher_.stop();  // no further letter is begun: a mail server that stalls costs one deadline, not many
  if (thread_.joinable()) thread_.join();
}

void Jobs::start() {
  thread_ = quiet_thread([this] { loop(); });
}

void Jobs::wake() {
  {
    const std::lock_guard lock(mutex_);
    woken_ = true;
  }
  wake_.notify_one();
}

void Jobs::loop() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      wake_.wait_for(lock, look_again, [this] { return woken_ || stopping_; });
      if (stopping_) return;
      woken_ = false;
    }
    run_once();
  }
}

void Jobs::prepare() {
  if (!prepare_store_) return;
  prepare_store_();
  prepare_store_ = nullptr;
}

void Jobs::run_once() {
  guarded("taking the new key ring", &Jobs::look_at_keys);
  guarded("reaching the store", &Jobs::prepare);
  if (prepare_store_) return;
  if (read_only_) guarded("asking whether the store takes writes", &Jobs::look_whether_writable);
  guarded("sending letters", &Jobs::send_letters);
  guarded("recording who was refused a page", &Jobs::write_refused_places);
  const Time now = services_.clock.now();
  if (is_due(told_at_, tell_every, now)) guarded("noting used sessions", &Jobs::tell_used_sessions);
  if (is_due(signed_at_, sign_every, now)) guarded("signing the audit", &Jobs::sign_audit);
  if (is_due(swept_at_, sweep_every, now)) {
    guarded("sweeping", &Jobs::sweep);
    guarded("removing old records of the audit", &Jobs::remove_audit);
  }
}

void Jobs::guarded(const char* what, void (Jobs::*job)()) {
  try {
    (this->*job)();
  } catch (const ReadOnly& closed) {
    if (!std::exchange(read_only_, true))
      services_.log.warning(std::string(closed.what()) + "; letters and what else is written wait");
  } catch (const std::exception& error) {
    services_.log.warning(std::string(what) + ": " + error.what());
  }
}

void Jobs::look_at_keys() {
  services_.keys.refresh();  // or who needed a new key has done it already
  if (auto ids = services_.keys.ids(); ids != std::exchange(keys_, ids))
    services_.log.info("the key ring was replaced; its first key is " + services_.keys.current());
}

// Only asked while it doesn't: a job finds out by itself when that begins.
void Jobs::look_whether_writable() {
  services_.database.read([](records::Transaction& tx) { records::Maintenances(tx).must_take_writes(); });
  read_only_ = false;
  services_.log.info("the store takes writes again");
}

void Jobs::write_refused_places() { refused_places_.write(); }

void Jobs::send_letters() { dispatcher_.run_due(); }

// In pieces: whoever wants to write meanwhile finds the store free between two of them. What the store didn't take is told
// again a minute later.
void Jobs::tell_used_sessions() {
  services_.database.epochs().repair();
  SessionCache::Uses uses;
  for (std::size_t shard = 0; shard < SessionCache::shard_count; ++shard) {
    auto more = cache_.uses(shard);
    std::move(more.begin(), more.end(), std::back_inserter(uses));
    const bool last = shard + 1 == SessionCache::shard_count;
    while (uses.size() >= told_at_once || (last && !uses.empty())) {
      const auto piece = std::span(uses).last(std::min(uses.size(), told_at_once));
      tell(piece);
      uses.resize(uses.size() - piece.size());
      if (!(last && uses.empty()) && !pause()) return;
    }
  }
  cache_.forget_ended(services_.clock.now());
}

void Jobs::tell(std::span<const SessionCache::Uses::value_type> uses) {
  services_.database.write([&](records::Transaction& tx) {
    records::Sessions sessions(tx);
    for (const auto& [token, seen] : uses) {
      if (const auto parsed = records::SessionToken::parse(token))
        sessions.touch(parsed->hash().bytes(), seen);
    }
  });
  cache_.told(uses);
}

bool Jobs::pause() {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, breath, [this] { return stopping_; });
}

void Jobs::sweep() {
  engine::sweep(services_.database, services_.keys, services_.log, services_.clock.now(),
                [this] { return pause(); });
}

void Jobs::sign_audit() { audit_.sign(services_.clock.now()); }

void Jobs::remove_audit() {
  audit_.remove_expired(services_.clock.now(), services_.settings.audit.retention,
                        [this] { return pause(); });
}

}  // namespace doorward::engine
