// Checks a template with its parts in place: that what it names is known, that every text it asks for exists, and that only
// addresses begin an address.
#pragma once
#include <set>
#include <string>
#include <vector>

#include "pages/catalogue.hpp"
#include "pages/names.hpp"
#include "pages/theme.hpp"

namespace doorward::pages {

void check_names(const std::vector<Placed>& pieces, const View& view, const Catalogue& catalogue,
                 Faults& faults);

// The keys of texts that templates name: of {{t.login.title}} "login.title".
void collect_texts(const std::vector<Placed>& pieces, std::set<std::string>& keys);

// The texts that code asks for by themselves: titles of pages, months, the sentences of the error page.
std::vector<std::string> texts_of_code();

}  // namespace doorward::pages
