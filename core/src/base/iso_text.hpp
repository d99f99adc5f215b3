// A moment as logs and programs read it.
#pragma once
#include <string>

#include "base/clock.hpp"

namespace doorward {

std::string iso_text(Time time);  // "2026-11-21T19:23:00Z"

}  // namespace doorward
