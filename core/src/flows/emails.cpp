#include "flows/emails.hpp"

#include <algorithm>

#include "flows/addresses.hpp"
#include "flows/token_address.hpp"

namespace doorward::flows {
namespace {

using records::Email;
using records::Emails;
using records::Token;
using records::TokenPurpose;
using records::Tokens;
using records::Transaction;

std::string list_path(const Call& call) { return call.services.path("/emails"); }

Outcome done(const Call& call, const AddressChange& change) {
  Outcome outcome = go_to(list_path(call), change.notice);
  if (change.cookie) outcome.with(*change.cookie);
  return outcome;
}

struct Listed {
  std::vector<Email> own;  // the primary one first, then by age
  std::vector<Token> waiting;
};

Listed listed(const Call& call) {
  Listed all = call.services.database.read([&](Transaction& tx) {
    return Listed{Emails(tx).of_account(call.person().account.id), waiting_addresses(tx, call)};
  });
  std::erase_if(all.own, [](const Email& email) { return !email.verified_at; });
  std::sort(all.own.begin(), all.own.end(),
            [](const Email& a, const Email& b) { return a.primary != b.primary ? a.primary : a.id < b.id; });
  return all;
}

// The page. A code is asked for in the browser that asked for the letter: it is worth nothing in another one.
Outcome list(const Call& call) {
  const Listed all = listed(call);
  const bool may_change = may_change_addresses(call.services);
  nlohmann::json own = nlohmann::json::array(), waiting = nlohmann::json::array();
  for (const Email& email : all.own)
    own.push_back({{"id", email.id.str()}, {"address", email.address}, {"primary", email.primary}});
  bool asked_here = false;
  for (const Token& token : all.waiting) {
    if (!may_change) break;  // they were asked for before that was so, and nothing confirms them any more
    const TokenAddress about = open_address(call.services.keys, token);
    asked_here = asked_here || crypto::equal(token.binding, call.visitor.binding);
    waiting.push_back({{"id", token.id},
                       {"address", about.address},
                       {"primary", about.make_primary},
                       {"expires", to_microseconds(token.expires_at)}});
  }
  return show("emails", {{"emails", std::move(own)},
                         {"waiting", std::move(waiting)},
                         {"only", all.own.size() + all.waiting.size() == 1},
                         {"full", all.own.size() + all.waiting.size() >= max_addresses},
                         {"code_here", asked_here && may_change},
                         {"may_change", may_change}});
}

Outcome get(Call& call) { return list(call); }

// Refused, the list says what is the matter.
Outcome answer(Call& call, const Result<AddressChange>& change) {
  if (change) return done(call, *change);
  if (change.error().code == "not_found") return fail("not_found", 404);
  return list(call).with(change.error());
}

bool is_own(const Call& call, const records::CanonicalEmail& email) {
  const auto known = call.services.database.read([&](Transaction& tx) { return Emails(tx).verified(email); });
  return known && known->account == call.person().account.id;
}

// Owes a letter, once the mailbox and whoever asks may have one. `again`: the id of what waits already, and must still do so.
Result<AddressChange> ask(Call& call, const records::CanonicalEmail& email, bool make_primary,
                          const std::string& again = {}) {
  if (is_own(call, email)) return refuse("email_own", "email");  // nothing is sent, so nothing is counted
  const auto allowed =
      call.services.throttle.attempt_letter(email.key(), call.request.client_address, call.now);
  if (!allowed) return refuse(allowed.error());
  return change_addresses(call, [&](Transaction& tx) -> Result<AddressChange> {
    if (!again.empty() && !Tokens(tx, call.services.keys).by_id(again)) return refuse("not_found", {}, 404);
    return ask_for_address(tx, call, email, make_primary);
  });
}

std::optional<Token> find_waiting(const Call& call, std::string_view id) {
  for (Token& token : listed(call).waiting) {
    if (token.id == id) return std::move(token);
  }
  return std::nullopt;
}

Outcome resend(Call& call) {
  const auto token = find_waiting(call, call.fields["resend"]);
  if (!token) return fail("not_found", 404);  // another's, or gone already
  const TokenAddress about = open_address(call.services.keys, *token);
  const auto email = records::CanonicalEmail::parse(about.address);
  if (!email) return fail("not_found", 404);
  return answer(call, ask(call, *email, about.make_primary, token->id));
}

Outcome cancel(Call& call) {
  const auto token = find_waiting(call, call.fields["cancel"]);
  if (!token) return fail("not_found", 404);
  const auto cancelled = change_addresses(call, [&](Transaction& tx) -> Result<AddressChange> {
    if (!Tokens(tx, call.services.keys).remove(*token))
      return refuse("not_found", {}, 404);  // confirmed meanwhile
    audit(tx, call, {"email.cancel", "ok", token->account, token->id});
    return AddressChange{"address_cancelled", {}};
  });
  return answer(call, cancelled);
}

// A code that no letter told is right for nobody, and one of another account isn't this one's.
bool is_ours(Transaction& tx, const Call& call, const Token& token) {
  const auto email = records::CanonicalEmail::parse(open_address(call.services.keys, token).address);
  return token.account == call.person().account.id && email && !Emails(tx).verified(*email);
}

Outcome enter_code(Call& call) {
  if (call.fields["code"].empty()) return list(call).with(Refusal{"required", "code", {}, 422, {}});
  const Services& services = call.services;
  const auto secret = services.database.write([&](Transaction& tx) -> Result<std::string> {
    Tokens tokens(tx, services.keys);
    const auto token =
        tokens.check_code(TokenPurpose::email_confirm, call.visitor.binding, call.fields["code"], call.now);
    if (!token) return refuse(token.error());
    if (!is_ours(tx, call, *token)) return refuse("code_wrong", "code");
    return tokens.secret(*token);
  });
  if (!secret) return list(call).with(secret.error());
  const auto confirmed =
      change_addresses(call, [&](Transaction& tx) { return confirm_address(tx, call, *secret); });
  return confirmed ? done(call, *confirmed) : list(call).with(confirmed.error());
}

bool is_off(const Call& call) { return !may_change_addresses(call.services); }

Outcome post(Call& call) {
  if (is_off(call)) return fail("not_found", 404);
  const bool resends = call.fields.has("resend"), cancels = call.fields.has("cancel");
  if (resends + cancels + call.fields.has("code") > 1) return fail("bad_request", 400);
  if (resends) return resend(call);
  if (cancels) return cancel(call);
  return enter_code(call);
}

// A further address, or one to take the primary one's place: the same page in other words.
Outcome add_page(const Call& call, bool change) {
  if (is_off(call)) return fail("not_found", 404);
  return show("emails_add", {{"change", change}, {"form", {{"email", call.fields["email"]}}}});
}

Outcome add(Call& call, bool change) {
  Outcome outcome = add_page(call, change);
  if (is_off(call)) return outcome;
  const std::string_view typed = call.fields["email"];
  const auto email = records::CanonicalEmail::parse(typed);
  if (!email)
    return outcome.with(Refusal{typed.empty() ? "required" : "email_invalid", "email", {}, 422, {}});
  const auto sent = ask(call, *email, change);
  return sent ? done(call, *sent) : outcome.with(sent.error());
}

Outcome get_add(Call& call) { return add_page(call, false); }
Outcome post_add(Call& call) { return add(call, false); }
Outcome get_change(Call& call) { return add_page(call, true); }
Outcome post_change(Call& call) { return add(call, true); }

// One of one's own, which field `email` names. Another's can't be told from none.
std::optional<Email> meant(Transaction& tx, const Call& call) {
  auto email = Emails(tx).of_account(call.person().account.id, EmailId(std::string(call.fields["email"])));
  return email && email->verified_at ? email : std::nullopt;
}

std::optional<Email> look(const Call& call) {
  if (is_off(call)) return std::nullopt;
  return call.services.database.read([&](Transaction& tx) { return meant(tx, call); });
}

nlohmann::json sure(const Email& email) { return {{"id", email.id.str()}, {"email", email.address}}; }

using Change = Result<AddressChange> (*)(Transaction&, const Call&, const Email&);

Outcome apply(Call& call, Change change) {
  if (is_off(call)) return fail("not_found", 404);
  const auto changed = change_addresses(call, [&](Transaction& tx) -> Result<AddressChange> {
    const auto email = meant(tx, call);
    if (!email) return refuse("not_found", {}, 404);
    return change(tx, call, *email);
  });
  return answer(call, changed);
}

// Of what is gone meanwhile, the list knows.
Outcome get_primary(Call& call) {
  const auto email = look(call);
  return email ? show("emails_primary", sure(*email)) : go_to(list_path(call));
}
Outcome post_primary(Call& call) { return apply(call, make_primary); }

Outcome get_remove(Call& call) {
  const auto email = look(call);
  return email ? show("emails_remove", sure(*email)) : go_to(list_path(call));
}
Outcome post_remove(Call& call) { return apply(call, remove_address); }

Route of_an_address(const char* path, Handler get, Handler post) {
  Route route{path, Access::fresh, get, post};
  route.carried = {"email"};
  return route;
}

}  // namespace

std::vector<Route> emails_routes() {
  return {{"/emails", Access::signed_in, get, post},
          of_an_address("/emails/add", get_add, post_add),
          of_an_address("/emails/change", get_change, post_change),
          of_an_address("/emails/primary", get_primary, post_primary),
          of_an_address("/emails/remove", get_remove, post_remove)};
}

}  // namespace doorward::flows
