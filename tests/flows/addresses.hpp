// Steps of tests about addresses: asking for one, owning one, changing something about one.
#pragma once
#include <string>
#include <vector>

#include "steps.hpp"

namespace doorward::test {

// Asks for the address, and gives the letter that came of it. `change`: it is to be the primary one.
ReadLetter add_address(Site& site, Browser& browser, const std::string& address, bool change = false);
Answer open_link(Browser& browser, const ReadLetter& letter);  // the page behind it
// Adds the address and confirms it; the notices of it are taken away.
void own_address(Site& site, Browser& browser, const std::string& address);
// Opens the page `path` of one of one's own addresses, and sends its form.
Answer change(Browser& browser, const std::string& path, const std::string& address);

std::vector<std::string> waiting(Browser& browser);                      // ids of what waits to be confirmed
std::vector<std::string> addresses(Site& site, const std::string& who);  // sorted
std::string address_id(Site& site, const std::string& who, const std::string& address);
std::string primary(Site& site,
                    const std::string& who);  // fails the test unless there is exactly one, verified

}  // namespace doorward::test
