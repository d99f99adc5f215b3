#include "pages/renderer.hpp"

#include <map>
#include <nlohmann/json.hpp>
#include <set>
#include <stdexcept>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "pages/catalogue.hpp"
#include "pages/check.hpp"
#include "pages/compiled.hpp"
#include "pages/model.hpp"
#include "pages/moment.hpp"
#include "pages/negotiate.hpp"
#include "pages/theme.hpp"

namespace doorward::pages {
namespace {

using nlohmann::json;
using Templates = std::map<std::string, Compiled, std::less<>>;

// The first line that isn't empty, without what would end a header; the rest follows an empty line or directly.
LetterText split_subject(const std::string& text) {
  const std::string_view all = trim(text);
  const std::size_t end = all.find('\n');
  LetterText letter;
  for (const char c : trim(all.substr(0, end))) {
    letter.subject.push_back(static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c);
  }
  if (end != std::string_view::npos) letter.text = std::string(trim(all.substr(end))) + "\n";
  return letter;
}

class ThemeRenderer final : public Renderer {
 public:
  ThemeRenderer(const Sources& sources, Faults& faults)
      : catalogues_(load_catalogues(sources.locales_dir, sources.override_dir, sources.locales, faults)),
        locales_(sources.locales) {
    if (catalogues_.catalogues.empty()) return;
    Theme theme = read_theme(sources.theme_dir, sources.override_dir, faults);
    compile(theme.pages, theme.parts, find_page, true, pages_, faults);
    compile(theme.letter_texts, theme.letter_text_parts, find_letter, false, letter_texts_, faults);
    compile(theme.letter_htmls, theme.letter_html_parts, find_letter, true, letter_htmls_, faults);
    check_texts(faults);
    for (auto& [name, asset] : theme.assets) assets_.emplace(name, std::move(asset));
    literals_.seal();
    used_texts_.clear();
  }

  std::string page(std::string_view page, const json& model, const Reader& reader) const override {
    const View* view = find_page(page);
    const auto found = pages_.find(page);
    if (view == nullptr || found == pages_.end()) throw std::logic_error("no page " + std::string(page));
    const Catalogue& catalogue = catalogue_of(reader.locale);
    Data data = to_data(model, *view, catalogue, reader);
    add_page_names(data, page, model, catalogue);
    Context context(data, catalogue, literals_);
    return found->second.render(context);
  }

  LetterText letter(std::string_view letter, const json& model, const Reader& reader) const override {
    const View* view = find_letter(letter);
    const auto found = letter_texts_.find(letter);
    if (view == nullptr || found == letter_texts_.end())
      throw std::logic_error("no letter " + std::string(letter));
    const Catalogue& catalogue = catalogue_of(reader.locale);
    Data data = to_data(model, *view, catalogue, reader);
    data["locale"] = Data(catalogue.locale());
    Context context(data, catalogue, literals_);
    LetterText result = split_subject(found->second.render(context));
    if (const auto html = letter_htmls_.find(letter); html != letter_htmls_.end()) {
      data["title"] = Data(result.subject);
      Context html_context(data, catalogue, literals_);
      result.html = html->second.render(html_context);
    }
    return result;
  }

  std::string moment(Time time, const Reader& reader) const override {
    return moment_of(time, catalogue_of(reader.locale), reader).text;
  }

  std::string text(std::string_view key, const json& arguments, std::string_view locale) const override {
    const Catalogue& catalogue = catalogue_of(locale);
    const Message* message = catalogue.find(key);
    if (message == nullptr) return std::string(key);
    return catalogue.fill(*message, [&](std::string_view name) { return argument_of(arguments, name); });
  }

  const Asset* asset(std::string_view name) const override {
    const auto found = assets_.find(name);
    return found == assets_.end() ? nullptr : &found->second;
  }

  std::vector<std::string> scripts() const override {
    constexpr std::string_view ending = ".js";
    std::vector<std::string> names;
    for (const auto& [name, unused] : assets_) {
      if (name.ends_with(ending)) names.push_back(name.substr(0, name.size() - ending.size()));
    }
    return names;
  }

  std::string negotiate(std::string_view accept_language) const override {
    return negotiate_locale(accept_language, locales_);
  }

  bool offers(std::string_view locale) const override {
    for (const auto& offered : locales_) {
      if (offered == locale) return true;
    }
    return false;
  }

 private:
  void compile(const std::map<std::string, Template>& sources, const std::map<std::string, Template>& parts,
               const View* (*find_view)(std::string_view), bool escapes, Templates& into, Faults& faults) {
    for (const auto& [name, source] : sources) {
      const auto pieces = expand(source, parts, faults);
      check_names(pieces, *find_view(name), catalogues_.catalogues.front(), faults);
      collect_texts(pieces, used_texts_);
      into.try_emplace(name, pieces, escapes, literals_);
    }
  }

  void check_texts(Faults& faults) {
    for (const auto& key : texts_of_code()) {
      if (catalogues_.catalogues.front().find(key) == nullptr) {
        faults.add(catalogues_.files.empty() ? "" : catalogues_.files.front(), "misses '" + key + "'");
      }
    }
    for (const auto& key : catalogues_.added) {
      if (used_texts_.contains(key)) continue;
      const Message* message = catalogues_.catalogues.front().find(key);
      if (message == nullptr) continue;  // already said: it isn't in the default language
      faults.add(*message->file, message->line, 0,
                 "no page uses '" + key + "'." + near_name(key, catalogues_.catalogues.front().keys()));
    }
  }

  const Catalogue& catalogue_of(std::string_view locale) const {
    for (const auto& catalogue : catalogues_.catalogues) {
      if (catalogue.locale() == locale) return catalogue;
    }
    return catalogues_.catalogues.front();
  }

  // What every page has besides the flow's model.
  static void add_page_names(Data& data, std::string_view page, const json& model,
                             const Catalogue& catalogue) {
    const auto absent = [&data](const std::string& name) {
      const Data* value = data.get(name);
      return value == nullptr || !value->is_string();
    };
    const auto add = [&](const std::string& name, const std::string& key) {
      const Message* message = absent(name) ? catalogue.find(key) : nullptr;
      if (message == nullptr) return;
      data[name] = Data(catalogue.fill(
          *message, [&model](std::string_view argument) { return argument_of(model, argument); }));
    };
    if (page == "error" && !absent("code")) {
      const std::string key = "error_page." + data.get("code")->string_value();
      add("title", key + ".title");
      add("text", key);
    }
    const Data* change = page == "emails_add" ? data.get("change") : nullptr;
    if (change != nullptr && change->is_true()) add("title", "emails_add.change_heading");
    add("title", std::string(page) + ".title");
    data["locale"] = Data(catalogue.locale());
    data["page"] = Data(std::string(page));
    data["is"] = Data(std::string(page), Data(true));
  }

  CatalogueSet catalogues_;
  std::vector<std::string> locales_;
  Literals literals_;
  Templates pages_, letter_texts_, letter_htmls_;
  std::map<std::string, Asset, std::less<>> assets_;
  std::set<std::string> used_texts_;
};

}  // namespace

std::unique_ptr<const Renderer> Renderer::load(const Sources& sources) {
  Faults faults;
  auto renderer = std::make_unique<const ThemeRenderer>(sources, faults);
  faults.raise();
  return renderer;
}

}  // namespace doorward::pages
