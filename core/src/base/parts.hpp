// What takes libraries that no worker should hold before somebody asks for it: pictures, phone numbers, other servers'
// answers. plugin_host implements it over small libraries of our own, which are opened at the first call (docs/decisions/0018).
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace doorward {

struct PhoneNumber {
  std::string e164;   // "+4930901820": as it is stored
  std::string shown;  // "+49 30 901820"
};

struct Wish {                           // for what another server has
  std::string url;                      // https, or http
  std::string headers;                  // of the request: "Name: value", with "\n" between them
  std::string ca_file;                  // authorities that are trusted; empty: the system's
  std::chrono::milliseconds timeout{};  // for the whole
  std::size_t max_size = 0;             // of the body, in bytes
};

// Any thread; a picture and a phone number may take a tenth of a second. All throw Unavailable where a part can't be opened or
// has no time.
class Parts {
 public:
  virtual ~Parts() = default;

  // A file of somebody's as a WebP of 256 by 256 pixels without metadata, after two seconds of waiting for others' at most.
  // Refused at "picture" with "picture_type", "picture_too_many_pixels", "picture_damaged".
  virtual Result<std::string> picture(std::string_view file) = 0;
  // `country`: two letters, of numbers that are typed without "+"; empty: there are none. None: it isn't a number in use.
  virtual std::optional<PhoneNumber> phone_number(std::string_view text, const std::string& country) = 0;
  // The body of an answer 200 to a GET; no redirect is followed. Throws Unavailable, with why, where there is none.
  virtual std::string fetch(const Wish& wish) = 0;
};

}  // namespace doorward
