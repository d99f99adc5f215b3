#include "suites.hpp"

#include <map>

namespace kit {

namespace {

using Suite = std::vector<Case> (*)();

const std::map<std::string, std::vector<Suite>> suites = {
    {"storage/1",
     {storage_schema_cases, storage_values_cases, storage_matches_cases, storage_pages_cases,
      storage_uniqueness_cases, storage_rollback_cases, storage_races_cases, storage_isolation_cases,
      storage_lifecycle_cases, storage_faults_cases, storage_feed_cases}},
    {"mailer/1", {mailer_cases}},
};

}  // namespace

std::vector<Case> cases_of(const std::string& kind) {
  std::vector<Case> cases;
  const auto found = suites.find(kind);
  if (found == suites.end()) return cases;
  for (const Suite suite : found->second) {
    const std::vector<Case> more = suite();
    cases.insert(cases.end(), more.begin(), more.end());
  }
  return cases;
}

}  // namespace kit
