// What nginx.conf says about Doorward: per http block, per server, per location.
#pragma once
#include "nginx/nginx.hpp"

#include "embedding/sites.hpp"

extern "C" ngx_module_t ngx_http_doorward_module;

namespace doorward::nginx {

using embedding::Site;

struct HttpConf {
  ngx_str_t engine_path{};  // doorward_engine
  ngx_str_t pool_name{};    // doorward_threads
  ngx_thread_pool_t* pool = nullptr;
  embedding::Sites sites;
};

struct ServerConf {
  Site* site;  // NGX_CONF_UNSET_PTR, or what doorward_config names; null: Doorward is not in this server
};

// `doorward required role=... fresh=...;` One object for all places that inherit it: the same pointer means
// the same question.
struct Demand {
  doorward_rule rule{};
  ngx_str_t file{};  // where in nginx.conf it stands
  ngx_uint_t line = 0;
};

struct LocationConf {
  Demand* demand;  // NGX_CONF_UNSET_PTR; null: off
};

inline HttpConf& http_conf(ngx_http_request_t* r) noexcept {
  return *static_cast<HttpConf*>(ngx_http_get_module_main_conf(r, ngx_http_doorward_module));
}
inline Site* site_of(ngx_http_request_t* r) noexcept {
  return static_cast<ServerConf*>(ngx_http_get_module_srv_conf(r, ngx_http_doorward_module))->site;
}
inline const Demand* demand_of(ngx_http_request_t* r) noexcept {
  return static_cast<LocationConf*>(ngx_http_get_module_loc_conf(r, ngx_http_doorward_module))->demand;
}

// The http block's settings of a cycle; null where nginx.conf has no http block.
HttpConf* http_conf(ngx_cycle_t* cycle) noexcept;

extern ngx_command_t commands[];

void* create_http_conf(ngx_conf_t* cf) noexcept;
void* create_server_conf(ngx_conf_t* cf) noexcept;
char* merge_server_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;
void* create_location_conf(ngx_conf_t* cf) noexcept;
char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept;

}  // namespace doorward::nginx
