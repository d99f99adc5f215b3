// Which of the offered languages a browser asks for.
#pragma once
#include <string>
#include <string_view>
#include <vector>

namespace doorward::pages {

// Accept-Language (RFC 9110 12.5.4) by lookup (RFC 4647 3.4): de-CH-1901 finds de-CH, then de. The first offered where none fits.
std::string negotiate_locale(std::string_view accept_language, const std::vector<std::string>& offered);

}  // namespace doorward::pages
