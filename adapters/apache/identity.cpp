#include "apache/identity.hpp"

#include "embedding/identity.hpp"

namespace doorward::apache {
namespace {

const char* fact_of(request_rec* r, const Visitor& visitor, int fact) {
  return copy(r->pool, embedding::told_text(visitor.site().engine->host(), visitor.identity(), fact));
}

}  // namespace

void tell(request_rec* r, const Visitor& visitor) {
  for (const auto& told : embedding::all_told) {
    const char* fact = fact_of(r, visitor, told.fact);
    if (*fact == '\0') {
      continue;
    }
    apr_table_setn(r->subprocess_env, told.variable, fact);
    if (place_of(r).headers == 1) {
      apr_table_setn(r->headers_in, told.header, fact);
    }
  }
}

void take_back(request_rec* r) {
  for (const auto& told : embedding::all_told) {
    apr_table_unset(r->subprocess_env, told.variable);
    apr_table_unset(r->headers_in, told.header);
  }
}

void set_user(request_rec* r, const Visitor& visitor) {
  const int fact = place_of(r).remote_user;
  r->user = const_cast<char*>(fact_of(r, visitor, fact < 0 ? DOORWARD_USER : fact));
  r->ap_auth_type = const_cast<char*>("Doorward");
}

}  // namespace doorward::apache
