#include "embedding/identity.hpp"

#include "embedding/text.hpp"

namespace doorward::embedding {

std::string told_text(const doorward_host& host, const doorward_identity* identity, int fact) {
  if (fact < 0) {
    return std::to_string(host.moment(identity, DOORWARD_AUTHENTICATED_AT) / 1'000'000);
  }
  return std::string(view(host.fact(identity, static_cast<doorward_fact>(fact))));
}

}  // namespace doorward::embedding
