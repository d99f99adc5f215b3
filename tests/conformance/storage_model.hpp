// What a table holds and answers, in the plainest way: what the suites compare a store with.
#pragma once
#include "storage_calls.hpp"

namespace kit {

bool holds(const Table& table, const Row& row, const std::vector<Match>& matches);
Rows model_find(const Table& table, const Rows& rows, const std::vector<Match>& matches, const Page* page);

}  // namespace kit
