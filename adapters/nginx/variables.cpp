#include "nginx/variables.hpp"

#include "nginx/visitor.hpp"

#include <cstddef>

namespace doorward::nginx {
namespace {

// The visitor's identity as the place where the variable is used may know it: nobody's in an `off` location.
// Null: nobody. `certain` is false where only a thread could tell; the access phase asks one.
const doorward_identity* identity_for(ngx_http_request_t* r, bool& certain) noexcept {
  certain = true;
  const auto* demand = demand_of(r);
  const auto* site = site_of(r);
  if (demand == nullptr || site == nullptr) {
    return nullptr;
  }
  auto* visitor = visitor_of(r);
  if (visitor == nullptr) {
    return nullptr;
  }
  certain = decide(r, *visitor, *site, demand->rule) != DOORWARD_ASK;
  return certain && visitor->asked == &demand->rule ? visitor->decision.identity : nullptr;
}

void absent(ngx_http_variable_value_t& value, bool certain) noexcept {
  // Neither valid nor "not found" is read as empty, and asked again the next time.
  value.valid = 0;
  value.not_found = certain;
  value.no_cacheable = 1;
  value.escape = 0;
  value.len = 0;
  value.data = bytes("");
}

void present(ngx_http_variable_value_t& value, u_char* data, size_t size) noexcept {
  value.valid = 1;
  value.not_found = 0;
  value.no_cacheable = 1;
  value.escape = 0;
  value.len = static_cast<unsigned>(size) & 0xfffffff;
  value.data = data;
}

ngx_int_t text_of(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t offset) {
  bool certain = true;
  const auto* identity = identity_for(r, certain);
  if (identity == nullptr) {
    absent(*value, certain);
    return NGX_OK;
  }
  const auto& text = *reinterpret_cast<const doorward_text*>(reinterpret_cast<const char*>(identity) + offset);
  present(*value, bytes(text.data), text.size);
  return NGX_OK;
}

ngx_int_t time_of(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t) {
  bool certain = true;
  const auto* identity = identity_for(r, certain);
  if (identity == nullptr) {
    absent(*value, certain);
    return NGX_OK;
  }
  auto* digits = static_cast<u_char*>(ngx_pnalloc(r->pool, NGX_INT64_LEN));
  if (digits == nullptr) {
    return NGX_ERROR;
  }
  const auto* end = ngx_sprintf(digits, "%L", identity->authenticated_at / 1'000'000);
  present(*value, digits, static_cast<size_t>(end - digits));
  return NGX_OK;
}

struct Variable {
  const char* name;
  ngx_http_get_variable_pt get;
  uintptr_t offset;
};

constexpr Variable variables[] = {
    {"doorward_user", text_of, offsetof(doorward_identity, user)},
    {"doorward_email", text_of, offsetof(doorward_identity, email)},
    {"doorward_name", text_of, offsetof(doorward_identity, name)},
    {"doorward_roles", text_of, offsetof(doorward_identity, roles)},
    {"doorward_session", text_of, offsetof(doorward_identity, session)},
    {"doorward_locale", text_of, offsetof(doorward_identity, locale)},
    {"doorward_methods", text_of, offsetof(doorward_identity, methods)},
    {"doorward_authenticated_at", time_of, 0},
};

}  // namespace

ngx_int_t add_variables(ngx_conf_t* cf) noexcept {
  for (const auto& variable : variables) {
    auto name = as_ngx(variable.name);
    // One request may go through places that may know the visitor and places that may not.
    auto* added = ngx_http_add_variable(cf, &name, NGX_HTTP_VAR_NOCACHEABLE);
    if (added == nullptr) {
      return NGX_ERROR;
    }
    added->get_handler = variable.get;
    added->data = variable.offset;
  }
  return NGX_OK;
}

}  // namespace doorward::nginx
