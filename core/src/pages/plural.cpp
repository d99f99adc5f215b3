#include "pages/plural.hpp"

#include <array>
#include <charconv>
#include <stdexcept>

namespace doorward::pages {
namespace {

struct BadExpression : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Evaluates while it reads: the expressions are a line long, and no tree has to be kept for each language.
class Expression {
 public:
  Expression(std::string_view text, std::uint64_t n) : text_(text), n_(n) {}

  std::uint64_t value() {
    const std::uint64_t result = choice();
    if (!text_.empty()) throw BadExpression("something follows the expression");
    return result;
  }

 private:
  bool take(std::string_view token) {
    if (!text_.starts_with(token)) return false;
    text_.remove_prefix(token.size());
    return true;
  }

  std::uint64_t choice() {
    if (++depth_ > 64) throw BadExpression("too deep");
    const std::uint64_t condition = binary(0);
    std::uint64_t result = condition;
    if (take("?")) {
      const std::uint64_t yes = choice();
      if (!take(":")) throw BadExpression("':' is missing");
      const std::uint64_t no = choice();
      result = condition != 0 ? yes : no;
    }
    --depth_;
    return result;
  }

  // One row for each level of precedence, the weakest first; within a row the longer token first.
  std::uint64_t binary(std::size_t level) {
    static constexpr std::array<std::array<std::string_view, 4>, 6> levels{
        {{"||"}, {"&&"}, {"==", "!="}, {"<=", ">=", "<", ">"}, {"+", "-"}, {"*", "/", "%"}}};
    if (level == levels.size()) return unary();
    std::uint64_t left = binary(level + 1);
    for (bool more = true; more;) {
      more = false;
      for (const std::string_view token : levels[level]) {
        if (token.empty() || !take(token)) continue;
        left = apply(token, left, binary(level + 1));
        more = true;
        break;
      }
    }
    return left;
  }

  static std::uint64_t apply(std::string_view token, std::uint64_t a, std::uint64_t b) {
    if (token == "||") return a != 0 || b != 0;
    if (token == "&&") return a != 0 && b != 0;
    if (token == "==") return a == b;
    if (token == "!=") return a != b;
    if (token == "<=") return a <= b;
    if (token == ">=") return a >= b;
    if (token == "<") return a < b;
    if (token == ">") return a > b;
    if (token == "+") return a + b;
    if (token == "-") return a - b;
    if (token == "*") return a * b;
    if (b == 0) throw BadExpression("division by zero");
    return token == "/" ? a / b : a % b;
  }

  std::uint64_t unary() {
    if (++depth_ > 64) throw BadExpression("too deep");
    std::uint64_t result = 0;
    if (take("!")) {
      result = unary() == 0;
    } else if (take("(")) {
      result = choice();
      if (!take(")")) throw BadExpression("')' is missing");
    } else if (take("n")) {
      result = n_;
    } else {
      const auto [end, error] = std::from_chars(text_.data(), text_.data() + text_.size(), result);
      if (error != std::errc{}) throw BadExpression("a number or n is missing");
      text_.remove_prefix(static_cast<std::size_t>(end - text_.data()));
    }
    --depth_;
    return result;
  }

  std::string_view text_;
  std::uint64_t n_;
  int depth_ = 0;
};

std::string without_spaces(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c != ' ' && c != '\t') result.push_back(c);
  }
  return result;
}

}  // namespace

std::optional<PluralRule> PluralRule::parse(std::string_view header) {
  const std::string text = without_spaces(header);
  constexpr std::string_view count = "nplurals=";
  constexpr std::string_view rule = ";plural=";
  const std::size_t at = text.find(rule);
  if (text.size() > 500 || !text.starts_with(count) || at == std::string::npos) return std::nullopt;
  PluralRule result;
  const char* end = text.data() + at;
  const auto read = std::from_chars(text.data() + count.size(), end, result.forms_);
  if (read.ec != std::errc{} || read.ptr != end || result.forms_ < 1 || result.forms_ > 6)
    return std::nullopt;
  result.expression_ = text.substr(at + rule.size());
  if (result.expression_.ends_with(';')) result.expression_.pop_back();
  try {
    for (std::uint64_t n = 0; n <= 1000; ++n) {
      if (Expression(result.expression_, n).value() >= result.forms_) return std::nullopt;
    }
  } catch (const BadExpression&) {
    return std::nullopt;
  }
  return result;
}

std::size_t PluralRule::form(std::uint64_t n) const {
  try {
    const std::uint64_t form = Expression(expression_, n).value();
    return form < forms_ ? static_cast<std::size_t>(form) : forms_ - 1;
  } catch (const BadExpression&) {  // a number beyond those that parse() has tried
    return forms_ - 1;
  }
}

}  // namespace doorward::pages
