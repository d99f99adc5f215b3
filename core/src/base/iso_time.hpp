// Times for programs and for documents that outlive a page.
#pragma once
#include <string>

#include "base/clock.hpp"

namespace doorward {

std::string iso_text(Time time);  // "2026-11-21T19:23:00Z" (RFC 3339), without fractions

}  // namespace doorward
