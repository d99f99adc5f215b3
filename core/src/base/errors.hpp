// Broken surroundings. Thrown anywhere, caught at a border, logged with an id that the person sees too.
#pragma once
#include <stdexcept>

namespace doorward {

// The store, or another part that is needed, can't be reached or not in time. Answered with 503.
struct Unavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Settings, a theme or a plugin can't be used. what() has one fault a line, each "FILE:LINE:COLUMN: sentence"
// as far as the place is known.
struct BadSettings : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace doorward
