#include "engine/session_cache.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

#include "crypto/digest.hpp"
#include "crypto/token.hpp"

namespace doorward::engine {
namespace {

std::string_view token_of(const char* text) { return {text, crypto::token_text_size}; }

}  // namespace

Identity::Identity(std::string_view token, const signin::Recognized& recognized)
    : session_shard_(static_cast<std::uint16_t>(records::Epochs::session_shard(recognized.session.hash))),
      account_shard_(static_cast<std::uint16_t>(records::Epochs::account_shard(recognized.account.id.str()))),
      idle_seconds_(static_cast<std::uint32_t>(recognized.session.idle.count())),
      authenticated_at_(recognized.session.authenticated_at),
      expires_at_(recognized.session.expires_at),
      last_used_(to_microseconds(recognized.session.last_seen_at)),
      last_told_(to_microseconds(recognized.session.last_seen_at)) {
  const std::string_view facts[fact_count] = {
      recognized.account.id.str(), recognized.email,          recognized.account.name,   recognized.roles,
      recognized.session.id.str(), recognized.account.locale, recognized.session.methods};
  std::size_t size = token.size();
  for (const std::string_view fact : facts) size += fact.size();
  text_ = std::make_unique<char[]>(size);
  char* to = std::copy(token.begin(), token.end(), text_.get());
  for (std::size_t i = 0; i < fact_count; ++i) {
    to = std::copy(facts[i].begin(), facts[i].end(), to);
    ends_[i] = static_cast<std::uint32_t>(to - text_.get());
  }
}

std::string_view Identity::fact(Fact fact) const {
  const auto i = static_cast<std::size_t>(fact);
  const std::size_t begin = i == 0 ? crypto::token_text_size : ends_[i - 1];
  return {text_.get() + begin, ends_[i] - begin};
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
  if (holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
}

SessionCache::SessionCache(const records::Epochs& epochs, std::size_t max_sessions)
    : epochs_(epochs),
      max_of_shard_(std::max<std::size_t>(max_sessions / shard_count, 1)),
      shards_(std::make_unique<Shard[]>(shard_count)) {
  for (std::size_t i = 0; i < shard_count; ++i) shards_[i].slots.resize(8);
}

SessionCache::~SessionCache() {
  for (std::size_t i = 0; i < shard_count; ++i) {
    for (const Identity* identity : shards_[i].slots) {
      if (identity != nullptr) identity->release();
    }
  }
}

// A token is random, and only real ones are kept: its own characters spread well enough.
std::uint64_t SessionCache::number_of(std::string_view token) {
  std::uint64_t number = 0;
  std::memcpy(&number, token.data(), sizeof number);
  number *= 0x9e3779b97f4a7c15ULL;
  return number ^ (number >> 32);
}

// Where the token stands, or the free slot where it would.
std::size_t SessionCache::locate(const Shard& shard, std::string_view token, std::uint64_t number) {
  const std::size_t mask = shard.slots.size() - 1;
  std::size_t at = (number / shard_count) & mask;
  while (shard.slots[at] != nullptr && !crypto::equal(token_of(shard.slots[at]->text_.get()), token))
    at = (at + 1) & mask;
  return at;
}

// Linear probing without tombstones: what follows moves up where it may.
void SessionCache::erase_at(Shard& shard, std::size_t at) {
  const std::size_t mask = shard.slots.size() - 1;
  shard.slots[at]->release();
  shard.slots[at] = nullptr;
  --shard.used;
  for (std::size_t next = (at + 1) & mask; shard.slots[next] != nullptr; next = (next + 1) & mask) {
    const std::size_t home = (number_of(token_of(shard.slots[next]->text_.get())) / shard_count) & mask;
    if (((next - home) & mask) >= ((next - at) & mask)) {
      std::swap(shard.slots[at], shard.slots[next]);
      at = next;
    }
  }
}

bool SessionCache::believable(const Identity& identity, Time now) const {
  if (!epochs_.unchanged(identity.session_shard_, identity.session_seen_) ||
      !epochs_.unchanged(identity.account_shard_, identity.account_seen_)) {
    return false;
  }
  const Time last_used = from_microseconds(identity.last_used_.load(std::memory_order_relaxed));
  return now < identity.expires_at_ && now < last_used + std::chrono::seconds(identity.idle_seconds_);
}

IdentityRef SessionCache::find(std::string_view token, Time now) {
  if (token.size() != crypto::token_text_size) return {};
  const std::uint64_t number = number_of(token);
  Shard& shard = shard_of(number);
  const std::lock_guard lock(shard.mutex);
  const std::size_t at = locate(shard, token, number);
  const Identity* identity = shard.slots[at];
  if (identity == nullptr) return {};
  if (!believable(*identity, now)) {
    erase_at(shard, at);
    return {};
  }
  identity->last_used_.store(to_microseconds(now), std::memory_order_relaxed);
  identity->hold();
  return IdentityRef(identity);
}

IdentityRef SessionCache::make(std::string_view token, const signin::Recognized& recognized) {
  return IdentityRef(new Identity(token, recognized));
}

IdentityRef SessionCache::remember(std::string_view token, const signin::Recognized& recognized,
                                   std::uint64_t session_seen, std::uint64_t account_seen, Time now) {
  auto* identity = new Identity(token, recognized);
  identity->session_seen_ = session_seen;
  identity->account_seen_ = account_seen;
  identity->last_used_ = std::max(identity->last_told_, to_microseconds(now));
  identity->hold();  // one for the cache, one for the caller
  const std::uint64_t number = number_of(token);
  Shard& shard = shard_of(number);
  const std::lock_guard lock(shard.mutex);
  insert(shard, identity, number);
  return IdentityRef(identity);
}

void SessionCache::insert(Shard& shard, Identity* identity, std::uint64_t number) {
  const std::string_view token = token_of(identity->text_.get());
  std::size_t at = locate(shard, token, number);
  if (shard.slots[at] != nullptr) {
    shard.slots[at]->release();
    shard.slots[at] = identity;
    return;
  }
  if (shard.used >= max_of_shard_) {  // full: the next one on the way gives its place up
    std::size_t victim = at;
    while (shard.slots[victim] == nullptr) victim = (victim + 1) & (shard.slots.size() - 1);
    erase_at(shard, victim);
    at = locate(shard, token, number);
  } else if ((shard.used + 1) * 3 > shard.slots.size() * 2) {
    std::vector<Identity*> old(shard.slots.size() * 2, nullptr);
    old.swap(shard.slots);
    for (Identity* other : old) {
      if (other == nullptr) continue;
      const std::string_view text = token_of(other->text_.get());
      shard.slots[locate(shard, text, number_of(text))] = other;
    }
    at = locate(shard, token, number);
  }
  shard.slots[at] = identity;
  ++shard.used;
}

std::vector<std::pair<std::string, Time>> SessionCache::take_used() {
  std::vector<std::pair<std::string, Time>> used;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    for (Identity* identity : shards_[i].slots) {
      if (identity == nullptr) continue;
      const std::int64_t last = identity->last_used_.load(std::memory_order_relaxed);
      if (last == std::exchange(identity->last_told_, last)) continue;
      used.emplace_back(token_of(identity->text_.get()), from_microseconds(last));
    }
  }
  return used;
}

void SessionCache::forget_ended(Time now) {
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    Shard& shard = shards_[i];
    for (std::size_t at = 0; at < shard.slots.size();) {
      if (shard.slots[at] != nullptr && !believable(*shard.slots[at], now)) {
        erase_at(shard, at);  // something else may stand here now: look again
      } else {
        ++at;
      }
    }
  }
}

std::size_t SessionCache::size() const {
  std::size_t size = 0;
  for (std::size_t i = 0; i < shard_count; ++i) {
    const std::lock_guard lock(shards_[i].mutex);
    size += shards_[i].used;
  }
  return size;
}

}  // namespace doorward::engine
