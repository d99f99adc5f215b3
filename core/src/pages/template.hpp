// Reads one template: its Mustache tags, and where in the HTML each of them stands, since escaping protects only in text and
// in quoted attribute values. What Mustache would let through in silence is refused here, with line and column.
#pragma once
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "pages/faults.hpp"

namespace doorward::pages {

enum class TagKind { variable, section, inverted, close, partial, comment };

struct Tag {
  TagKind kind;
  std::string name;
  int line, column;
  bool begins_address = false;  // of href, src, action or formaction: only names of Kind::address may
};

enum class Syntax { page, letter_html, text };

using Piece = std::variant<std::string, Tag>;

struct Template {
  std::string path;  // of the file
  // Literal text and tags in turn. Comments are gone, and so are the lines that held only sections, partials and comments.
  std::vector<Piece> pieces;
};

// Adds its faults and still returns what could be read.
Template read_template(std::string path, std::string_view source, Syntax syntax, Faults& faults);

}  // namespace doorward::pages
