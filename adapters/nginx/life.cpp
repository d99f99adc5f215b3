#include "nginx/life.hpp"

#include "embedding/check.hpp"
#include "nginx/log.hpp"
#include "nginx/settings.hpp"

#include <dlfcn.h>

#include <exception>
#include <filesystem>

namespace doorward::nginx {
namespace {

// Where the engine was installed with this module, whatever prefix it was given at the installation; else where
// it was meant to be when it was built. nginx reaches its folder of modules through a link.
std::string installed_engine() {
  Dl_info module{};
  if (dladdr(&ngx_http_doorward_module, &module) != 0 && module.dli_fname != nullptr) {
    std::error_code unknown;
    const auto file = std::filesystem::canonical(module.dli_fname, unknown);
    const auto engine = (file.parent_path() / DOORWARD_ENGINE_FROM_MODULE).lexically_normal();
    if (!unknown && std::filesystem::exists(engine, unknown)) {
      return engine.string();
    }
  }
  return DOORWARD_ENGINE_PATH;
}

std::string engine_path(const HttpConf& http) {
  return http.engine_path.len == 0 ? installed_engine() : std::string(view(http.engine_path));
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
  embedding::CheckOrder order;
  order.library = engine_path(http);
  order.run_as = worker_account(cycle);
  for (const auto& site : http.sites) {
    order.yaml_paths.push_back(site->yaml_path);
  }
  const auto result = embedding::check_in_child(order);
  for (const auto& line : result.log) {
    write_line(cycle->log, line.level, line.text);
  }
  write_faults(cycle->log, NGX_LOG_EMERG, result.faults);
  if (!result.faults.empty() || result.surfaces.size() != http.sites.size()) {
    return false;
  }
  for (std::size_t i = 0; i < http.sites.size(); ++i) {
    http.sites[i]->checked = result.surfaces[i];
  }
  return true;
}

void start(const doorward_host& host, Site& site) {
  auto engine = std::make_unique<embedding::Engine>(host, site.yaml_path, engine_log());
  site.own = embedding::Surface(engine->surface());
  engine->start();
  site.surface = &site.own;
  site.engine = std::move(engine);
}

void report(ngx_cycle_t* cycle, const char* about, const std::exception& error) noexcept {
  if (const auto* failure = dynamic_cast<const embedding::EngineFailure*>(&error)) {
    write_faults(cycle->log, NGX_LOG_CRIT, failure->faults());
  } else {
    ngx_log_error(NGX_LOG_CRIT, cycle->log, 0, "doorward: %s", error.what());
  }
  ngx_log_error(NGX_LOG_CRIT, cycle->log, 0,
                "doorward: no engine in this worker for %s: what is protected there answers 503", about);
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
  try {
    const embedding::EngineLibrary library(engine_path(*http));
    for (const auto& site : http->sites) {
      try {
        start(library.host(), *site);
      } catch (const std::exception& error) {
        report(cycle, site->yaml_path.c_str(), error);
      }
    }
  } catch (const std::exception& error) {
    report(cycle, "any site", error);
  }
  return NGX_OK;
}

void stop_engines(ngx_cycle_t* cycle) noexcept {
  auto* http = http_conf(cycle);
  if (!is_worker() || http == nullptr) {
    return;
  }
  for (const auto& site : http->sites) {
    site->engine.reset();
  }
  end_log();
}

}  // namespace doorward::nginx
