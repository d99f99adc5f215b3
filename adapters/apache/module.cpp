// The module that Apache sees: its hooks, in the order of a request's life.
#include "apache/access.hpp"
#include "apache/life.hpp"
#include "apache/pages.hpp"
#include "apache/settings.hpp"

namespace doorward::apache {
namespace {

int begin(apr_pool_t* configuration, apr_pool_t*, apr_pool_t*) {
  begin_installation(configuration);
  return OK;
}

void register_hooks(apr_pool_t* pool) {
  static const char* const before[] = {"mod_rewrite.c", "mod_proxy.c", "mod_alias.c", nullptr};
  ap_hook_pre_config(begin, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
  ap_hook_check_config(check_settings, nullptr, nullptr, APR_HOOK_MIDDLE);
  ap_hook_child_init(start_engines, nullptr, nullptr, APR_HOOK_MIDDLE);

  ap_hook_post_read_request(clean_request, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
  ap_hook_translate_name(recognize_path, nullptr, before, APR_HOOK_REALLY_FIRST);
  ap_hook_map_to_storage(claim_path, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
  ap_hook_check_access_ex(pass_own_pages, nullptr, nullptr, APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
  ap_hook_check_authn(authenticate, nullptr, nullptr, APR_HOOK_MIDDLE, AP_AUTH_INTERNAL_PER_CONF);
  ap_hook_check_authz(authorize, nullptr, nullptr, APR_HOOK_REALLY_FIRST, AP_AUTH_INTERNAL_PER_CONF);
  ap_hook_fixups(tell_environment, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
  ap_hook_handler(serve_page, nullptr, nullptr, APR_HOOK_REALLY_FIRST);
  register_requirements(pool);
}

}  // namespace
}  // namespace doorward::apache

extern "C" {
module AP_MODULE_DECLARE_DATA
    __attribute__((visibility("default"))) doorward_module = {STANDARD20_MODULE_STUFF,
                                                              doorward::apache::create_place_conf,
                                                              doorward::apache::merge_place_conf,
                                                              doorward::apache::create_server_conf,
                                                              doorward::apache::merge_server_conf,
                                                              doorward::apache::commands,
                                                              doorward::apache::register_hooks,
                                                              0};
}
