// What a worker remembers of sessions, so that a protected page costs a look into its own memory. A remembered session
// counts only while the host's epochs say that nothing of it, or of its account, was revoked since it was read.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "records/epochs.hpp"
#include "signin/recognize.hpp"

namespace doorward::engine {

// Who is asking, as it is handed out: immutable but for last_used, and alive as long as somebody holds it.
class Identity {
 public:
  enum class Fact : std::uint8_t { user, email, name, roles, session, locale, methods };
  static constexpr std::size_t fact_count = 7;

  std::string_view fact(Fact fact) const;
  bool has_role(std::string_view role) const;
  Time authenticated_at() const { return authenticated_at_; }
  Time expires_at() const { return expires_at_; }

  void hold() const { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() const;  // the last one deletes it

 private:
  friend class SessionCache;
  Identity(std::string_view token, const signin::Recognized& recognized);
  ~Identity() = default;

  std::unique_ptr<char[]> text_;  // the token (43 characters), then the facts
  std::uint32_t ends_[fact_count];
  mutable std::atomic<std::uint32_t> holders_{1};
  std::uint16_t session_shard_, account_shard_;
  std::uint32_t idle_seconds_;
  std::uint64_t session_seen_ = 0, account_seen_ = 0;  // of the epochs
  Time authenticated_at_, expires_at_;
  mutable std::atomic<std::int64_t> last_used_;  // microseconds; begins with what the store knew
  std::int64_t last_told_;                       // what the store knows of it
};

// Holds one count of an identity, or none.
class IdentityRef {
 public:
  IdentityRef() = default;
  explicit IdentityRef(const Identity* held) : identity_(held) {}  // takes over the count
  IdentityRef(IdentityRef&& other) noexcept : identity_(std::exchange(other.identity_, nullptr)) {}
  IdentityRef& operator=(IdentityRef&& other) noexcept {
    std::swap(identity_, other.identity_);
    return *this;
  }
  ~IdentityRef() {
    if (identity_ != nullptr) identity_->release();
  }
  explicit operator bool() const { return identity_ != nullptr; }
  const Identity* operator->() const { return identity_; }
  const Identity* hand_over() { return std::exchange(identity_, nullptr); }

 private:
  const Identity* identity_ = nullptr;
};

class SessionCache {  // any thread
 public:
  explicit SessionCache(const records::Epochs& epochs, std::size_t max_sessions = std::size_t{1} << 20);
  ~SessionCache();

  // The session's token as its cookie has it. None: not remembered, or not to be believed any more.
  IdentityRef find(std::string_view token, Time now);

  // `*_seen`: of the epochs, read before the store was. Remembering counts as a use, as finding does.
  IdentityRef remember(std::string_view token, const signin::Recognized& recognized,
                       std::uint64_t session_seen, std::uint64_t account_seen, Time now);
  static IdentityRef make(std::string_view token,
                          const signin::Recognized& recognized);  // without remembering it

  // Sessions used since they were last told of, with the time of their last use; each once.
  std::vector<std::pair<std::string, Time>> take_used();
  void forget_ended(Time now);
  std::size_t size() const;

 private:
  struct Shard {
    mutable std::mutex mutex;
    std::vector<Identity*> slots;  // open addressing, linear; a power of two; null: free
    std::size_t used = 0;
  };
  static constexpr std::size_t shard_count = 64;
  static std::uint64_t number_of(std::string_view token);
  Shard& shard_of(std::uint64_t number) { return shards_[number % shard_count]; }
  static std::size_t locate(const Shard& shard, std::string_view token, std::uint64_t number);
  static void erase_at(Shard& shard, std::size_t at);
  void insert(Shard& shard, Identity* identity, std::uint64_t number);
  bool believable(const Identity& identity, Time now) const;

  const records::Epochs& epochs_;
  std::size_t max_of_shard_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace doorward::engine
