#include "plugin_host/services.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"

namespace doorward::plugin_host {

Services::Services(Log& log, const Clock& clock)
    : log_(log),
      time_(clock),
      clock_{sizeof(doorward_clock), this, &Services::now},
      table_{sizeof(doorward_services), this, &Services::write, &Services::find} {}

void Services::write(void* self, doorward_level level, doorward_text line) noexcept {
  try {
    const auto known = static_cast<Level>(std::clamp<int>(level, DOORWARD_ERROR, DOORWARD_DEBUG));
    const std::string_view text =
        line.size == 0 ? std::string_view() : std::string_view(line.data, line.size);
    static_cast<Services*>(self)->log_.write(known, escape_line(text));
  } catch (...) {  // out of memory: a line less is the smaller harm, and there is nobody to tell
  }
}

const void* Services::find(void* self, const char* id) noexcept {
  return std::strcmp(id, "clock/1") == 0 ? &static_cast<Services*>(self)->clock_ : nullptr;
}

std::int64_t Services::now(void* self) noexcept {
  return to_microseconds(static_cast<Services*>(self)->time_.now());
}

}  // namespace doorward::plugin_host
