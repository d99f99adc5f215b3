#include "apache/identity.hpp"

#include "apache/life.hpp"
#include "embedding/identity.hpp"

namespace doorward::apache {
namespace {

const char* fact_of(request_rec* r, const Visitor& visitor, int fact) {
  return copy(r->pool, embedding::told_text(visitor.site().engine->host(), visitor.identity(), fact));
}

void say(request_rec* r, const char* variable, const char* header, const char* text) {
  if (*text == '\0') {
    return;
  }
  apr_table_setn(r->subprocess_env, variable, text);
  if (place_of(r).headers == 1) {
    apr_table_setn(r->headers_in, header, copy(r->pool, embedding::header_text(text)));
  }
}

// Apache keeps the environment of an earlier place, renamed.
void forget(request_rec* r, const char* variable, const char* header) {
  apr_table_unset(r->subprocess_env, variable);
  apr_table_unset(r->subprocess_env, apr_pstrcat(r->pool, "REDIRECT_", variable, nullptr));
  apr_table_unset(r->headers_in, header);
}

const char* assertion_of(request_rec* r, const Visitor& visitor) {
  const EngineCall call;
  return call.allowed() ? copy(r->pool, embedding::assertion_text(*visitor.site().engine, visitor.identity()))
                        : "";
}

}  // namespace

void tell(request_rec* r, const Visitor& visitor) {
  take_back(r);
  for (const auto& told : embedding::all_told) {
    say(r, told.variable, told.header, fact_of(r, visitor, told.fact));
  }
  if (place_of(r).assertion == 1 && visitor.decision().verdict == DOORWARD_ALLOW) {
    say(r, embedding::assertion_variable, embedding::assertion_header, assertion_of(r, visitor));
  }
}

void take_back(request_rec* r) {
  for (const auto& told : embedding::all_told) {
    forget(r, told.variable, told.header);
  }
  forget(r, embedding::assertion_variable, embedding::assertion_header);
}

void set_user(request_rec* r, const Visitor& visitor) {
  const int fact = place_of(r).remote_user;
  r->user = const_cast<char*>(fact_of(r, visitor, fact < 0 ? DOORWARD_USER : fact));
  r->ap_auth_type = const_cast<char*>("Doorward");
}

}  // namespace doorward::apache
