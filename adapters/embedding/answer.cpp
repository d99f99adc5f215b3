#include "embedding/answer.hpp"

#include "embedding/text.hpp"

namespace doorward::embedding {

bool sendable_header(std::string_view name, std::string_view value) noexcept {
  static constexpr std::string_view separators = "()<>@,;:\\\"/[]?={}";
  for (const char c : name) {
    if (c <= ' ' || c == 0x7f || separators.find(c) != std::string_view::npos) {
      return false;
    }
  }
  for (const char c : value) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && byte != '\t') || byte == 0x7f) {
      return false;
    }
  }
  return !name.empty();
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
