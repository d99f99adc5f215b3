// What pages and letters may know: the names a template can use, and which pages and letters a theme must have.
// docs/guides/theme.md says the same to people who write themes; a test compares both.
#pragma once
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::pages {

enum class Kind {
  text,
  number,
  flag,     // for sections only
  object,   // for sections only
  list,     // for sections only
  address,  // the only kind that may begin the value of href, src, action and formaction
  time,     // an object with iso, date and text
  word,     // the end of a text's key: "login" on the page activity is shown as the text "activity.login"
};

struct Name {
  std::string_view path;  // "sessions.browser"; "form.*" stands for any name below form
  Kind kind;
};

struct View {  // a page or a letter
  std::string_view name;
  std::vector<Name> own;  // besides common_names()
};

std::span<const Name> common_names();
std::span<const View> all_pages();
std::span<const View> all_letters();
const View* find_page(std::string_view name);
const View* find_letter(std::string_view name);

// The kind of a full path, in a view or in all of them (null).
std::optional<Kind> kind_of(const View* view, std::string_view path);

// How a template's name is resolved: within the sections it stands in, the innermost first. None: nothing is called so.
struct Resolved {
  std::string path;
  Kind kind;
};
std::optional<Resolved> resolve(const View& view, const std::vector<std::string>& sections,
                                std::string_view name);

std::vector<std::string> paths_of(const View& view);  // for near_name()

}  // namespace doorward::pages
