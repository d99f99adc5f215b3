#include "signin/breach_list.hpp"

#include <passwdqc.h>

#include <climits>
#include <string_view>

namespace doorward::signin {

// Its other rules are switched off: this library's only task is to read the filter.
Breach look_up_breach(const std::string& file, const std::string& password) {
  if (file.empty()) return Breach::none;
  std::string path = file;
  passwdqc_params_t params;
  passwdqc_params_reset(&params);
  params.qc = {};
  params.qc.max = INT_MAX;
  params.qc.filter = path.data();
  const char* reason = passwdqc_check(&params.qc, password.c_str(), nullptr, nullptr);
  if (reason == nullptr) return Breach::none;
  return std::string_view(reason) == "check failed" ? Breach::unanswered : Breach::known;
}

}  // namespace doorward::signin
