// What is wrong with the settings, gathered so that a person sees everything at once and not one fault a try.
#pragma once
#include <string>
#include <vector>

#include "settings/settings.hpp"

namespace doorward::settings {

class Faults {
 public:
  void add(const Place& place, std::string sentence);
  bool empty() const { return faults_.empty(); }

  // "FILE:LINE:COLUMN: sentence", in the order of files and lines, at most 100 of them, each said once.
  std::string text() const;

 private:
  struct Fault {
    Place place;
    std::string sentence;
  };
  std::vector<Fault> faults_;
};

std::string quoted(std::string_view text);  // "text", control characters escaped, cut after 80 bytes

}  // namespace doorward::settings
