#include "apache/life.hpp"

#include "apache/log.hpp"
#include "apache/settings.hpp"

#include <unixd.h>

#include <atomic>

namespace doorward::apache {
namespace {

std::atomic<int> calls{0};
std::atomic<bool> ending{false};

std::string engine_path() {
  const auto& told = installation().engine_path;
  return !told.empty() ? told
                       : embedding::installed_engine(&doorward_module, DOORWARD_ENGINE_FROM_MODULE,
                                                     DOORWARD_ENGINE_PATH);
}

// The account of the children, where this process is free to take it.
std::optional<embedding::Account> child_account() {
  if (geteuid() != 0 || ap_unixd_config.user_name == nullptr) {
    return std::nullopt;
  }
  return embedding::Account{ap_unixd_config.user_id, ap_unixd_config.group_id, ap_unixd_config.user_name};
}

bool is_checked_now() {
  return ap_state_query(AP_SQ_MAIN_STATE) != AP_SQ_MS_CREATE_PRE_CONFIG ||
         ap_state_query(AP_SQ_RUN_MODE) == AP_SQ_RM_CONFIG_TEST;
}

// A trailer comes after the client's headers were cleaned.
bool keeps_trailers_apart(server_rec* main) {
  bool all = true;
  for (auto* server = main; server != nullptr; server = server->next) {
    const auto* core =
        static_cast<const core_server_config*>(ap_get_core_module_config(server->module_config));
    if (site_of(server) != nullptr && core->merge_trailers == AP_MERGE_TRAILERS_ENABLE) {
      ap_log_error(
          APLOG_MARK, APLOG_EMERG, 0, server,
          "MergeTrailers must be Off in a server with DoorwardConfig: a trailer could say who somebody is");
      all = false;
    }
  }
  return all;
}

apr_status_t stop_engines(void*) {
  ending = true;
  if (calls == 0) {
    installation().sites.stop();
  }
  return APR_SUCCESS;
}

}  // namespace

int check_settings(apr_pool_t*, apr_pool_t*, apr_pool_t*, server_rec* server) {
  if (installation().sites.empty() || !is_checked_now()) {
    return OK;
  }
  if (!keeps_trailers_apart(server)) {
    return HTTP_INTERNAL_SERVER_ERROR;
  }
  try {
    const auto result = installation().sites.check(engine_path(), child_account());
    for (const auto& line : result.log) {
      write_line(server, line.level, line.text);
    }
    write_faults(server, APLOG_EMERG, result.faults);
    return result.faults.empty() ? OK : HTTP_INTERNAL_SERVER_ERROR;
  } catch (const std::exception& error) {
    ap_log_error(APLOG_MARK, APLOG_EMERG, 0, server, "%s", error.what());
    return HTTP_INTERNAL_SERVER_ERROR;
  }
}

void start_engines(apr_pool_t* child, server_rec* server) {
  if (installation().sites.empty()) {
    return;
  }
  installation().sites.start(
      engine_path(), engine_log(server), [server](const std::string& about, const std::exception& error) {
        write_faults(server, APLOG_CRIT, embedding::faults_of(error));
        ap_log_error(APLOG_MARK, APLOG_CRIT, 0, server,
                     "no engine in this process for %s: what is protected there answers 503", about.c_str());
      });
  apr_pool_cleanup_register(child, nullptr, stop_engines, apr_pool_cleanup_null);
}

EngineCall::EngineCall() noexcept {
  ++calls;
  allowed_ = !ending;  // after the count: either this sees the end, or the end sees this
}

EngineCall::~EngineCall() { --calls; }

}  // namespace doorward::apache
