#include "common/quoted_printable.hpp"

#include <doorward/sdk/mailer.hpp>

#include "common/utf8.hpp"

namespace doorward::mailer {
namespace {

constexpr std::size_t line_limit = 76;

void append_escaped(std::string& out, std::string_view bytes) {
  static constexpr char digits[] = "0123456789ABCDEF";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += {'=', digits[byte >> 4], digits[byte & 15]};
  }
}

class Encoder {
 public:
  // `rest` begins with `character` and ends with its line.
  void put(std::string_view character, std::string_view rest) {
    std::string unit;
    const char c = character[0];
    const bool ends_line = rest.size() == character.size();
    const bool bare = character.size() == 1 && c != '=' &&
                      ((c > ' ' && c < 0x7f) || ((c == ' ' || c == '\t') && !ends_line));
    if (bare) {
      unit = c;
    } else {
      append_escaped(unit, character);
    }
    // Room is kept for the "=" of a soft break.
    if (column_ + unit.size() > (ends_line ? line_limit : line_limit - 1)) {
      out_ += "=\r\n";
      column_ = 0;
    }
    if (column_ == 0 && (c == '.' || rest.starts_with("From "))) {
      unit.clear();
      append_escaped(unit, character);
    }
    out_ += unit;
    column_ += unit.size();
  }
  void end_line() {
    out_ += "\r\n";
    column_ = 0;
  }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
  std::size_t column_ = 0;
};

void put_line(Encoder& encoder, std::string_view line, std::string_view what) {
  while (!line.empty()) {
    const Character next = first_character(line);
    if (next.size == 0) throw sdk::Failure(sdk::Status::invalid, std::string(what) + " is not UTF-8");
    if (is_control(next.point) && next.point != '\t')
      throw sdk::Failure(sdk::Status::invalid, std::string(what) + " holds a control character");
    encoder.put(line.substr(0, next.size), line);
    line.remove_prefix(next.size);
  }
}

}  // namespace

std::string quoted_printable(std::string_view text, std::string_view what) {
  Encoder encoder;
  while (!text.empty()) {
    const auto end = text.find('\n');
    auto line = text.substr(0, end);
    if (end != std::string_view::npos && line.ends_with('\r')) line.remove_suffix(1);
    put_line(encoder, line, what);
    encoder.end_line();
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  }
  return encoder.take();
}

}  // namespace doorward::mailer
