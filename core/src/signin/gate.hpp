// The one place that issues sessions. Whatever way somebody came in, this alone asks: is the account active, is an address of
// it verified, may it come in by this way, was its second factor given; computed from facts each time.
#pragma once
#include <optional>
#include <string>

#include "base/random.hpp"
#include "base/result.hpp"
#include "records/account.hpp"
#include "records/session.hpp"
#include "settings/settings.hpp"
#include "signin/evidence.hpp"

namespace doorward::signin {

struct Way {  // how the session is to be
  bool remember = false;
  bool backup = false;  // /backup-login: site administrators only, a short session
  std::string browser;  // User-Agent
  std::string address;  // the client's
  std::string
      trust;  // the cookie of a browser that may be a trusted one; empty: the second factor is asked for
  // A session of the same browser that this one takes the place of: it ends (ASVS 7.2.4). A renewed one keeps its end.
  const records::Session* replaces = nullptr;
};

class IssuedSession {  // proof that the gate was passed; only issue_session makes one
 public:
  const records::Session& session() const { return session_; }
  std::string token() const { return token_.text(); }
  std::chrono::seconds lifetime(Time now) const {
    return std::chrono::duration_cast<std::chrono::seconds>(session_.expires_at - now);
  }

 private:
  friend Result<IssuedSession> issue_session(records::Transaction&, const Evidence&, const Way&,
                                             const settings::Settings::Session&, Time, Random&);
  friend std::optional<IssuedSession> renew_session(records::Transaction&, const records::Session&, Random&);
  IssuedSession(records::Session session, records::SessionToken token)
      : session_(std::move(session)), token_(std::move(token)) {}
  records::Session session_;
  records::SessionToken token_;
};

// Refused with "invalid_credentials" for every reason that a stranger must not learn (disabled, deleted, unverified), with
// "not_administrator" at /backup-login, with "second_factor_required" where the account has one and the evidence doesn't,
// with "password_change_required" where an administrator has set a password.
Result<IssuedSession> issue_session(records::Transaction& tx, const Evidence& evidence, const Way& way,
                                    const settings::Settings::Session& policy, Time now, Random& random);

// The same session goes on under a new token, as old and as fresh as it was; whoever else holds the old one has nothing. None:
// it has ended meanwhile.
std::optional<IssuedSession> renew_session(records::Transaction& tx, const records::Session& session,
                                           Random& random);

}  // namespace doorward::signin
