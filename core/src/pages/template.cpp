#include "pages/template.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "pages/markup.hpp"

namespace doorward::pages {
namespace {

bool is_name(std::string_view name) {
  return name == "." || (!name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.';
         }));
}

bool is_part_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

class TemplateReader {
 public:
  TemplateReader(Template& result, std::string_view source, Syntax syntax, Faults& faults)
      : result_(result),
        rest_(source),
        faults_(faults),
        is_html_(syntax != Syntax::text),
        markup_(syntax == Syntax::letter_html) {}

  void read() {
    while (!rest_.empty()) {
      if (rest_.starts_with("{{")) {
        if (!tag()) return;
        continue;
      }
      const char c = rest_.front();
      if (is_html_) fault(markup_.feed(c));
      advance(1);
      literal(c);
    }
    end_line();
    if (is_html_) fault(markup_.end());
    for (const auto& open : open_) {
      faults_.add(result_.path, open.line, open.column, "the section {{#" + open.name + "}} isn't closed");
    }
  }

 private:
  struct Open {
    std::string name;
    int line, column, place;
  };

  void fault(std::string_view sentence) {
    if (!sentence.empty()) faults_.add(result_.path, line_, column_, sentence);
  }

  void advance(std::size_t bytes) {
    for (const char c : rest_.substr(0, bytes)) {
      column_ = c == '\n' ? 1 : column_ + 1;
      line_ += c == '\n';
    }
    rest_.remove_prefix(bytes);
  }

  void literal(char c) {
    append(current_line_, std::string(1, c));
    line_has_text_ = line_has_text_ || (c != ' ' && c != '\t' && c != '\r' && c != '\n');
    if (c == '\n') end_line();
  }

  // A line that holds nothing but sections, partials and comments leaves no line behind (mustache(5), "standalone").
  void end_line() {
    const bool bare = line_has_tag_ && !line_has_text_;
    for (auto& piece : current_line_) {
      const auto* text = std::get_if<std::string>(&piece);
      if (text == nullptr)
        result_.pieces.push_back(std::move(piece));
      else if (!bare)
        append(result_.pieces, *text);
    }
    current_line_.clear();
    line_has_text_ = line_has_tag_ = false;
  }

  static void append(std::vector<Piece>& pieces, const std::string& text) {
    if (pieces.empty() || !std::holds_alternative<std::string>(pieces.back()))
      pieces.emplace_back(text);
    else
      std::get<std::string>(pieces.back()) += text;
  }

  // False: the rest can't be read.
  bool tag() {
    const std::size_t end = rest_.find("}}");
    if (end == std::string_view::npos) {
      fault("{{ isn't closed by }}");
      return false;
    }
    const std::string_view inside = trim(rest_.substr(2, end - 2));
    const std::size_t size = rest_.substr(end).starts_with("}}}") ? end + 3 : end + 2;
    if (inside.starts_with('{') || inside.starts_with('&')) {
      fault("{{{ and {{& would leave out the escaping; pages have no such place");
    } else if (inside.starts_with('=')) {
      fault("delimiters can't be changed");
    } else if (size != end + 2) {
      fault("}}} isn't expected here");
    } else {
      add(inside);
    }
    advance(size);
    return true;
  }

  void add(std::string_view inside) {
    TagKind kind = TagKind::variable;
    const char sigil = inside.empty() ? '\0' : inside.front();
    if (sigil == '#')
      kind = TagKind::section;
    else if (sigil == '^')
      kind = TagKind::inverted;
    else if (sigil == '/')
      kind = TagKind::close;
    else if (sigil == '>')
      kind = TagKind::partial;
    else if (sigil == '!')
      kind = TagKind::comment;
    if (kind == TagKind::variable)
      line_has_text_ = true;
    else
      line_has_tag_ = true;
    if (kind == TagKind::comment) return;

    const std::string name(trim(kind == TagKind::variable ? inside : inside.substr(1)));
    if (kind == TagKind::partial ? !is_part_name(name) : !is_name(name)) {
      return fault("'" + name + "' isn't a name: small letters, digits, _ and .");
    }
    Tag tag{kind, name, line_, column_, is_html_ && kind == TagKind::variable && markup_.begins_address()};
    if (is_html_) fault(markup_.tag(kind));
    match(tag);
    current_line_.emplace_back(std::move(tag));
  }

  void match(const Tag& tag) {
    const int place = is_html_ ? markup_.place() : 0;
    if (tag.kind == TagKind::section || tag.kind == TagKind::inverted) {
      open_.push_back({tag.name, tag.line, tag.column, place});
    } else if (tag.kind == TagKind::close) {
      if (open_.empty() || open_.back().name != tag.name) {
        return fault("{{/" + tag.name + "}} closes nothing that is open");
      }
      if (open_.back().place != place) {
        fault("the section {{#" + tag.name + "}} begins and ends in different places of the HTML");
      }
      open_.pop_back();
    }
  }

  Template& result_;
  std::string_view rest_;
  Faults& faults_;
  bool is_html_;
  Markup markup_;
  std::vector<Open> open_;
  std::vector<Piece> current_line_;
  bool line_has_text_ = false, line_has_tag_ = false;
  int line_ = 1, column_ = 1;
};

}  // namespace

Template read_template(std::string path, std::string_view source, Syntax syntax, Faults& faults) {
  Template result{std::move(path), {}};
  if (!is_utf8(source)) {
    faults.add(result.path, "isn't UTF-8");
    return result;
  }
  TemplateReader(result, source, syntax, faults).read();
  return result;
}

}  // namespace doorward::pages
