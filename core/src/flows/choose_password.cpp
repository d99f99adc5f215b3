#include "flows/choose_password.hpp"

#include "flows/new_device.hpp"
#include "flows/new_password.hpp"
#include "flows/step_link.hpp"
#include "records/email.hpp"

namespace doorward::flows {
namespace {

using records::Token;
using records::TokenPurpose;

struct Linked {
  Token token;
  records::Account account;
  std::string email;
};

// Whom the link in this browser's cookie is for. None: unknown, used, expired, nobody's, or of an account that is no more.
std::optional<Linked> linked(Call& call, const ChoosePassword& kind) {
  return call.services.database.read([&](records::Transaction& tx) -> std::optional<Linked> {
    auto token = step(tx, call, kind.purpose);
    if (!token || token->account.empty() || !is_form_of(call, *token)) return std::nullopt;
    auto account = records::Accounts(tx).by_id(token->account);
    if (!account || !account->active()) return std::nullopt;
    const auto email = records::Emails(tx).primary_of(account->id);
    return Linked{std::move(*token), std::move(*account), email ? email->address : std::string()};
  });
}

// An invitation is accepted by whom it was sent to, not by somebody else who happens to be signed in here.
std::optional<Refusal> keep_out(const Call& call, const ChoosePassword& kind, const Linked& link) {
  const bool other = call.visitor.person && call.person().account.id != link.account.id;
  if (kind.purpose != TokenPurpose::invitation || !other) return std::nullopt;
  return Refusal{"signed_in_as_another", {}, {}, 403, {}};
}

// One that an administrator chose isn't kept by choosing it: they know it. Refused with "busy" too.
Result<void> check_another(const Call& call, const Linked& link) {
  if (!link.account.must_change_password) return {};
  records::Account asked = link.account;
  asked.must_change_password = false;  // however long ago that was
  const auto same = call.services.passwords.verify(asked, call.fields["new"], call.now);
  if (!same) return refuse(same.error());
  if (same->evidence) return refuse("password_same", "new");
  return {};
}

nlohmann::json model(const Call& call, const ChoosePassword& kind, const Linked& link) {
  return {{std::string("mode_") + kind.mode, true},
          {"email", link.email},
          {"token", form_token(link.token)},
          {"password_min", call.services.settings.password.min_length}};
}

}  // namespace

Outcome show_choose_password(Call& call, const ChoosePassword& kind) {
  if (auto outcome = take_out_of_address(call, call.services.path(kind.path))) return *outcome;
  const auto link = linked(call, kind);
  if (!link) return link_invalid(call, kind.mode);
  Outcome outcome = show("choose_password", model(call, kind, *link));
  if (auto refusal = keep_out(call, kind, *link)) outcome.with(std::move(*refusal));
  return outcome;
}

Outcome choose_password(Call& call, const ChoosePassword& kind, const std::string& sign_in,
                        const std::function<bool(records::Transaction&, const Token&)>& accept) {
  const Services& services = call.services;
  const auto link = linked(call, kind);
  if (!link) return link_invalid(call, kind.mode);
  Outcome outcome = show("choose_password", model(call, kind, *link));
  if (auto refusal = keep_out(call, kind, *link)) return outcome.with(std::move(*refusal));
  const auto password =
      services.password_policy.check(call.fields["new"], password_context(services, link->account), "new");
  if (!password) return outcome.with(password.error());
  if (const auto another = check_another(call, *link); !another) return outcome.with(another.error());
  const auto sealed = services.passwords.seal_new(*password, link->account.id);
  if (!sealed) return outcome.with(sealed.error());

  // Whose first one it is, knows. An account is without one after "This was not me", too: that isn't the first.
  const bool first = kind.purpose == TokenPurpose::invitation && link->account.password.empty();
  const auto changed =
      services.database.write([&](records::Transaction& tx) -> std::optional<records::Account> {
        const auto token = take_step(tx, call, kind.purpose);
        if (!token || token->account != link->account.id || !accept(tx, *token)) {
          tx.abandon();
          return std::nullopt;
        }
        PasswordChange change;
        change.action = kind.action;
        change.tell = !first;
        set_new_password(tx, call, token->account, *sealed, change);
        return records::Accounts(tx).by_id(token->account);
      });
  if (!changed) return link_invalid(call, kind.mode);
  Outcome chosen = go_to(sign_in, kind.notice).with(no_step_cookie(call));
  if (first) chosen.with(device_cookie(call, *changed));
  return chosen;
}

}  // namespace doorward::flows
