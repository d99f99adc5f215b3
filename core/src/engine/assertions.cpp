#include "engine/assertions.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "crypto/encoding.hpp"
#include "engine/assertion_keys.hpp"

namespace doorward::engine {
namespace {

using nlohmann::json;
using Fact = Identity::Fact;

// Whatever an assertion says of somebody, as one text: two that differ in anything differ in it, since no fact has a zero.
std::string said_by(const Identity& identity) {
  std::string said = std::to_string(to_microseconds(identity.authenticated_at()));
  for (const Fact fact : {Fact::session, Fact::user, Fact::email, Fact::name, Fact::roles, Fact::methods}) {
    said += '\0';
    said += identity.fact(fact);
  }
  return said;
}

json list(std::string_view text, char between) {
  json parts = json::array();
  while (!text.empty()) {
    const std::size_t end = text.find(between);
    parts.push_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
  }
  return parts;
}

std::int64_t in_seconds(Time time) {
  return std::chrono::floor<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string dump(const json& value) { return value.dump(-1, ' ', false, json::error_handler_t::replace); }

}  // namespace

Assertions::Assertions(const settings::Settings& settings, const crypto::KeyRing& ring)
    : ring_(ring),
      issuer_(settings.public_url + settings.mount),
      audience_(settings.assertion.audience),
      lifetime_(settings.assertion.lifetime) {}

std::string Assertions::of(const Identity& identity, Time now) {
  const std::string said = said_by(identity);
  if (std::string before = made_before(said, now); !before.empty()) return before;
  std::string text = make(identity, now);
  keep(said, {text, now, now + lifetime_ / 2});
  return text;
}

std::string Assertions::made_before(const std::string& said, Time now) const {
  const std::lock_guard lock(mutex_);
  for (const Generation* generation : {&young_, &old_}) {
    const auto found = generation->find(said);
    // A clock that was set back makes no assertion younger than it is.
    if (found != generation->end() && found->second.from <= now && now < found->second.until)
      return found->second.text;
  }
  return {};
}

// Signing isn't done under the lock: that two threads make the same at once is rare, and does no harm.
std::string Assertions::make(const Identity& identity, Time now) {
  const auto key = this->key(now);
  const json head = {{"alg", "ES256"}, {"typ", "JWT"}, {"kid", key->id()}};
  const json claims = {{"iss", issuer_},
                       {"aud", audience_},
                       {"sub", identity.fact(Fact::user)},
                       {"iat", in_seconds(now)},
                       {"exp", in_seconds(now) + lifetime_.count()},
                       {"auth_time", in_seconds(identity.authenticated_at())},
                       {"amr", list(identity.fact(Fact::methods), ' ')},
                       {"sid", identity.fact(Fact::session)},
                       {"email", identity.fact(Fact::email)},
                       {"name", identity.fact(Fact::name)},
                       {"roles", list(identity.fact(Fact::roles), ',')}};
  const std::string signed_part = crypto::base64url(dump(head)) + "." + crypto::base64url(dump(claims));
  return signed_part + "." + crypto::base64url(key->sign(signed_part));
}

std::shared_ptr<const crypto::SigningKey> Assertions::key(Time now) {
  const std::int64_t period = assertion_period(now);
  const std::string signer = assertion_signer(ring_, now);
  const std::lock_guard lock(mutex_);
  if (key_ == nullptr || period_ != period || signer_ != signer) {
    key_ = std::make_shared<const crypto::SigningKey>(assertion_key(ring_, signer, period));
    period_ = period;
    signer_ = signer;
  }
  return key_;
}

void Assertions::keep(const std::string& said, Made made) {
  const std::lock_guard lock(mutex_);
  if (made.from < turned_ || made.from >= turned_ + lifetime_ / 2 || young_.size() >= generation_size) {
    old_ = std::exchange(young_, Generation());
    turned_ = made.from;
  }
  young_.insert_or_assign(said, std::move(made));
}

std::size_t Assertions::kept() const {
  const std::lock_guard lock(mutex_);
  return young_.size() + old_.size();
}

}  // namespace doorward::engine
