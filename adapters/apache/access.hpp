// Who may pass: the hooks of authentication and authorization, and what `Require` learns to say.
//
// `AuthType Doorward` switches Doorward on for a place; whoever is signed in is told to what stands behind it. `Require`
// says who may pass, in all of Apache's combinations: valid-user, doorward-role, doorward-fresh, and `all granted` for
// everybody, signed in or not.
#pragma once
#include "apache/apache.hpp"
#include "apache/visitor.hpp"

namespace doorward::apache {

// OK: whoever sends this is signed in. Else the request is answered, its body read past, and this is what a handler or hook
// returns.
int require_somebody(request_rec* r, Visitor& visitor);

int clean_request(request_rec* r);     // post_read_request hook
int pass_own_pages(request_rec* r);    // access_checker_ex hook
int authenticate(request_rec* r);      // check_authn hook
int authorize(request_rec* r);         // check_authz hook
int tell_environment(request_rec* r);  // fixups hook

void register_requirements(apr_pool_t* pool);  // doorward-role, doorward-fresh

}  // namespace doorward::apache
