#include "signin/level.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace doorward::signin {
namespace {

enum class Factor { known, had, inherent };

constexpr std::array<std::pair<std::string_view, Factor>, 13> factors{{
    {"pwd", Factor::known},
    {"pin", Factor::known},
    {"kba", Factor::known},
    {"otp", Factor::had},
    {"hwk", Factor::had},
    {"swk", Factor::had},
    {"sc", Factor::had},
    {"sms", Factor::had},
    {"tel", Factor::had},
    {"face", Factor::inherent},
    {"fpt", Factor::inherent},
    {"iris", Factor::inherent},
    {"vbm", Factor::inherent},
}};

}  // namespace

unsigned level_of(std::string_view methods) noexcept {
  std::optional<Factor> first;
  while (!methods.empty()) {
    const std::string_view method = methods.substr(0, methods.find(' '));
    methods.remove_prefix(std::min(methods.size(), method.size() + 1));
    if (method == "mfa") return 2;
    const auto* const found =
        std::find_if(factors.begin(), factors.end(), [&](const auto& one) { return one.first == method; });
    if (found == factors.end()) continue;
    if (first && *first != found->second) return 2;
    first = found->second;
  }
  return 1;
}

}  // namespace doorward::signin
