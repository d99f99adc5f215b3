// A person's account: who they are to the site. How they prove it, and where mail reaches them, are records of their own.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "base/ids.hpp"
#include "records/database.hpp"

namespace doorward::records {

struct Account {
  enum class Status { active, disabled };

  AccountId id;
  std::string login_name;  // empty: signs in by address only
  std::string name;        // display name
  Status status = Status::active;
  std::string password;  // sealed PHC string; empty: there is none
  std::optional<Time> password_changed_at;
  bool must_change_password = false;  // a temporary password, good for choosing another
  std::string locale;                 // empty: the browser's
  Time created_at;
  std::string phone;       // E.164, "+4930901820"; empty: none
  std::string time_zone;   // of the IANA database, "Europe/Berlin"; empty: UTC
  std::string avatar;      // version of the picture, hexadecimal; empty: none, initials are shown
  std::string clock;       // one of `clocks`; empty: not chosen
  std::string mac_format;  // one of `mac_formats`; empty: not chosen
  std::string theme;       // one of `themes`; empty: the system's

  std::string
      notifications;  // sites whose e-mails they want, as records/notification.hpp writes it; empty: all

  static const Table table;
  static Account read(std::span<const Value> row);
  bool active() const { return status == Status::active; }

  // Two people know a temporary password: after a day it opens nothing any more.
  static constexpr std::chrono::hours temporary_password_lifetime{24};
  bool has_password_at(Time now) const {
    if (password.empty()) return false;
    return !must_change_password ||
           (password_changed_at && now < *password_changed_at + temporary_password_lifetime);
  }
};

// What preferences may be, besides empty: not chosen.
inline constexpr std::string_view clocks[] = {"24", "12"};
inline constexpr std::string_view mac_formats[] = {"colon", "hyphen", "dot"};
inline constexpr std::string_view themes[] = {"light", "dark"};

struct Preferences {  // as an account has them
  std::string locale, clock, mac_format, theme;

  bool operator==(const Preferences&) const = default;
};

class Accounts {
 public:
  explicit Accounts(Transaction& tx) : tx_(tx) {}

  bool insert(const Account& account);  // false: the login name is taken
  std::optional<Account> by_id(const AccountId& id);
  std::optional<Account> by_login_name(std::string_view name);
  std::vector<Account> list(const AccountId& after, std::uint32_t limit);  // by id, those after `after`

  void set_name(const AccountId& id, std::string_view name);
  void set_preferences(const AccountId& id, const Preferences& preferences);
  void set_notifications(const AccountId& id, std::string_view text);
  void set_phone(const AccountId& id, std::string_view e164);      // empty: none
  void set_time_zone(const AccountId& id, std::string_view name);  // empty: none
  void set_avatar(const AccountId& id, std::string_view version);  // of its Avatar; empty: none
  // `must_change`: it is a temporary one.
  void set_password(const AccountId& id, std::string_view sealed, Time now, bool must_change);
  void replace_password_hash(const AccountId& id, std::string_view sealed);  // the same password, hashed anew
  void clear_password(const AccountId& id,
                      Time now);  // nothing signs in by password until another one is chosen
  void set_status(const AccountId& id, Account::Status status);
  bool remove(const AccountId& id);

 private:
  void revoke(const AccountId& id);  // every remembered session of it is looked up again
  Transaction& tx_;
};

// Login names are compared as NFKC_Casefold; empty: not a name (1 to 64 code points, no "@", no controls).
std::string login_key(std::string_view login_name);

}  // namespace doorward::records
