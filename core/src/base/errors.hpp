// Broken surroundings. Thrown anywhere, caught at a border, logged with an id that the person sees too.
#pragma once
#include <stdexcept>

namespace doorward {

// The store, or another part that is needed, can't be reached or not in time. Answered with 503.
struct Unavailable : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The store takes no writes for a while, on purpose: it is being copied, or was moved. Nothing is broken and reads go on, so
// it is answered with 503 and a code of its own, and is no error in a log.
struct ReadOnly : Unavailable {
  using Unavailable::Unavailable;
};

// Settings, a theme or a plugin can't be used. what() has one fault a line, each "FILE:LINE:COLUMN: sentence"
// as far as the place is known.
struct BadSettings : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace doorward
