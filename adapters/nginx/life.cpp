#include "nginx/life.hpp"

#include "nginx/log.hpp"
#include "nginx/settings.hpp"

#include <exception>
#include <string>

namespace doorward::nginx {
namespace {

std::string engine_path(const HttpConf& http) {
  return http.engine_path.len != 0
             ? std::string(view(http.engine_path))
             : embedding::installed_engine(&ngx_http_doorward_module, DOORWARD_ENGINE_FROM_MODULE,
                                           DOORWARD_ENGINE_PATH);
}

// The account of the workers, where this process is free to take it.
std::optional<embedding::Account> worker_account(ngx_cycle_t* cycle) {
  const auto* core = reinterpret_cast<ngx_core_conf_t*>(ngx_get_conf(cycle->conf_ctx, ngx_core_module));
  if (geteuid() != 0 || core->username == nullptr) {
    return std::nullopt;
  }
  return embedding::Account{static_cast<uid_t>(core->user), static_cast<gid_t>(core->group), core->username};
}

bool check(ngx_cycle_t* cycle, HttpConf& http) {
  const auto result = http.sites.check(engine_path(http), worker_account(cycle));
  for (const auto& line : result.log) {
    write_line(cycle->log, line.level, line.text);
  }
  write_faults(cycle->log, NGX_LOG_EMERG, result.faults);
  return result.faults.empty();
}

void report(ngx_cycle_t* cycle, const std::string& about, const std::exception& error) {
  write_faults(cycle->log, NGX_LOG_CRIT, embedding::faults_of(error));
  ngx_log_error(NGX_LOG_CRIT, cycle->log, 0,
                "doorward: no engine in this worker for %s: what is protected there answers 503",
                about.c_str());
}

bool is_worker() noexcept { return ngx_process == NGX_PROCESS_WORKER || ngx_process == NGX_PROCESS_SINGLE; }

}  // namespace

char* check_settings(ngx_cycle_t* cycle, void*) noexcept {
  auto* http = http_conf(cycle);
  if (http == nullptr || http->sites.empty()) {
    return NGX_CONF_OK;
  }
  try {
    return check(cycle, *http) ? NGX_CONF_OK : static_cast<char*>(NGX_CONF_ERROR);
  } catch (const std::exception& error) {
    ngx_log_error(NGX_LOG_EMERG, cycle->log, 0, "doorward: %s", error.what());
    return static_cast<char*>(NGX_CONF_ERROR);
  }
}

ngx_int_t start_engines(ngx_cycle_t* cycle) noexcept {
  auto* http = http_conf(cycle);
  if (!is_worker() || http == nullptr || http->sites.empty()) {
    return NGX_OK;  // the cache manager and loader are processes too
  }
  start_log(cycle);
  http->sites.start(
      engine_path(*http), engine_log(),
      [cycle](const std::string& about, const std::exception& error) { report(cycle, about, error); });
  return NGX_OK;
}

void stop_engines(ngx_cycle_t* cycle) noexcept {
  auto* http = http_conf(cycle);
  if (!is_worker() || http == nullptr) {
    return;
  }
  http->sites.stop();
  end_log();
}

}  // namespace doorward::nginx
