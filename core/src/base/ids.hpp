// Ids of records: UUID version 7 (RFC 9562 5.7) as its 36 characters, so that later ids sort later. Each noun has
// its own type: an account's id can't be passed for a session's.
#pragma once
#include <compare>
#include <string>
#include <utility>

#include "base/clock.hpp"
#include "base/random.hpp"

namespace doorward {

std::string make_uuid(Time now, Random& random);

template <class Noun>
class Id {
 public:
  Id() = default;  // names nobody
  explicit Id(std::string value) : value_(std::move(value)) {}
  static Id make(Time now, Random& random) { return Id(make_uuid(now, random)); }

  const std::string& str() const { return value_; }
  bool empty() const { return value_.empty(); }
  auto operator<=>(const Id&) const = default;

 private:
  std::string value_;
};

using AccountId = Id<struct AccountNoun>;
using EmailId = Id<struct EmailNoun>;
using SessionId = Id<struct SessionNoun>;
using OrganizationId = Id<struct OrganizationNoun>;
using OutboxId = Id<struct OutboxNoun>;

}  // namespace doorward
