#pragma once
#include "apache/visitor.hpp"

namespace doorward::apache {

// A request as the engine wants it; borrows from the request_rec and the visitor.
struct Described {
  doorward_request request{};
  std::vector<doorward_pair> headers;
};

Described describe(request_rec* r, const Visitor& visitor);

}  // namespace doorward::apache
