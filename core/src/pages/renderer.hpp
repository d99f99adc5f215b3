// Turns what a flow knows into a page or a letter. Templates are logic-less (Mustache) and escape by default;
// texts come from the catalogue of the reader's language; neither is in code.
//
// Everything is read and checked at load: a page that can't be rendered is found by
// `doorward config check`, not by the first visitor. Rendering is const and safe from any thread.
#pragma once
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>
#include <memory>

#include "base/clock.hpp"
#include "pages/reader.hpp"

namespace doorward::pages {

struct Asset {  // a file of the theme as it is served
  std::string content_type;
  std::string bytes;
  std::string version;  // hash of the bytes: part of the address that pages use, so it may be cached for ever
};

struct LetterText {
  std::string subject, text, html;
};

struct Sources {
  std::string theme_dir;             // Doorward's own theme: pages/ parts/ mails/ assets/
  std::string override_dir;          // the site's: files of the same names replace single ones; empty: none
  std::string locales_dir;           // <language>.po
  std::vector<std::string> locales;  // offered, the first is the default: "en", "de"
};

class Renderer {
 public:
  // Throws BadSettings with every fault of templates and catalogues, one a line.
  static std::unique_ptr<const Renderer> load(const Sources& sources);
  virtual ~Renderer() = default;

  // The whole HTML document of theme/pages/<page>.html. `model` is an object; docs/guides/theme.md lists what it holds.
  virtual std::string page(std::string_view page, const nlohmann::json& model,
                           const Reader& reader) const = 0;
  // theme/mails/<letter>.txt (whose first line is the subject) and, where it exists, <letter>.html.
  virtual LetterText letter(std::string_view letter, const nlohmann::json& model,
                            const Reader& reader) const = 0;
  // A time as it stands on pages and in letters: "21 November 2026, 17:00".
  virtual std::string moment(Time time, const Reader& reader) const = 0;
  // A text of the catalogue with its {arguments} filled in; the key itself where no catalogue has it.
  virtual std::string text(std::string_view key, const nlohmann::json& arguments,
                           std::string_view locale) const = 0;
  virtual const Asset* asset(std::string_view name) const = 0;  // null: there is none
  virtual std::vector<std::string> scripts() const = 0;  // names of the assets that are: "copy" of copy.js
  virtual std::string negotiate(
      std::string_view accept_language) const = 0;  // RFC 9110 12.5.4, RFC 4647 lookup; an offered locale
  virtual bool offers(std::string_view locale) const = 0;
};

}  // namespace doorward::pages
