// How well somebody has proved who they are: computed from the methods of their sign-in each time, never stored.
#pragma once
#include <string_view>

namespace doorward::signin {

// `methods` as in RFC 8176, separated by spaces. 2: factors of two kinds out of something known, something had and something
// one is (NIST SP 800-63B 2.2, AAL2), or "mfa". 1: anything less.
unsigned level_of(std::string_view methods) noexcept;

}  // namespace doorward::signin
