// E-mail addresses, each verified or not, each of one account. Of one address at most one verified row exists: the
// store holds that by a unique index over `owner_key`, which is set with the verification.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

// An address as it is compared: the local part in lower case, the domain as A-labels. Grammar: WHATWG's
// "valid e-mail address" (HTML 4.10.5.1.5) with RFC 5321's 64 and 254 octets, and at least two labels or a bare host name.
class CanonicalEmail {
 public:
  static std::optional<CanonicalEmail> parse(std::string_view text);
  const std::string& key() const { return key_; }  // "ada@xn--bcher-kva.example"
  const std::string& address() const {
    return address_;
  }  // as typed, with an A-label domain: where letters go
  std::string_view local_part() const { return std::string_view(key_).substr(0, key_.find('@')); }
  std::string_view domain() const { return std::string_view(key_).substr(key_.find('@') + 1); }
  bool operator==(const CanonicalEmail& other) const { return key_ == other.key_; }

 private:
  std::string key_, address_;
};

struct Email {
  EmailId id;
  AccountId account;
  std::string address;
  std::string key;
  std::optional<Time> verified_at;
  bool primary = false;
  Time created_at;

  static const Table table;
  static Email read(std::span<const Value> row);
};

class Emails {
 public:
  explicit Emails(Transaction& tx) : tx_(tx) {}

  bool insert(const Email& email);  // false: verified, and another verified one exists
  std::optional<Email> verified(const CanonicalEmail& email);  // the row that owns the address
  std::vector<Email> of_account(const AccountId& account);
  std::optional<Email> primary_of(const AccountId& account);
  std::optional<Email> of_account(const AccountId& account,
                                  const EmailId& id);  // none: there is none, or another's
  // The account's owner has shown that the address is theirs. False: it is not of this account, or another's by now.
  bool verify(const AccountId& account, const CanonicalEmail& email, Time now);
  void make_primary(const Email& email);  // the account's others are secondary from then on
  void remove(const Email& email);
  void remove_of(const AccountId& account);

 private:
  void revoke(
      const AccountId&
          account);  // the site knows the primary address: every remembered session is looked up again
  Transaction& tx_;
};

}  // namespace doorward::records
