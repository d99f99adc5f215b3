#include "pages/theme.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <span>

#include "pages/files.hpp"
#include "pages/names.hpp"
#include "pages/script.hpp"
#include "pages/style_sheet.hpp"

namespace doorward::pages {
namespace {

constexpr std::size_t largest_template = 128 << 10;
constexpr std::size_t largest_asset = 1 << 20;
constexpr std::size_t most_pieces = 20000;
constexpr std::size_t deepest_part = 12;

constexpr auto content_types = std::to_array<std::pair<std::string_view, std::string_view>>({
    {".css", "text/css; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".webp", "image/webp"},
    {".ico", "image/x-icon"},
});

// FNV-1a, 64 bits: it tells one revision of a file from the next, and keeps nobody from anything.
std::string version_of(std::string_view bytes) {
  std::uint64_t value = 0xcbf29ce484222325u;
  for (const char c : bytes) value = (value ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
  char digits[17];
  std::snprintf(digits, sizeof digits, "%016llx", static_cast<unsigned long long>(value));
  return digits;
}

class ThemeReader {
 public:
  ThemeReader(std::string own, std::string site, Faults& faults)
      : own_(std::move(own)), site_(std::move(site)), faults_(faults) {}

  // Every file of a folder with such an ending, the site's before Doorward's. `known`: the names that there can be.
  void templates(const std::string& folder, std::string_view ending, Syntax syntax,
                 std::span<const View> known, std::map<std::string, Template>& into) {
    for (const auto& [name, path] : files(folder, ending)) {
      if (!known.empty() && !is_known(name, known)) {
        faults_.add(path, "there is no such " + std::string(singular(folder)) + near_view(name, known));
        continue;
      }
      const auto bytes = read_file(path, largest_template);
      if (bytes)
        into.emplace(name, read_template(path, *bytes, syntax, faults_));
      else
        faults_.add(path, "can't be read, or is larger than 128 KiB");
    }
  }

  void assets(std::map<std::string, Asset>& into) {
    for (const auto& [name, path] : files("assets", "")) {
      const auto type =
          std::find_if(content_types.begin(), content_types.end(),
                       [&name = name](const auto& known) { return name.ends_with(known.first); });
      const auto bytes = read_file(path, largest_asset);
      if (type == content_types.end())
        faults_.add(path, "assets are .css, .js, .svg, .png, .jpg, .webp or .ico");
      else if (!bytes)
        faults_.add(path, "can't be read, or is larger than 1 MiB");
      else
        into[name] = Asset{std::string(type->second), *bytes, {}};
    }
    // The site's own style comes last, so that a few lines of it are enough to change a colour.
    if (const auto site = into.find("site.css"); site != into.end() && into.contains("style.css")) {
      into["style.css"].bytes += site->second.bytes;
      into.erase(site);
    }
    for (auto& [name, asset] : into) {
      if (name.ends_with(".css")) asset.bytes = squeezed_style_sheet(asset.bytes);
      if (name.ends_with(".js")) asset.bytes = squeezed_script(asset.bytes);
      asset.version = version_of(asset.bytes);
    }
  }

 private:
  std::map<std::string, std::string> files(const std::string& folder, std::string_view ending) const {
    std::map<std::string, std::string> found;
    for (const auto& root : {own_, site_}) {
      if (root.empty()) continue;
      for (const auto& name : list_files(root + "/" + folder)) {
        if (!name.ends_with(ending)) continue;
        found[name.substr(0, name.size() - ending.size())] = root + "/" + folder + "/" + name;
      }
    }
    return found;
  }

  static bool is_known(std::string_view name, std::span<const View> known) {
    return std::any_of(known.begin(), known.end(), [&](const View& view) { return view.name == name; });
  }

  static std::string near_view(std::string_view name, std::span<const View> known) {
    std::vector<std::string> names;
    for (const auto& view : known) names.emplace_back(view.name);
    return "." + near_name(name, names);
  }

  static std::string_view singular(std::string_view folder) { return folder == "pages" ? "page" : "letter"; }

  std::string own_, site_;
  Faults& faults_;
};

class Expander {
 public:
  Expander(const std::map<std::string, Template>& parts, Faults& faults, std::vector<Placed>& result)
      : parts_(parts), faults_(faults), result_(result) {}

  void add(const Template& source) {
    for (const auto& piece : source.pieces) {
      const auto* tag = std::get_if<Tag>(&piece);
      if (tag != nullptr && tag->kind == TagKind::partial)
        include(source, *tag);
      else if (result_.size() < most_pieces)
        result_.push_back({&source.path, piece});
      else
        return faults_.add(source.path, "becomes too large with its parts");
    }
  }

 private:
  void include(const Template& source, const Tag& tag) {
    const auto part = parts_.find(tag.name);
    if (part == parts_.end()) {
      std::vector<std::string> names;
      for (const auto& [name, unused] : parts_) names.push_back(name);
      return faults_.add(source.path, tag.line, tag.column,
                         "there is no part '" + tag.name + "'." + near_name(tag.name, names));
    }
    if (std::find(open_.begin(), open_.end(), tag.name) != open_.end()) {
      return faults_.add(source.path, tag.line, tag.column, "the part '" + tag.name + "' includes itself");
    }
    if (open_.size() == deepest_part)
      return faults_.add(source.path, tag.line, tag.column, "parts are nested too deep");
    open_.push_back(tag.name);
    add(part->second);
    open_.pop_back();
  }

  const std::map<std::string, Template>& parts_;
  Faults& faults_;
  std::vector<Placed>& result_;
  std::vector<std::string> open_;
};

void require(const std::map<std::string, Template>& found, std::span<const View> views,
             const std::string& folder, std::string_view ending, Faults& faults) {
  for (const auto& view : views) {
    const std::string name(view.name);
    if (!found.contains(name)) faults.add(folder + "/" + name + std::string(ending), "is missing");
  }
}

}  // namespace

Theme read_theme(const std::string& theme_dir, const std::string& override_dir, Faults& faults) {
  Theme theme;
  if (!is_folder(theme_dir)) {
    faults.add(theme_dir, "isn't a folder: Doorward's own theme should be there");
    return theme;
  }
  if (!override_dir.empty() && !is_folder(override_dir)) faults.add(override_dir, "isn't a folder");
  ThemeReader reader(theme_dir, override_dir, faults);
  reader.templates("pages", ".html", Syntax::page, all_pages(), theme.pages);
  reader.templates("parts", ".html", Syntax::page, {}, theme.parts);
  reader.templates("mails", ".txt", Syntax::text, all_letters(), theme.letter_texts);
  reader.templates("mails", ".html", Syntax::letter_html, all_letters(), theme.letter_htmls);
  reader.templates("mails/parts", ".txt", Syntax::text, {}, theme.letter_text_parts);
  reader.templates("mails/parts", ".html", Syntax::letter_html, {}, theme.letter_html_parts);
  reader.assets(theme.assets);
  require(theme.pages, all_pages(), theme_dir + "/pages", ".html", faults);
  require(theme.letter_texts, all_letters(), theme_dir + "/mails", ".txt", faults);
  if (!theme.assets.contains("style.css")) faults.add(theme_dir + "/assets/style.css", "is missing");
  return theme;
}

std::vector<Placed> expand(const Template& source, const std::map<std::string, Template>& parts,
                           Faults& faults) {
  std::vector<Placed> result;
  Expander(parts, faults, result).add(source);
  return result;
}

}  // namespace doorward::pages
