// Every flow of Doorward, in one list: the only place that knows them all.
#pragma once
#include <vector>

#include "flows/letters.hpp"

namespace doorward::engine {

std::vector<flows::Route> all_routes();
flows::Letters all_letters(const flows::Services& services);  // `services` outlives them

}  // namespace doorward::engine
