// The engine's lines in Apache's error log.
#pragma once
#include "apache/apache.hpp"

#include <doorward/host.h>

#include <string>
#include <vector>

namespace doorward::apache {

// [any thread]
void write_line(const server_rec* server, doorward_level level, std::string_view line) noexcept;
// At `level`, one line a fault.
void write_faults(const server_rec* server, int level, const std::vector<std::string>& faults) noexcept;

// What the engines of this process log with, to the log of `server`, which stays.
const doorward_log& engine_log(server_rec* server) noexcept;

}  // namespace doorward::apache
