// Collects what is wrong with a theme or a catalogue, so that one look names every fault at once.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace doorward::pages {

class Faults {
 public:
  // Line and column count from 1; 0: not known.
  void add(std::string_view file, int line, int column, std::string_view sentence);
  void add(std::string_view file, std::string_view sentence) { add(file, 0, 0, sentence); }
  void raise() const;  // throws BadSettings with one fault a line, if there is any

 private:
  std::vector<std::string> lines_;
};

// The name of `known` that was probably meant, as " Did you mean NAME?"; empty where none is near.
std::string near_name(std::string_view wrong, const std::vector<std::string>& known);

}  // namespace doorward::pages
