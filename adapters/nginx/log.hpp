// The engine's log lines on their way to nginx's error log.
//
// nginx's log functions belong to the event loop: with syslog or a memory buffer as the target they are not safe on
// another thread. So the engine's threads put their lines into a queue, and an eventfd wakes the loop to write them.
#pragma once
#include "nginx/nginx.hpp"

#include "embedding/engine.hpp"
#include "embedding/log_queue.hpp"

namespace doorward::nginx {

// [a worker] From now on engine_log() writes to the cycle's log. Without an eventfd, lines of other threads wait for
// the worker's end.
void start_log(ngx_cycle_t* cycle) noexcept;
// [a worker, after the engines are closed] Writes what is left.
void end_log() noexcept;
const doorward_log& engine_log() noexcept;

void write_line(ngx_log_t* log, doorward_level level, std::string_view line) noexcept;
void write_faults(ngx_log_t* log, ngx_uint_t level, const std::vector<std::string>& faults) noexcept;

}  // namespace doorward::nginx
