// What a step came to: a value, or a refusal that was to be expected.
//
// A refusal is for people and programs: a stable code, the form field it belongs to, and what its
// text needs. A broken surrounding is not a refusal: it throws (errors.hpp), and a border catches it.
#pragma once
#include <chrono>
#include <string>
#include <tl/expected.hpp>
#include <utility>
#include <vector>

namespace doorward {

struct Refusal {
  std::string
      code;  // "password_too_short": names the text "error.<code>" and the problem type; never changes
  std::string field;  // the form field it stands beside; empty: the whole form
  std::vector<std::pair<std::string, std::string>> arguments;  // {"minimum", "15"}: filled into the text
  int status = 422;                                            // HTTP status of the answer
  std::chrono::seconds retry_after{0};                         // not 0: answered as Retry-After
};

template <class T>
using Result = tl::expected<T, Refusal>;

inline tl::unexpected<Refusal> refuse(Refusal refusal) { return tl::unexpected<Refusal>(std::move(refusal)); }
inline tl::unexpected<Refusal> refuse(std::string code, std::string field = {}, int status = 422) {
  return refuse(Refusal{std::move(code), std::move(field), {}, status, {}});
}

}  // namespace doorward
