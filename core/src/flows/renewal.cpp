#include "flows/renewal.hpp"

#include "records/trusted_browser.hpp"

namespace doorward::flows {

std::optional<http::Cookie> end_other_sessions(records::Transaction& tx, const Call& call) {
  const auto issued = signin::renew_session(tx, call.person().session, call.services.random);
  if (!issued) return std::nullopt;
  records::Sessions(tx).end_all(call.person().account.id, issued->session().id);
  records::TrustedBrowsers(tx).remove_of(call.person().account.id);
  return session_cookie(call.services, *issued, call.now);
}

http::Cookie session_cookie(const Services& services, const signin::IssuedSession& issued, Time now) {
  std::optional<std::chrono::seconds> max_age;
  if (issued.session().idle >= services.settings.session.remembered_idle) max_age = issued.lifetime(now);
  return {services.cookies.session, issued.token(), max_age};
}

bool write_signed_in(const Call& call, const std::function<void(records::Transaction&)>& work) {
  return call.services.database.write([&](records::Transaction& tx) {
    if (!is_still_signed_in(tx, call)) return false;
    work(tx);
    return true;
  });
}

bool is_still_signed_in(records::Transaction& tx, const Call& call) {
  const signin::Recognized& person = call.person();
  const auto account = records::Accounts(tx).by_id(person.account.id);
  return account && account->active() &&
         records::Sessions(tx).by_hash(records::SessionHash::from_stored(person.session.hash));
}

}  // namespace doorward::flows
