// Lines for the host server's log. The caller gives no secrets; the border escapes control characters.
#pragma once
#include <string_view>

namespace doorward {

enum class Level { error, warning, info, debug };

class Log {  // any thread
 public:
  virtual ~Log() = default;
  virtual void write(Level level, std::string_view line) = 0;
  void error(std::string_view line) { write(Level::error, line); }
  void warning(std::string_view line) { write(Level::warning, line); }
  void info(std::string_view line) { write(Level::info, line); }
};

}  // namespace doorward
