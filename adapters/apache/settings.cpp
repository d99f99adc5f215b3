#include "apache/settings.hpp"

namespace doorward::apache {
namespace {

Installation* current = nullptr;

const char* set_engine(cmd_parms* cmd, void*, const char* given) {
  if (const char* wrong = ap_check_cmd_context(cmd, GLOBAL_ONLY)) {
    return wrong;
  }
  const char* path = ap_server_root_relative(cmd->pool, given);
  if (path == nullptr) {
    return "DoorwardEngine takes the path of libdoorward.so";
  }
  installation().engine_path = path;
  return nullptr;
}

const char* set_config(cmd_parms* cmd, void*, const char* given) {
  if (const char* wrong = ap_check_cmd_context(cmd, NOT_IN_DIR_CONTEXT)) {
    return wrong;
  }
  auto& server =
      *static_cast<ServerConf*>(ap_get_module_config(cmd->server->module_config, &doorward_module));
  if (server.site != nullptr) {
    return "DoorwardConfig stands twice in this server";
  }
  const char* path = ap_server_root_relative(cmd->pool, given);
  if (path == nullptr) {
    return "DoorwardConfig takes the path of a doorward.yaml";
  }
  server.site = installation().sites.named(path);
  return nullptr;
}

const char* set_headers(cmd_parms*, void* place, int on) {
  static_cast<PlaceConf*>(place)->headers = on != 0 ? 1 : 0;
  return nullptr;
}

const char* set_assertion(cmd_parms*, void* place, int on) {
  static_cast<PlaceConf*>(place)->assertion = on != 0 ? 1 : 0;
  return nullptr;
}

const char* set_remote_user(cmd_parms*, void* place, const char* given) {
  auto& fact = static_cast<PlaceConf*>(place)->remote_user;
  if (view(given) == "user") {
    fact = DOORWARD_USER;
  } else if (view(given) == "email") {
    fact = DOORWARD_EMAIL;
  } else {
    return "DoorwardRemoteUser takes \"user\", the account's id, which never changes, or \"email\"";
  }
  return nullptr;
}

// Apache's table has one type for functions of all kinds of arguments; void(*)() stands for any.
template <typename Function>
cmd_func as_command(Function* function) noexcept {
  return reinterpret_cast<cmd_func>(reinterpret_cast<void (*)()>(function));
}

}  // namespace

Installation& installation() noexcept { return *current; }

void begin_installation(apr_pool_t* configuration) { current = make_in<Installation>(configuration); }

const command_rec commands[] = {
    AP_INIT_TAKE1("DoorwardEngine", as_command(set_engine), nullptr, RSRC_CONF,
                  "path of libdoorward.so; the one that was installed with this module unless told"),
    AP_INIT_TAKE1("DoorwardConfig", as_command(set_config), nullptr, RSRC_CONF,
                  "path of this server's doorward.yaml"),
    AP_INIT_FLAG("DoorwardHeaders", as_command(set_headers), nullptr, ACCESS_CONF | RSRC_CONF,
                 "On: requests carry X-Doorward-User, -Email, -Name, ... to what is behind this place"),
    AP_INIT_FLAG(
        "DoorwardAssertion", as_command(set_assertion), nullptr, ACCESS_CONF | RSRC_CONF,
        "On: DOORWARD_ASSERTION, and with DoorwardHeaders X-Doorward-Assertion, say who it is, signed"),
    AP_INIT_TAKE1("DoorwardRemoteUser", as_command(set_remote_user), nullptr, ACCESS_CONF | RSRC_CONF,
                  "what REMOTE_USER is: user (the default) or email"),
    {nullptr, {nullptr}, nullptr, 0, RAW_ARGS, nullptr}};

void* create_server_conf(apr_pool_t* pool, server_rec*) { return make_in<ServerConf>(pool); }

void* merge_server_conf(apr_pool_t* pool, void* base, void* more) {
  auto* merged = make_in<ServerConf>(pool, *static_cast<ServerConf*>(more));
  if (merged->site == nullptr) {
    merged->site = static_cast<ServerConf*>(base)->site;
  }
  return merged;
}

void* create_place_conf(apr_pool_t* pool, char*) { return make_in<PlaceConf>(pool); }

void* merge_place_conf(apr_pool_t* pool, void* base, void* more) {
  const auto& outer = *static_cast<PlaceConf*>(base);
  auto* merged = make_in<PlaceConf>(pool, *static_cast<PlaceConf*>(more));
  if (merged->headers < 0) {
    merged->headers = outer.headers;
  }
  if (merged->assertion < 0) {
    merged->assertion = outer.assertion;
  }
  if (merged->remote_user < 0) {
    merged->remote_user = outer.remote_user;
  }
  return merged;
}

}  // namespace doorward::apache
