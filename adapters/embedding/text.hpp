// The few lines between the border's borrowed text and C++'s.
#pragma once
#include <doorward/host.h>

#include <string_view>

namespace doorward::embedding {

inline std::string_view view(doorward_text text) noexcept {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}

inline doorward_text text(std::string_view view) noexcept { return {view.data(), view.size()}; }

}  // namespace doorward::embedding
