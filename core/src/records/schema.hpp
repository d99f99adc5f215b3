// Every table of the core: what a store is brought up to at start.
#pragma once
#include <vector>

#include "records/store.hpp"

namespace doorward::records {

std::vector<Table> schema();

}  // namespace doorward::records
