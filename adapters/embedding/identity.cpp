#include "embedding/identity.hpp"

#include "embedding/text.hpp"

namespace doorward::embedding {

std::string told_text(const doorward_host& host, const doorward_identity* identity, int fact) {
  if (fact < 0) {
    return std::to_string(host.moment(identity, DOORWARD_AUTHENTICATED_AT) / 1'000'000);
  }
  return std::string(view(host.fact(identity, static_cast<doorward_fact>(fact))));
}

std::string assertion_text(const Engine& engine, const doorward_identity* identity) {
  std::string text;
  const doorward_sink out{
      &text, [](void* self, doorward_text more) {
        try {
          static_cast<std::string*>(self)->append(view(more));
        } catch (...) {  // no memory: half an assertion is none, and nobody takes it for one
        }
      }};
  const auto status = engine.host().assertion(engine.handle(), identity, &out);
  return status == DOORWARD_OK ? text : std::string();
}

std::string header_text(std::string_view utf8) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string text;
  for (const char c : utf8) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7f || c == '%') {
      text += {'%', digits[byte >> 4], digits[byte & 15]};
    } else {
      text += c;
    }
  }
  return text;
}

}  // namespace doorward::embedding
