#include "engine/session_cache.hpp"

#include <algorithm>
#include <boost/unordered/unordered_flat_set.hpp>
#include <cstddef>
#include <cstring>
#include <limits>
#include <mutex>
#include <new>
#include <stdexcept>

#include "crypto/digest.hpp"
#include "crypto/token.hpp"

namespace doorward::engine {

namespace {

using Words = std::span<const std::string_view>;

static_assert(records::Epochs::shards == 4096,
              "an Identity has 12 bits for a session's, and 13 for an account's");
static_assert(std::size(records::clocks) < 4 && std::size(records::mac_formats) < 4 &&
                  std::size(records::themes) < 4,
              "an Identity has two bits for each of them");

std::uint32_t number_of(Words words, std::string_view word) {
  const auto found = std::find(words.begin(), words.end(), word);
  return static_cast<std::uint32_t>(found == words.end() ? 0 : found - words.begin() + 1);
}

std::string_view word_of(Words words, std::uint32_t number) {
  return number == 0 ? std::string_view() : words[number - 1U];
}

}  // namespace

Identity::Seconds Identity::to_seconds(Time time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
  return static_cast<Seconds>(std::clamp<std::int64_t>(seconds, 0, std::numeric_limits<Seconds>::max()));
}

Time Identity::from_seconds(Seconds seconds) { return Time(std::chrono::seconds(seconds)); }

Identity::Identity(const signin::Recognized& recognized)
    : idle_seconds_(static_cast<std::uint32_t>(recognized.session.idle.count())),
      authenticated_at_(to_seconds(recognized.session.authenticated_at)),
      expires_at_(to_seconds(recognized.session.expires_at)),
      last_used_(to_seconds(recognized.session.last_seen_at)),
      last_told_(to_seconds(recognized.session.last_seen_at)),
      session_shard_(records::Epochs::session_shard(recognized.session.hash) & 0xfffU),
      account_shard_(records::Epochs::account_shard(recognized.account.id.str()) & 0x1fffU),
      has_second_factor_(recognized.has_second_factor),
      clock_(number_of(records::clocks, recognized.account.clock) & 3U),
      mac_format_(number_of(records::mac_formats, recognized.account.mac_format) & 3U),
      theme_(number_of(records::themes, recognized.account.theme) & 3U) {}

Identity* Identity::make(std::string_view token, const signin::Recognized& recognized) {
  const records::Account& account = recognized.account;
  const std::string_view fixed[] = {token, account.id.str(), recognized.session.id.str()};
  const std::string_view facts[text_count] = {
      recognized.email,  account.name,  recognized.roles,   account.locale,       recognized.session.methods,
      account.time_zone, account.phone, recognized.picture, account.notifications};
  std::size_t size = 0;
  for (const std::string_view part : fixed) size += part.size();
  for (const std::string_view fact : facts) size += fact.size();
  if (size > std::numeric_limits<std::uint16_t>::max()) throw std::length_error("facts of an identity");
  if (std::max(fixed[1].size(), fixed[2].size()) > std::numeric_limits<std::uint8_t>::max())
    throw std::length_error("an id of an identity");
  void* memory = ::operator new(std::max(sizeof(Identity), text_at() + size));
  auto* identity = new (memory) Identity(recognized);
  char* const text = static_cast<char*>(memory) + text_at();
  char* to = text;
  for (const std::string_view part : fixed) to = std::copy(part.begin(), part.end(), to);
  identity->user_size_ = static_cast<std::uint8_t>(fixed[1].size());
  identity->session_size_ = static_cast<std::uint8_t>(fixed[2].size());
  for (std::size_t i = 0; i < text_count; ++i) {
    to = std::copy(facts[i].begin(), facts[i].end(), to);
    identity->ends_[i] = static_cast<std::uint16_t>(to - text);
  }
  return identity;
}

std::size_t Identity::text_at() { return offsetof(Identity, session_size_) + sizeof session_size_; }

std::string_view Identity::token() const { return {text(), crypto::token_text_size}; }

std::string_view Identity::fact(Fact fact) const {
  if (fact == Fact::clock) return word_of(records::clocks, clock_);
  if (fact == Fact::mac_format) return word_of(records::mac_formats, mac_format_);
  if (fact == Fact::theme) return word_of(records::themes, theme_);
  const char* const ids = text() + crypto::token_text_size;
  if (fact == Fact::user) return {ids, user_size_};
  if (fact == Fact::session) return {ids + user_size_, session_size_};
  const std::size_t i = static_cast<std::size_t>(fact) - (fact > Fact::session ? 2 : 1);
  const std::size_t begin = i == 0 ? crypto::token_text_size + user_size_ + session_size_ : ends_[i - 1];
  const std::string_view said(text() + begin, ends_[i] - begin);
  return fact == Fact::notifications && said.empty() ? "all" : said;
}

bool Identity::has_role(std::string_view role) const {
  std::string_view rest = fact(Fact::roles);
  while (!rest.empty()) {
    const std::size_t comma = rest.find(',');
    if (rest.substr(0, comma) == role) return true;
    if (comma == std::string_view::npos) return false;
    rest.remove_prefix(comma + 1);
  }
  return false;
}

void Identity::release() const {
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  this->~Identity();
  ::operator delete(const_cast<Identity*>(this));
}

namespace {

// A token is random, and only real ones are kept: its own characters spread well enough.
std::uint64_t spread(std::string_view token) {
  std::uint64_t number = 0;
  std::memcpy(&number, token.data(), sizeof number);
  number *= 0x9e3779b97f4a7c15ULL;
  return number ^ (number >> 32);
}

}  // namespace

struct SessionCache::Shard {
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view token) const { return spread(token); }
    std::size_t operator()(const Identity* identity) const { return spread(identity->token()); }
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(std::string_view token, const Identity* identity) const {
      return crypto::equal(token, identity->token());
    }
    bool operator()(const Identity* identity, std::string_view token) const {
      return crypto::equal(token, identity->token());
    }
    bool operator()(const Identity* one, const Identity* other) const {
      return crypto::equal(one->token(), other->token());
    }
  };
  using Identities = boost::unordered_flat_set<Identity*, Hash, Equal>;

  ~Shard() {
    for (const Identity* identity : identities) identity->release();
  }
  template <class Goes>
  void forget(Goes&& goes) {
    boost::unordered::erase_if(identities, [&](Identity* identity) {
      if (!goes(*identity)) return false;
      identity->release();
      return true;
    });
  }

  mutable std::mutex mutex;
  Identities identities;
};

