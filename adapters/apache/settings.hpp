// What Apache's configuration says about Doorward: in all, per server, per place.
#pragma once
#include "apache/apache.hpp"

#include "embedding/sites.hpp"

namespace doorward::apache {

using embedding::Site;

// Of the whole configuration; made anew each time it is read.
struct Installation {
  std::string engine_path;  // DoorwardEngine; empty: the installed one
  embedding::Sites sites;
};

struct ServerConf {
  Site* site = nullptr;  // DoorwardConfig; null: Doorward is not in this server
};

struct PlaceConf {       // each: -1 where nothing was said
  int headers = -1;      // DoorwardHeaders
  int assertion = -1;    // DoorwardAssertion
  int remote_user = -1;  // DoorwardRemoteUser: a doorward_fact
};

// [configuration] The one that is being read; [later] the one that is in force.
Installation& installation() noexcept;
void begin_installation(apr_pool_t* configuration);

inline Site* site_of(const server_rec* server) noexcept {
  return static_cast<ServerConf*>(ap_get_module_config(server->module_config, &doorward_module))->site;
}
inline const PlaceConf& place_of(const request_rec* r) noexcept {
  return *static_cast<const PlaceConf*>(ap_get_module_config(r->per_dir_config, &doorward_module));
}

extern const command_rec commands[];

void* create_server_conf(apr_pool_t* pool, server_rec* server);
void* merge_server_conf(apr_pool_t* pool, void* base, void* more);
void* create_place_conf(apr_pool_t* pool, char* place);
void* merge_place_conf(apr_pool_t* pool, void* base, void* more);

}  // namespace doorward::apache
