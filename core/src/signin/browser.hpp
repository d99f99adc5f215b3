// What is known of a browser before anybody is signed in: an id of its own in a cookie, from which the tokens of its forms
// are made and to which steps are bound; and whether somebody has signed in here before.
#pragma once
#include <chrono>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "crypto/key_ring.hpp"
#include "records/account.hpp"

namespace doorward::signin {

class Browsers {  // any thread
 public:
  explicit Browsers(const crypto::KeyRing& keys) : keys_(keys) {}

  static std::string make_id(Random& random);  // the browser cookie's value
  static bool is_id(std::string_view cookie);  // 43 characters of base64url
  // Another one each time: where a site compresses a page that the menu stands in, its length tells nothing about the next one's
  // (BREACH).
  std::string csrf_token(std::string_view id, Random& random) const;
  bool is_csrf_token(std::string_view id, std::string_view token) const;
  std::string binding(std::string_view id) const;  // what the store keeps of it

  // The device cookie of a browser in which this account, too, signs in from now on, with the password that it has now:
  // "<id>.<mark>.<mark>", the newest first, so that people who share a browser are known to it. It holds four marks at most;
  // of `cookie`, what it had before.
  std::string device(std::string_view cookie, const records::Account& account, Time now,
                     Random& random) const;
  // The same without this account's mark; empty where no other is left.
  std::string device_without(std::string_view cookie, const records::Account& account, Time now) const;
  static bool is_device(std::string_view cookie);  // has the shape of one; says nothing of its marks
  // What this account's tries in this browser are counted by, where a mark says that it has signed in here. Empty: none does,
  // or it is too old, or the password has been changed since, or the account is disabled.
  std::string device_of(std::string_view cookie, const records::Account& account, Time now) const;
  static constexpr std::chrono::hours device_lifetime{24 * 180};

 private:
  std::string csrf_proof(std::string_view key_id, std::string_view id, std::string_view salt) const;
  std::string device_proof(std::string_view key_id, std::string_view id, std::string_view issued,
                           const records::Account& account) const;
  std::string marks_of_others(std::string_view cookie, const records::Account& account, Time now,
                              std::size_t most) const;
  bool is_mark_of(std::string_view mark, std::string_view id, const records::Account& account,
                  Time now) const;
  const crypto::KeyRing& keys_;
};

}  // namespace doorward::signin
