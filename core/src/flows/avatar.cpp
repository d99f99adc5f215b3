#include "flows/avatar.hpp"

#include "base/errors.hpp"
#include "base/text.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "flows/profile_page.hpp"
#include "flows/renewal.hpp"
#include "http/accept.hpp"
#include "http/multipart.hpp"
#include "records/avatar.hpp"

namespace doorward::flows {
namespace {

constexpr std::chrono::hours kept_for{24 * 365};
constexpr std::size_t version_bytes = 12;  // of the digest: no two pictures of anybody have the same

std::string escape_xml(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

// For sites that show the picture in pages of their own, which can't know whether there is one.
Bytes initials_picture(const signin::Recognized& person) {
  std::string letters = initials(person.account.name);
  if (letters.empty()) letters = initials(person.email);
  return {
      "image/svg+xml",
      R"(<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256" viewBox="0 0 256 256">)"
      R"(<rect width="256" height="256" fill="#3b5bdb"/><text x="128" y="128" dy=".35em" text-anchor="middle" )"
      R"(font-family="system-ui, sans-serif" font-size="96" font-weight="600" fill="#fff">)" +
          escape_xml(letters) + "</text></svg>",
      {},
      {}};
}

// One's own, and so far nobody else's: `v` is a version for caches, and names no one.
Outcome get(Call& call) {
  const signin::Recognized& person = call.person();
  const std::string_view asked = call.fields["v"];
  // Who signs in anew after sending a picture comes here for a page.
  if (asked.empty() && http::is_navigation(call.request)) return go_to(call.services.path("/profile"));
  const auto avatar = call.services.database.read(
      [&](records::Transaction& tx) { return records::Avatars(tx).of_account(person.account.id); });
  if (!asked.empty() && (!avatar || avatar->version != asked)) return fail("not_found", 404);
  if (!avatar) return give(initials_picture(person));
  return give({avatar->content_type, avatar->picture, {}, asked.empty() ? std::chrono::hours(0) : kept_for});
}

Result<std::string> picture(const Call& call) {
  if (!call.file || call.file->empty()) return refuse("picture_required", "picture");
  if (auto allowed = call.services.throttle.attempt_picture(call.person().account.id.str(), call.now);
      !allowed)
    return refuse(allowed.error());
  try {
    return call.services.parts.picture(*call.file);
  } catch (const Unavailable& error) {
    call.services.log.error("request " + call.id + ": " + error.what());
    return refuse("not_now", "picture", 503);
  }
}

Outcome remove(Call& call) {
  const AccountId& account = call.person().account.id;
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    if (!records::Avatars(tx).remove_of(account)) return;
    records::Accounts(tx).set_avatar(account, {});
    audit(tx, call, {"avatar.remove", "ok", account, {}});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path("/profile"), "picture_removed");
}

Outcome refused(Call& call, Refusal refusal) {
  call.refused = {"avatar.change", {}, call.person().account.id, {}};
  return show("profile", profile_model(call)).with(std::move(refusal));
}

Outcome post(Call& call) {
  const bool removes = call.fields.flag("remove");
  if (!call.fields.is_flag("remove") || (removes && call.file && !call.file->empty()))
    return fail("bad_request", 400);
  if (removes) return remove(call);
  auto made = picture(call);
  if (!made) return refused(call, made.error());
  records::Avatar avatar{call.person().account.id, {}, "image/webp", std::move(*made), call.now};
  avatar.version = crypto::hex(crypto::sha256(avatar.picture).substr(0, version_bytes));
  const bool written = write_signed_in(call, [&](records::Transaction& tx) {
    records::Avatars(tx).set(avatar);
    records::Accounts(tx).set_avatar(avatar.account, avatar.version);
    audit(tx, call, {"avatar.change", "ok", avatar.account, avatar.version});
  });
  if (!written) return fail("unauthenticated", 401);
  return go_to(call.services.path("/profile"), "picture_saved");
}

Outcome too_large(Call& call) {
  const std::string most = std::to_string(http::max_file_megabytes);
  return refused(call, Refusal{"picture_too_large", "picture", {{"megabytes", most}}, 413, {}});
}

}  // namespace

std::vector<Route> avatar_routes() {
  Route avatar{"/avatar", Access::signed_in, get, post};
  avatar.upload = true;
  avatar.too_large = too_large;
  return {avatar};
}

}  // namespace doorward::flows
