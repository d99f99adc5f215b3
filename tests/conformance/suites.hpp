// Every suite, one function a file. To add one: a file, a line here, a line in suites.cpp.
#pragma once
#include <vector>

#include "kit.hpp"

namespace kit {

// kind storage/1
std::vector<Case> storage_schema_cases();
std::vector<Case> storage_values_cases();
std::vector<Case> storage_matches_cases();
std::vector<Case> storage_pages_cases();
std::vector<Case> storage_uniqueness_cases();
std::vector<Case> storage_rollback_cases();
std::vector<Case> storage_races_cases();
std::vector<Case> storage_isolation_cases();
std::vector<Case> storage_lifecycle_cases();
std::vector<Case> storage_faults_cases();
std::vector<Case> storage_feed_cases();

// [configuration] Whether the plugin has the change feed, as its table of functions says.
bool has_feed(Subject& subject);

// kind mailer/1
std::vector<Case> mailer_cases();

}  // namespace kit
