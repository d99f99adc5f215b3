/* The three tables by which nginx knows a dynamic module; nginx's own build would generate this file. */
#include <ngx_config.h>
#include <ngx_core.h>

extern ngx_module_t ngx_http_doorward_module;
extern ngx_module_t ngx_doorward_core_module;

#define EXPORTED __attribute__((visibility("default")))

EXPORTED ngx_module_t* ngx_modules[] = {&ngx_http_doorward_module, &ngx_doorward_core_module, NULL};

EXPORTED char* ngx_module_names[] = {(char*)"ngx_http_doorward_module", (char*)"ngx_doorward_core_module",
                                     NULL};

/* "Before these in nginx's list" means that our access handler runs after theirs: whoever is denied by address
 * or by Basic authentication is never sent to the sign-in page, and with "satisfy any" we have the last word. */
EXPORTED char* ngx_module_order[] = {(char*)"ngx_http_doorward_module", (char*)"ngx_http_auth_basic_module",
                                     (char*)"ngx_http_access_module", NULL};
