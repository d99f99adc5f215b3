// Puts one value of the tree, or a default of the table, into its member.
#pragma once
#include "settings/document.hpp"
#include "settings/keys.hpp"

namespace doorward::settings {

// A fault, and an unchanged member, when the value isn't what the key takes.
void assign(Settings& settings, const Key& key, const Node& value, Faults& faults);
void assign_default(Settings& settings, const Key& key);  // key.fallback is not null

std::string type_name(const Key& key);  // "a duration such as 30m or 24h"

}  // namespace doorward::settings
