#include "nginx/settings.hpp"

#include "embedding/rule.hpp"
#include "embedding/text.hpp"
#include "nginx/pool.hpp"

namespace doorward::nginx {
namespace {

char* const conf_error = static_cast<char*>(NGX_CONF_ERROR);

template <typename T>
T* unset() noexcept {
  return static_cast<T*>(NGX_CONF_UNSET_PTR);
}

const ngx_str_t& argument(ngx_conf_t* cf, ngx_uint_t index) noexcept {
  return static_cast<ngx_str_t*>(cf->args->elts)[index];
}

HttpConf& main_conf(ngx_conf_t* cf) noexcept {
  return *static_cast<HttpConf*>(ngx_http_conf_get_module_main_conf(cf, ngx_http_doorward_module));
}

char* fault(ngx_conf_t* cf, const char* sentence, const ngx_str_t& about) noexcept {
  ngx_str_t shown = about;
  ngx_conf_log_error(NGX_LOG_EMERG, cf, 0, sentence, &shown);
  return conf_error;
}

// An absolute path, relative ones standing beside nginx.conf as everywhere in nginx.
bool absolute(ngx_conf_t* cf, const ngx_str_t& given, ngx_str_t& path) noexcept {
  path = given;
  return ngx_conf_full_name(cf->cycle, &path, 1) == NGX_OK;
}

char* set_config(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
  auto& server = *static_cast<ServerConf*>(conf);
  if (server.site != unset<Site>()) {
    return const_cast<char*>("is duplicate");
  }
  ngx_str_t path;
  if (argument(cf, 1).len == 0) {
    return fault(cf, "\"doorward_config\" needs the path of a doorward.yaml, not \"%V\"", argument(cf, 1));
  }
  if (!absolute(cf, argument(cf, 1), path)) {
    return conf_error;
  }
  try {
    server.site = main_conf(cf).sites.named(view(path));
  } catch (...) {
    return conf_error;
  }
  return NGX_CONF_OK;
}

char* set_engine(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
  auto& http = *static_cast<HttpConf*>(conf);
  if (http.engine_path.data != nullptr) {
    return const_cast<char*>("is duplicate");
  }
  if (argument(cf, 1).len == 0) {
    return fault(cf, "\"doorward_engine\" needs the path of libdoorward.so, not \"%V\"", argument(cf, 1));
  }
  return absolute(cf, argument(cf, 1), http.engine_path) ? NGX_CONF_OK : conf_error;
}

char* set_threads(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
  auto& http = *static_cast<HttpConf*>(conf);
  if (http.pool_name.data != nullptr) {
    return const_cast<char*>("is duplicate");
  }
  http.pool_name = argument(cf, 1);
  http.pool = ngx_thread_pool_add(cf, &http.pool_name);  // nginx itself refuses a name that stays undefined
  return http.pool == nullptr ? conf_error : NGX_CONF_OK;
}

// role=NAME, level=NUMBER and fresh=TIME behind `doorward required`.
char* read_parameter(ngx_conf_t* cf, const ngx_str_t& given, doorward_rule& rule) noexcept {
  const auto parameter = view(given);
  if (parameter.starts_with("role=")) {
    const auto role = parameter.substr(5);
    if (!embedding::is_role(role)) {
      return fault(cf, "\"%V\": a role is a name without spaces, commas and quotes", given);
    }
    if (rule.role.size != 0) {
      return fault(cf, "\"%V\": a location can ask for one role only", given);
    }
    rule.role = embedding::text(role);
    return NGX_CONF_OK;
  }
  if (parameter.starts_with("level=")) {
    const auto level = embedding::parse_level(parameter.substr(6));
    if (!level) {
      return fault(cf, "\"%V\": \"level\" is 1, any sign-in, or 2, with two factors", given);
    }
    if (rule.level != 0) {
      return fault(cf, "\"%V\": \"level\" is given twice", given);
    }
    rule.level = *level;
    return NGX_CONF_OK;
  }
  if (parameter.starts_with("fresh=")) {
    ngx_str_t time = {given.len - 6, given.data + 6};
    const ngx_int_t seconds = ngx_parse_time(&time, 1);
    if (seconds == NGX_ERROR || seconds <= 0 || seconds > NGX_MAX_INT32_VALUE) {
      return fault(cf, "\"%V\": \"fresh\" wants a time above zero, such as 15m or 1h30m", given);
    }
    if (rule.fresh_seconds != 0) {
      return fault(cf, "\"%V\": \"fresh\" is given twice", given);
    }
    rule.fresh_seconds = static_cast<std::uint32_t>(seconds);
    return NGX_CONF_OK;
  }
  return fault(
      cf, "unknown parameter \"%V\" of \"doorward\": it knows role=NAME, level=NUMBER and fresh=TIME", given);
}

char* set_doorward(ngx_conf_t* cf, ngx_command_t*, void* conf) noexcept {
  auto& location = *static_cast<LocationConf*>(conf);
  if (location.demand != unset<Demand>()) {
    return const_cast<char*>("is duplicate");
  }
  const auto mode = view(argument(cf, 1));
  if (mode != "off" && mode != "optional" && mode != "required") {
    return fault(cf, "\"doorward %V\": it must be \"off\", \"optional\" or \"required\"", argument(cf, 1));
  }
  if (mode != "required" && cf->args->nelts > 2) {
    return fault(cf, "parameters go with \"doorward required\", not with \"doorward %V\"", argument(cf, 1));
  }
  if (mode == "off") {
    location.demand = nullptr;
    return NGX_CONF_OK;
  }
  auto* demand = make_in<Demand>(cf->pool);
  if (demand == nullptr) {
    return conf_error;
  }
  demand->rule.size = sizeof demand->rule;
  demand->rule.required = mode == "required";
  if (cf->conf_file != nullptr) {
    demand->file = cf->conf_file->file.name;
    demand->line = cf->conf_file->line;
  }
  for (ngx_uint_t i = 2; i < cf->args->nelts; ++i) {
    if (read_parameter(cf, argument(cf, i), demand->rule) != NGX_CONF_OK) {
      return conf_error;
    }
  }
  location.demand = demand;
  return NGX_CONF_OK;
}

}  // namespace

ngx_command_t commands[] = {
    {ngx_string("doorward_engine"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, set_engine,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {ngx_string("doorward_threads"), NGX_HTTP_MAIN_CONF | NGX_CONF_TAKE1, set_threads,
     NGX_HTTP_MAIN_CONF_OFFSET, 0, nullptr},
    {ngx_string("doorward_config"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_CONF_TAKE1, set_config,
     NGX_HTTP_SRV_CONF_OFFSET, 0, nullptr},
    {ngx_string("doorward"), NGX_HTTP_MAIN_CONF | NGX_HTTP_SRV_CONF | NGX_HTTP_LOC_CONF | NGX_CONF_TAKE1234,
     set_doorward, NGX_HTTP_LOC_CONF_OFFSET, 0, nullptr},
    ngx_null_command};

HttpConf* http_conf(ngx_cycle_t* cycle) noexcept {
  return static_cast<HttpConf*>(ngx_http_cycle_get_module_main_conf(cycle, ngx_http_doorward_module));
}

void* create_http_conf(ngx_conf_t* cf) noexcept { return make_in<HttpConf>(cf->pool); }

void* create_server_conf(ngx_conf_t* cf) noexcept {
  auto* server = static_cast<ServerConf*>(ngx_palloc(cf->pool, sizeof(ServerConf)));
  if (server != nullptr) {
    server->site = unset<Site>();
  }
  return server;
}

char* merge_server_conf(ngx_conf_t*, void* parent, void* child) noexcept {
  auto& server = *static_cast<ServerConf*>(child);
  const auto& outer = *static_cast<ServerConf*>(parent);
  if (server.site == unset<Site>()) {
    server.site = outer.site == unset<Site>() ? nullptr : outer.site;
  }
  return NGX_CONF_OK;
}

void* create_location_conf(ngx_conf_t* cf) noexcept {
  auto* location = static_cast<LocationConf*>(ngx_palloc(cf->pool, sizeof(LocationConf)));
  if (location != nullptr) {
    location->demand = unset<Demand>();
  }
  return location;
}

char* merge_location_conf(ngx_conf_t* cf, void* parent, void* child) noexcept {
  auto& location = *static_cast<LocationConf*>(child);
  const auto& outer = *static_cast<LocationConf*>(parent);
  if (location.demand == unset<Demand>()) {
    location.demand = outer.demand == unset<Demand>() ? nullptr : outer.demand;
  }
  const auto& server =
      *static_cast<ServerConf*>(ngx_http_conf_get_module_srv_conf(cf, ngx_http_doorward_module));
  if (location.demand != nullptr && server.site == nullptr) {
    ngx_log_error(NGX_LOG_EMERG, cf->log, 0,
                  "\"doorward %s\" needs a \"doorward_config\" in its server or http block in %V:%ui",
                  location.demand->rule.required != 0 ? "required" : "optional", &location.demand->file,
                  location.demand->line);
    return conf_error;
  }
  return NGX_CONF_OK;
}

}  // namespace doorward::nginx
