#include "embedding/answer.hpp"

#include "embedding/text.hpp"

#include <algorithm>
#include <array>

namespace doorward::embedding {

namespace {

constexpr unsigned char in_name = 1, in_value = 2;

// What a byte may be part of: RFC 9110 5.6.2 (token) and 5.5 (field values).
constexpr auto places = [] {
  std::array<unsigned char, 256> table{};
  constexpr std::string_view separators = "()<>@,;:\\\"/[]?={}";
  for (unsigned byte = 0; byte < table.size(); ++byte) {
    const bool visible = byte > ' ' && byte < 0x7f;
    const bool separator = separators.find(static_cast<char>(byte)) != std::string_view::npos;
    const bool readable = (byte >= ' ' || byte == '\t') && byte != 0x7f;
    table[byte] =
        static_cast<unsigned char>((visible && !separator ? in_name : 0) | (readable ? in_value : 0));
  }
  return table;
}();

bool consists_of(std::string_view text, unsigned char place) noexcept {
  return std::all_of(text.begin(), text.end(),
                     [=](char c) { return (places[static_cast<unsigned char>(c)] & place) != 0; });
}

}  // namespace

bool sendable_header(std::string_view name, std::string_view value) noexcept {
  return !name.empty() && consists_of(name, in_name) && consists_of(value, in_value);
}

doorward_response Answer::sink() noexcept {
  doorward_response response{};
  response.size = sizeof response;
  response.self = this;
  response.status = [](void* self, int code) {
    auto& answer = *static_cast<Answer*>(self);
    answer.broken_ = answer.broken_ || answer.status_ != 0 || code < 200 || code > 599;
    answer.status_ = code;
  };
  response.header = [](void* self, doorward_text name, doorward_text value) {
    auto& answer = *static_cast<Answer*>(self);
    try {
      if (sendable_header(view(name), view(value))) {
        answer.headers_.emplace_back(view(name), view(value));
      } else {
        answer.broken_ = true;
      }
    } catch (...) {  // no memory
      answer.broken_ = true;
    }
  };
  response.body = [](void* self, doorward_text chunk) {
    auto& answer = *static_cast<Answer*>(self);
    try {
      answer.body_.append(view(chunk));
    } catch (...) {
      answer.broken_ = true;
    }
  };
  return response;
}

}  // namespace doorward::embedding
