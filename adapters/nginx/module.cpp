// The two modules that nginx sees: an HTTP module with the directives, variables and handlers, and a core module
// whose only purpose is to check the settings once nginx.conf is read.
#include "nginx/access.hpp"
#include "nginx/headers.hpp"
#include "nginx/life.hpp"
#include "nginx/settings.hpp"
#include "nginx/variables.hpp"

namespace doorward::nginx {
namespace {

bool add_handler(ngx_http_core_main_conf_t& core, ngx_http_phases phase,
                 ngx_http_handler_pt handler) noexcept {
  auto* place = static_cast<ngx_http_handler_pt*>(ngx_array_push(&core.phases[phase].handlers));
  if (place == nullptr) {
    return false;
  }
  *place = handler;
  return true;
}

// A configuration without a doorward_config gets no handler, and no request pays for the module.
ngx_int_t add_handlers(ngx_conf_t* cf) {
  auto& http = *static_cast<HttpConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_doorward_module));
  if (http.sites.empty()) {
    return NGX_OK;
  }
  if (http.pool == nullptr) {
    http.pool = ngx_thread_pool_add(cf, nullptr);  // nginx's "default" pool
  }
  auto& core =
      *static_cast<ngx_http_core_main_conf_t*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_core_module));
  const bool added = http.pool != nullptr && add_handler(core, NGX_HTTP_POST_READ_PHASE, clean_headers) &&
                     add_handler(core, NGX_HTTP_PREACCESS_PHASE, check_subrequest) &&
                     add_handler(core, NGX_HTTP_ACCESS_PHASE, check_request) &&
                     add_handler(core, NGX_HTTP_PRECONTENT_PHASE, take_over_own_paths);
  return added ? NGX_OK : NGX_ERROR;
}

ngx_http_module_t http_context = {
    add_variables,       // preconfiguration
    add_handlers,        // postconfiguration
    create_http_conf,    // create main configuration
    nullptr,             // init main configuration
    create_server_conf,  // create server configuration
    merge_server_conf,   // merge server configuration
    create_location_conf,
    merge_location_conf,
};

ngx_core_module_t core_context = {ngx_string("doorward_core"), nullptr, check_settings};

ngx_command_t no_commands[] = {ngx_null_command};

}  // namespace
}  // namespace doorward::nginx

extern "C" {
extern ngx_module_t ngx_doorward_core_module;

ngx_module_t ngx_http_doorward_module = {NGX_MODULE_V1,
                                         &doorward::nginx::http_context,
                                         doorward::nginx::commands,
                                         NGX_HTTP_MODULE,
                                         nullptr,                         // init master
                                         nullptr,                         // init module
                                         doorward::nginx::start_engines,  // init process
                                         nullptr,                         // init thread
                                         nullptr,                         // exit thread
                                         doorward::nginx::stop_engines,   // exit process
                                         nullptr,                         // exit master
                                         NGX_MODULE_V1_PADDING};

ngx_module_t ngx_doorward_core_module = {NGX_MODULE_V1,
                                         &doorward::nginx::core_context,
                                         doorward::nginx::no_commands,
                                         NGX_CORE_MODULE,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         nullptr,
                                         NGX_MODULE_V1_PADDING};
}
