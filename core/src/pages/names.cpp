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
      {"account", {{"password_changed", time}, {"devices", number}, {"signed_in", time}}},
      {"backup_login", {}},
      {"choose_password",
       {{"mode_recovery", flag}, {"mode_invitation", flag}, {"email", text}, {"password_min", number}}},
      {"error", {{"status", number}, {"code", text}, {"text", text}, {"id", text}}},
      {"link_invalid",
       {{"kind_signup", flag}, {"kind_recovery", flag}, {"kind_invitation", flag}, {"kind", text}}},
      {"login", {}},
      {"logout", {}},
      {"password", {{"password_min", number}}},
      {"profile", {{"email", text}, {"megabytes", number}}},
      {"reauthenticate", {}},
      {"recovery", {}},
      {"recovery_check", {{"email", text}, {"identifier", text}}},
      {"security", {{"password_changed", time}, {"devices", number}}},
      {"sessions",
       {{"sessions", list},
        {"sessions.id", text},
        {"sessions.browser", text},
        {"sessions.system", text},
        {"sessions.address", text},
        {"sessions.first_seen", time},
        {"sessions.last_seen", time},
        {"sessions.current", flag},
        {"others", flag},
        {"count", number}}},
      {"signup", {{"password_min", number}}},
      {"signup_check", {{"email", text}}},
      {"signup_confirm", {{"email", text}, {"needs_password", flag}}},
  };
  return views;
}

const std::vector<View>& letters() {
  static const std::vector<View> views{
      {"backup_login_used", {{"time", time}, {"address", text}, {"who", text}}},
      {"invitation", {{"link", address}, {"days", number}, {"name", text}, {"email", text}}},
      {"password_changed", {{"time", time}, {"address", text}, {"name", text}, {"email", text}}},
      {"recovery", {{"link", address}, {"code", text}, {"minutes", number}, {"name", text}, {"email", text}}},
      {"signup_confirm",
       {{"link", address}, {"code", text}, {"hours", number}, {"name", text}, {"email", text}}},
      {"signup_known", {{"name", text}, {"email", text}}},
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
