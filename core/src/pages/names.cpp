#include "pages/names.hpp"

#include <algorithm>
#include <array>

namespace doorward::pages {
namespace {

using enum Kind;

constexpr auto common = std::to_array<Name>({
    {"site", object},
    {"site.name", text},
    {"site.support_email", text},
    {"site.support_url", address},
    {"site.home", address},
    {"locale", text},
    {"theme", text},
    {"title", text},
    {"page", text},
    {"is", object},
    {"is.*", flag},
    {"csrf", text},
    {"action", address},
    {"return_to", text},
    {"token", text},
    {"me", object},
    {"me.name", text},
    {"me.email", text},
    {"me.initials", text},
    {"me.picture", address},
    {"me.administrator", flag},
    {"links", object},
    {"links.*", address},
    {"form", object},
    {"form.*", text},
    {"errors", object},
    {"errors.*", text},
    {"error", text},
    {"notice", text},
});

const std::vector<View>& pages() {
  static const std::vector<View> views{
      {"account",
       {{"password_changed", time},
        {"devices", number},
        {"phone", text},
        {"time_zone", text},
        {"two_factor", flag},
        {"more_emails", number}}},
      {"activity",
       {{"events", list},
        {"events.id", text},
        {"events.at", time},
        {"events.action", word},
        {"events.ok", flag},
        {"events.outcome", text},
        {"events.address", text},
        {"events.browser", text},
        {"events.system", text},
        {"events.email", text},
        {"events.by_others", flag},
        {"any", flag},
        {"later", flag},
        {"next", address}}},
      {"backup_login", {}},
      {"choose_password",
       {{"mode_recovery", flag}, {"mode_invitation", flag}, {"email", text}, {"password_min", number}}},
      {"deletion",
       {{"email", text}, {"days", number}, {"only_administrator", flag}, {"second_factor", flag}}},
      {"deletion_done", {{"days", number}}},
      {"email_confirm", {{"email", text}, {"primary", flag}}},
      {"email_request", {{"may_ask", flag}}},
      {"email_undo", {{"email", text}}},
      {"emails",
       {{"emails", list},
        {"emails.id", text},
        {"emails.address", text},
        {"emails.primary", flag},
        {"waiting", list},
        {"waiting.id", text},
        {"waiting.address", text},
        {"waiting.primary", flag},
        {"waiting.expires", time},
        {"only", flag},
        {"full", flag},
        {"code_here", flag},
        {"may_change", flag}}},
      {"emails_add", {{"change", flag}}},
      {"emails_primary", {{"id", text}, {"email", text}}},
      {"emails_remove", {{"id", text}, {"email", text}}},
      {"error", {{"status", number}, {"code", text}, {"text", text}, {"id", text}}},
      {"export", {}},
      {"link_invalid",
       {{"kind_signup", flag},
        {"kind_recovery", flag},
        {"kind_invitation", flag},
        {"kind_email", flag},
        {"kind_undo", flag},
        {"kind", text}}},
      {"login", {}},
      {"logout", {}},
      {"menu", {{"signed_in", flag}, {"login", address}}},
      {"notifications",
       {{"chosen", object},
        {"chosen.*", flag},
        {"wanted", flag},
        {"several_sites", flag},
        {"sites", list},
        {"sites.key", text},
        {"sites.field", text},
        {"sites.name", text},
        {"sites.wanted", flag}}},
      {"password", {{"password_min", number}}},
      {"preferences",
       {{"chosen", object},
        {"chosen.*", flag},
        {"several_languages", flag},
        {"languages", list},
        {"languages.tag", text},
        {"languages.name", text},
        {"languages.current", flag}}},
      {"profile", {{"email", text}, {"megabytes", number}}},
      {"reauthenticate", {{"second_factor", flag}}},
      {"recovery", {}},
      {"recovery_codes",
       {{"codes", list}, {"codes.code", text}, {"first", flag}, {"made", time}, {"file", address}}},
      {"recovery_check", {{"email", text}, {"identifier", text}}},
      {"second_factor", {{"email", text}, {"may_trust", flag}}},
      {"security", {{"password_changed", time}, {"devices", number}, {"two_factor", flag}}},
      {"sessions",
       {{"sessions", list},
        {"sessions.id", text},
        {"sessions.browser", text},
        {"sessions.system", text},
        {"sessions.address", text},
        {"sessions.first_seen", time},
        {"sessions.last_seen", time},
        {"sessions.current", flag},
        {"sessions.backup", flag},
        {"sessions.handheld", flag},
        {"others", flag},
        {"previous", address},
        {"next", address},
        {"count", number}}},
      {"signin_expired", {}},
      {"signup", {{"password_min", number}}},
      {"signup_check", {{"email", text}}},
      {"signup_confirm", {{"email", text}, {"needs_password", flag}}},
      {"two_factor",
       {{"on", flag},
        {"pending", flag},
        {"since", time},
        {"codes_left", number},
        {"codes_made", text},
        {"few_codes", flag},
        {"no_codes", flag},
        {"trusted", number},
        {"verify", address}}},
      {"two_factor_verify",
       {{"secret", text}, {"uri", address}, {"qr_path", text}, {"qr_size", number}, {"back", address}}},
  };
  return views;
}

const std::vector<View>& letters() {
  static const std::vector<View> views{
      {"account_deleted", {{"time", time}, {"address", text}, {"days", number}}},
      {"backup_login_used", {{"time", time}, {"address", text}, {"who", text}}},
      {"email_added", {{"time", time}, {"address", text}, {"name", text}, {"email", text}}},
      {"email_changed",
       {{"link", address}, {"hours", number}, {"time", time}, {"address", text}, {"name", text}}},
      {"email_confirm", {{"link", address}, {"code", text}, {"hours", number}}},
      {"email_known", {}},
      {"email_removed", {{"time", time}, {"address", text}, {"name", text}, {"email", text}, {"gone", flag}}},
      {"email_replaced", {{"time", time}, {"address", text}, {"name", text}, {"email", text}}},
      {"email_request",
       {{"time", time}, {"address", text}, {"name", text}, {"email", text}, {"wanted", text}, {"id", text}}},
      {"email_undone", {{"time", time}, {"address", text}, {"name", text}, {"email", text}, {"gone", flag}}},
      {"invitation", {{"link", address}, {"days", number}, {"name", text}, {"email", text}}},
      {"new_sign_in",
       {{"sign_ins", list},
        {"sign_ins.time", time},
        {"sign_ins.address", text},
        {"sign_ins.browser", text},
        {"sign_ins.system", text},
        {"several", flag},
        {"more", number},
        {"time", time},
        {"address", text},
        {"name", text},
        {"email", text}}},
      {"password_changed", {{"time", time}, {"address", text}, {"name", text}, {"email", text}}},
      {"recovery", {{"link", address}, {"code", text}, {"minutes", number}, {"name", text}, {"email", text}}},
      {"recovery_codes_new", {{"time", time}, {"address", text}, {"name", text}}},
      {"recovery_code_used", {{"time", time}, {"address", text}, {"left", number}, {"name", text}}},
      {"signup_confirm",
       {{"link", address}, {"code", text}, {"hours", number}, {"name", text}, {"email", text}}},
      {"signup_known", {{"name", text}, {"email", text}}},
      {"two_factor_off", {{"time", time}, {"address", text}, {"name", text}}},
      {"two_factor_on", {{"time", time}, {"address", text}, {"name", text}}},
  };
  return views;
}

const View* find(const std::vector<View>& views, std::string_view name) {
  const auto found =
      std::find_if(views.begin(), views.end(), [&](const View& view) { return view.name == name; });
  return found == views.end() ? nullptr : &*found;
}

// A time stands for an object of three texts.
std::optional<Kind> match(const Name& known, std::string_view path) {
  if (known.path == path) return known.kind;
  if (known.path.ends_with(".*")) {
    const std::string_view prefix = known.path.substr(0, known.path.size() - 1);
    if (path.starts_with(prefix) && path.find('.', prefix.size()) == std::string_view::npos)
      return known.kind;
  }
  if (known.kind == Kind::time && path.size() > known.path.size() && path.starts_with(known.path)) {
    const std::string_view rest = path.substr(known.path.size());
    if (rest == ".iso" || rest == ".date" || rest == ".text") return Kind::text;
  }
  return std::nullopt;
}

}  // namespace

std::span<const Name> common_names() { return common; }
std::span<const View> all_pages() { return pages(); }
std::span<const View> all_letters() { return letters(); }
const View* find_page(std::string_view name) { return find(pages(), name); }
const View* find_letter(std::string_view name) { return find(letters(), name); }

std::optional<Kind> kind_of(const View* view, std::string_view path) {
  if (view != nullptr) {
    for (const auto& name : view->own) {
      if (const auto kind = match(name, path)) return kind;
    }
  }
  for (const auto& name : common) {
    if (const auto kind = match(name, path)) return kind;
  }
  return std::nullopt;
}

std::optional<Resolved> resolve(const View& view, const std::vector<std::string>& sections,
                                std::string_view name) {
  if (name == ".") {
    if (sections.empty()) return std::nullopt;
    const auto kind = kind_of(&view, sections.back());
    return Resolved{sections.back(), kind.value_or(Kind::object)};
  }
  for (auto section = sections.rbegin(); section != sections.rend(); ++section) {
    std::string path = *section + "." + std::string(name);
    if (const auto kind = kind_of(&view, path)) return Resolved{std::move(path), *kind};
  }
  if (const auto kind = kind_of(&view, name)) return Resolved{std::string(name), *kind};
  return std::nullopt;
}

std::vector<std::string> paths_of(const View& view) {
  std::vector<std::string> paths;
  const auto add = [&paths](const Name& name) {
    if (!name.path.ends_with('*')) paths.emplace_back(name.path);
    if (name.kind == Kind::time) paths.push_back(std::string(name.path) + ".text");
  };
  for (const auto& name : common) add(name);
  for (const auto& name : view.own) add(name);
  return paths;
}

}  // namespace doorward::pages
