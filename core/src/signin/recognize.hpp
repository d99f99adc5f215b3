// Who is asking, by the session cookie: asked of the store.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "records/account.hpp"
#include "records/session.hpp"

namespace doorward::signin {

struct Recognized {
  records::Account account;
  records::Session session;
  std::string email;    // primary, verified
  std::string roles;    // of the site: "administrator,editor"
  std::string picture;  // its address, where the guard asks: the store knows no addresses
  bool has_second_factor = false;
  bool is_administrator() const;
  // Has the person proved within `fresh` who they are: by everything that the account asks for?
  bool is_fresh(std::chrono::seconds fresh, Time now) const;
};

// None for anything but a live session of an active account: unknown, ended, expired, idle for too long, malformed.
std::optional<Recognized> recognize(records::Transaction& tx, std::string_view token, Time now);

}  // namespace doorward::signin
