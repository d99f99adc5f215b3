// What takes libraries that no worker should hold before somebody asks for it: pictures and phone numbers. plugin_host
// implements it over small libraries of our own, which are opened at the first call (docs/decisions/0018).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doorward {

struct PhoneNumber {
  std::string e164;   // "+4930901820": as it is stored
  std::string shown;  // "+49 30 901820"
};

// Any thread; both may take a tenth of a second. Throw Unavailable where a part can't be opened or has no time.
class Parts {
 public:
  virtual ~Parts() = default;

  // A file of somebody's as a WebP of 256 by 256 pixels without metadata, after two seconds of waiting for others' at most.
  // Refused at "picture" with "picture_type", "picture_too_many_pixels", "picture_damaged".
  virtual Result<std::string> picture(std::string_view file) = 0;
  // `country`: two letters, of numbers that are typed without "+"; empty: there are none. None: it isn't a number in use.
  virtual std::optional<PhoneNumber> phone_number(std::string_view text, const std::string& country) = 0;
};

}  // namespace doorward
