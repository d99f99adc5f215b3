#pragma once
#include "apache/visitor.hpp"

namespace doorward::apache {

// Takes out what clients may not say: headers that name somebody, in every spelling, and Doorward's cookies, which the
// visitor keeps. Throws std::bad_alloc.
void clean_headers(request_rec* r, Visitor& visitor);

}  // namespace doorward::apache
