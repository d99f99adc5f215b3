// A time as people read it: in their zone, by their clock, in their language.
#pragma once
#include <string>

#include "base/clock.hpp"
#include "pages/catalogue.hpp"
#include "pages/reader.hpp"

namespace doorward::pages {

struct Moment {
  std::string iso;   // 2026-11-21T16:00Z: UTC, for programs
  std::string date;  // 21 November 2026
  std::string text;  // 21 November 2026, 17:00; where the reader has named no zone, with "UTC"
};

Moment moment_of(Time time, const Catalogue& catalogue, const Reader& reader);

}  // namespace doorward::pages
