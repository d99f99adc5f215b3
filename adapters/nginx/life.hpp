// When the settings are checked, and when the engine comes and goes.
//
// Settings are checked in a forked child while nginx reads its configuration (nginx -t, start, reload), so a fault
// keeps the old configuration running. The engine itself is opened by each worker for itself; the master never
// loads it.
#pragma once
#include "nginx/nginx.hpp"

namespace doorward::nginx {

// [the master, configuration] init_conf of a core module: nginx.conf is read as a whole by then, `user` included,
// and an error is rolled back. (From init_module it would end the master.)
char* check_settings(ngx_cycle_t* cycle, void* conf) noexcept;

// [each process] Opens and starts the engines, in workers only. Always NGX_OK: nginx does not start a worker again
// that failed here, so a worker without an engine goes on and refuses what is protected.
ngx_int_t start_engines(ngx_cycle_t* cycle) noexcept;

// [each process] By now nginx's threads are gone.
void stop_engines(ngx_cycle_t* cycle) noexcept;

}  // namespace doorward::nginx
