// The files of a theme as the site has them: Doorward's own, single ones replaced by the site's folder.
#pragma once
#include <map>
#include <string>
#include <vector>

#include "pages/faults.hpp"
#include "pages/renderer.hpp"
#include "pages/template.hpp"

namespace doorward::pages {

struct Theme {
  std::map<std::string, Template> pages;         // by page
  std::map<std::string, Template> parts;         // by name
  std::map<std::string, Template> letter_texts;  // by letter; the first line is the subject
  std::map<std::string, Template> letter_htmls;
  std::map<std::string, Template> letter_text_parts;
  std::map<std::string, Template> letter_html_parts;
  std::map<std::string, Asset> assets;  // by file name
};

Theme read_theme(const std::string& theme_dir, const std::string& override_dir, Faults& faults);

// The pieces of a template with its parts put in their places. Adds a fault where a part is missing or includes itself.
struct Placed {
  const std::string* file;  // of the template that it comes from, which must outlive it
  Piece piece;
};
std::vector<Placed> expand(const Template& source, const std::map<std::string, Template>& parts,
                           Faults& faults);

}  // namespace doorward::pages
