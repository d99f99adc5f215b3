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

}  // namespace doorward::embedding
