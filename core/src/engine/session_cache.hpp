// What a worker remembers of sessions, so that a protected page costs a look into its own memory. A remembered session
// counts only while the host's epochs say that nothing of it, or of its account, was revoked since it was read.
#pragma once
#include <atomic>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.hpp"
#include "records/epochs.hpp"
#include "records/feed.hpp"
#include "signin/recognize.hpp"

namespace doorward::engine {

// Who is asking, as it is handed out: immutable but for when it was used, and alive as long as somebody holds it. There may
// be a million of them in a worker, so one is a single piece of memory, its text behind it, and times are whole seconds,
// those of an end rounded down.
class Identity {
 public:
  enum class Fact : std::uint8_t {  // as doorward/host.h numbers them
    user,
    email,
    name,
    roles,
    session,
    locale,
    methods,
    time_zone,
    phone,
    picture,
    notifications,
    clock,  // from here on one of a few words each
    mac_format,
    theme
  };
  static constexpr std::size_t fact_count = 14;

  std::string_view fact(Fact fact) const;
  bool has_role(std::string_view role) const;
  Time authenticated_at() const { return from_seconds(authenticated_at_); }
  Time expires_at() const { return from_seconds(expires_at_); }
  bool has_second_factor() const { return has_second_factor_ != 0; }  // the account, given or not

  void hold() const { holders_.fetch_add(1, std::memory_order_relaxed); }
  void release() const;  // the last one deletes it

 private:
  friend class SessionCache;
  using Seconds = std::uint32_t;  // since 1970: until 2106
  // Throws std::length_error where the facts have more than 64 KiB.
  static Identity* make(std::string_view token, const signin::Recognized& recognized);
  explicit Identity(const signin::Recognized& recognized);
  ~Identity() = default;
  static Seconds to_seconds(Time time);
  static Time from_seconds(Seconds seconds);
  static std::size_t text_at();  // behind the last member, in what would be padding
  const char* text() const { return reinterpret_cast<const char*>(this) + text_at(); }
  std::string_view token() const;  // 43 characters; behind it stand both ids and the other facts

  std::uint64_t session_seen_ = 0, account_seen_ = 0;  // of the epochs
  mutable std::atomic<std::uint32_t> holders_{1};
  std::uint32_t idle_seconds_;
  Seconds authenticated_at_, expires_at_;
  mutable std::atomic<Seconds> last_used_;  // begins with what the store knew
  Seconds last_told_;                       // what the store knows of it
  // All in one word: the shards of the epochs, and for each setting of few words which of them it is, from 1 on; 0: none.
  std::uint32_t session_shard_ : 12, account_shard_ : 13;
  std::uint32_t has_second_factor_ : 1, clock_ : 2, mac_format_ : 2, theme_ : 2;
  static constexpr std::size_t text_count = 9;  // besides the ids
  std::uint16_t ends_[text_count];
  std::uint8_t user_size_, session_size_;  // of the ids
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
  // `feed`: of a store that other hosts share; null: this host's alone.
  explicit SessionCache(const records::Epochs& epochs, const records::Feed* feed = nullptr,
                        std::size_t max_sessions = std::size_t{1} << 20);
  ~SessionCache();

  // The session's token as its cookie has it. None: not remembered, or not to be believed any more.
  IdentityRef find(std::string_view token, Time now);

  // `*_seen`: of the epochs, read before the store was. Remembering counts as a use, as finding does.
  IdentityRef remember(std::string_view token, const signin::Recognized& recognized,
                       std::uint64_t session_seen, std::uint64_t account_seen, Time now);
  static IdentityRef make(std::string_view token,
                          const signin::Recognized& recognized);  // without remembering it

  // Sessions of whose use the store should be told, with the time of the last one: what the store knows is never behind by
  // more than five minutes, or a 32nd of the time after which the session idles out. A shard at a time (0 to
  // shard_count - 1), so that nobody has to wait while all are looked through.
  using Uses = std::vector<std::pair<std::string, Time>>;
  Uses uses(std::size_t shard) const;
  void told(std::span<const Uses::value_type> uses);  // the store knows now

  void forget_ended(Time now);
  std::size_t size() const;

  static constexpr std::size_t shard_count = 64;

 private:
  struct Shard;
  Shard& shard_of(std::string_view token) const;
  bool believable(const Identity& identity, Time now) const;

  const records::Epochs& epochs_;
  const records::Feed* feed_;
  std::size_t max_of_shard_;
  std::unique_ptr<Shard[]> shards_;
};

}  // namespace doorward::engine
