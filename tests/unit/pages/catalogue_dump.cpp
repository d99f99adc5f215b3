// Prints what our reader makes of a catalogue, for compare_gettext.py: catalogue_dump FOLDER LOCALE. A line for each
// text: key, number, text, separated by tabs, line ends written \n. A message that counts has a line for each number.
#include <iostream>

#include "pages/catalogue.hpp"

int main(int count, char** arguments) {
  if (count != 3) return 2;
  using namespace doorward::pages;
  Faults faults;
  const auto set = load_catalogues(arguments[1], {}, {arguments[2]}, faults);
  try {
    faults.raise();
  } catch (const std::exception& error) {
    std::cerr << error.what() << "\n";
    return 1;
  }
  const auto& catalogue = set.catalogues.front();
  for (const auto& key : catalogue.keys()) {
    const Message& message = *catalogue.find(key);
    const int last = message.number.empty() ? 0 : 1000;
    for (int n = 0; n <= last; ++n) {
      std::cout << key << '\t' << n << '\t';
      const auto lookup = [&](std::string_view name) {
        return name == message.number ? std::to_string(n) : "<" + std::string(name) + ">";
      };
      for (const char c : catalogue.fill(message, lookup)) {
        if (c == '\n')
          std::cout << "\\n";
        else
          std::cout << c;
      }
      std::cout << '\n';
    }
  }
}
