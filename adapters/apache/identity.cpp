#include "apache/identity.hpp"

#include "embedding/text.hpp"

namespace doorward::apache {
namespace {

struct Told {
  const char* variable;
  const char* header;
  int fact;  // a doorward_fact; -1: the moment of signing in
};

constexpr Told all_told[] = {
    {"DOORWARD_USER", "X-Doorward-User", DOORWARD_USER},
    {"DOORWARD_EMAIL", "X-Doorward-Email", DOORWARD_EMAIL},
    {"DOORWARD_NAME", "X-Doorward-Name", DOORWARD_NAME},
    {"DOORWARD_ROLES", "X-Doorward-Roles", DOORWARD_ROLES},
    {"DOORWARD_SESSION", "X-Doorward-Session", DOORWARD_SESSION},
    {"DOORWARD_LOCALE", "X-Doorward-Locale", DOORWARD_LOCALE},
    {"DOORWARD_METHODS", "X-Doorward-Methods", DOORWARD_METHODS},
    {"DOORWARD_AUTHENTICATED_AT", "X-Doorward-Authenticated-At", -1},
};

const char* fact_of(request_rec* r, const Visitor& visitor, int fact) {
  const auto& host = visitor.site().engine->host();
  if (fact >= 0) {
    return copy(r->pool, embedding::view(host.fact(visitor.identity(), static_cast<doorward_fact>(fact))));
  }
  return apr_psprintf(r->pool, "%" APR_INT64_T_FMT,
                      host.moment(visitor.identity(), DOORWARD_AUTHENTICATED_AT) / 1'000'000);
}

}  // namespace

void tell(request_rec* r, const Visitor& visitor) {
  for (const auto& told : all_told) {
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
  for (const auto& told : all_told) {
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
