#include "apache/log.hpp"

#include "embedding/text.hpp"

namespace doorward::apache {

void write_line(const server_rec* server, doorward_level level, std::string_view line) noexcept {
  static constexpr int levels[] = {APLOG_ERR, APLOG_WARNING, APLOG_INFO, APLOG_DEBUG};
  const int shown = levels[level >= DOORWARD_ERROR && level <= DOORWARD_DEBUG ? level : DOORWARD_ERROR];
  ap_log_error(APLOG_MARK, shown, 0, server, "%.*s", static_cast<int>(line.size()), line.data());
}

void write_faults(const server_rec* server, int level, const std::vector<std::string>& faults) noexcept {
  for (const auto& fault : faults) {
    ap_log_error(APLOG_MARK, level, 0, server, "%s", fault.c_str());
  }
}

const doorward_log& engine_log(server_rec* server) noexcept {
  static doorward_log log{sizeof(doorward_log), nullptr,
                          [](void* self, doorward_level level, doorward_text line) {
                            write_line(static_cast<const server_rec*>(self), level, embedding::view(line));
                          }};
  log.self = server;
  return log;
}

}  // namespace doorward::apache