SessionCache::SessionCache(const records::Epochs& epochs, const records::Feed* feed, std::size_t max_sessions)
    : epochs_(epochs),
      feed_(feed),
      max_of_shard_(std::max<std::size_t>(max_sessions / shard_count, 1)),
      shards_(std::make_unique<Shard[]>(shard_count)) {}

SessionCache::~SessionCache() = default;

SessionCache::Shard& SessionCache::shard_of(std::string_view token) const {
  // Not the bits by which a shard's own table tells its places apart.
  return shards_[(spread(token) >> 24) % shard_count];
}

bool SessionCache::believable(const Identity& identity, Time now) const {
  if (!epochs_.unchanged(identity.session_shard_, identity.session_seen_) ||
      !epochs_.unchanged(identity.account_shard_, identity.account_seen_)) {
    return false;
  }
  const Time last_used = Identity::from_seconds(identity.last_used_.load(std::memory_order_relaxed));
  return now < identity.expires_at() && now < last_used + std::chrono::seconds(identity.idle_seconds_);
}

IdentityRef SessionCache::find(std::string_view token, Time now) {
  if (token.size() != crypto::token_text_size) return {};
  if (feed_ != nullptr && !feed_->is_fresh()) return {};
  Shard& shard = shard_of(token);
  const std::lock_guard lock(shard.mutex);
  const auto found = shard.identities.find(token);
  if (found == shard.identities.end()) return {};
  const Identity* identity = *found;
  if (!believable(*identity, now)) {
    shard.identities.erase(found);
    identity->release();
    return {};
  }
  identity->last_used_.store(Identity::to_seconds(now), std::memory_order_relaxed);
  identity->hold();
  return IdentityRef(identity);
}

IdentityRef SessionCache::make(std::string_view token, const signin::Recognized& recognized) {
  return IdentityRef(Identity::make(token, recognized));
}

IdentityRef SessionCache::remember(std::string_view token, const signin::Recognized& recognized,
                                   std::uint64_t session_seen, std::uint64_t account_seen, Time now) {
  auto* identity = Identity::make(token, recognized);
  IdentityRef made(identity);
  identity->session_seen_ = session_seen;
  identity->account_seen_ = account_seen;
  identity->last_used_ = std::max(identity->last_told_, Identity::to_seconds(now));
  Shard& shard = shard_of(token);
  const std::lock_guard lock(shard.mutex);
  if (const auto earlier = shard.identities.find(token); earlier != shard.identities.end()) {
    (*earlier)->release();
    shard.identities.erase(earlier);
  }
  if (shard.identities.size() >= max_of_shard_) {  // full: an eighth gives its place up, whoever stands first
    std::size_t leaving = max_of_shard_ / 8 + 1;
    shard.forget([&](const Identity&) {
      if (leaving == 0) return false;
      --leaving;
      return true;
    });
  }
  shard.identities.insert(identity);
  identity->hold();
  return made;
}

SessionCache::Uses SessionCache::uses(std::size_t shard) const {
  Uses uses;
  const std::lock_guard lock(shards_[shard].mutex);
  for (const Identity* identity : shards_[shard].identities) {
    const auto last = identity->last_used_.load(std::memory_order_relaxed);
    const auto behind = std::min<std::uint32_t>(identity->idle_seconds_ / 32, 300);
    if (last > identity->last_told_ + behind) {
      uses.emplace_back(identity->token(), Identity::from_seconds(last));
    }
  }
  return uses;
}

void SessionCache::told(std::span<const Uses::value_type> uses) {
  for (const auto& [token, last] : uses) {
    Shard& shard = shard_of(token);
    const std::lock_guard lock(shard.mutex);
    const auto found = shard.identities.find(std::string_view(token));
    if (found != shard.identities.end()) (*found)->last_told_ = Identity::to_seconds(last);
  }
}

void SessionCache::forget_ended(Time now) {
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    shards_[i].forget([&](const Identity& identity) { return !believable(identity, now); });
  }
}

std::size_t SessionCache::size() const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    size += shards_[i].identities.size();
  }
  return size;
}

}  // namespace doorward::engine
