#include "nginx/variables.hpp"

#include "embedding/identity.hpp"
#include "embedding/text.hpp"
#include "nginx/visitor.hpp"

namespace doorward::nginx {
namespace {

// The visitor's identity as the place where the variable is used may know it: nobody's in an `off` location.
// No identity: nobody. `certain` is false where only a thread could tell; the access phase asks one.
struct Known {
  const doorward_host* host = nullptr;
  const doorward_identity* identity = nullptr;
  bool passes = false;
  bool certain = true;
};

Known known_to(ngx_http_request_t* r) noexcept {
  Known known;
  const auto* demand = demand_of(r);
  const auto* site = site_of(r);
  if (demand == nullptr || site == nullptr) {
    return known;
  }
  auto* visitor = visitor_of(r);
  if (visitor == nullptr) {
    return known;
  }
  known.certain = decide(r, *visitor, *site, demand->rule) != DOORWARD_ASK;
  if (known.certain && visitor->asked == &demand->rule) {
    known.host = visitor->host;
    known.identity = visitor->decision.identity;
    known.passes = visitor->decision.verdict == DOORWARD_ALLOW;
  }
  return known;
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

ngx_int_t present_copy(ngx_http_request_t* r, ngx_http_variable_value_t& value,
                       std::string_view text) noexcept {
  if (text.empty()) {
    return NGX_OK;
  }
  auto* copy = static_cast<u_char*>(ngx_pnalloc(r->pool, text.size()));
  if (copy == nullptr) {
    return NGX_ERROR;
  }
  ngx_memcpy(copy, text.data(), text.size());
  present(value, copy, text.size());
  return NGX_OK;
}

ngx_int_t text_of(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t fact) {
  const auto known = known_to(r);
  if (known.identity == nullptr) {
    absent(*value, known.certain);
    return NGX_OK;
  }
  const auto text = known.host->fact(known.identity, static_cast<doorward_fact>(fact));
  present(*value, bytes(text.data), text.size);
  return NGX_OK;
}

// What a variable is used for isn't known here, so a name that is to be a header's value is a variable of its own.
ngx_int_t header_of(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t fact) {
  const auto known = known_to(r);
  absent(*value, known.certain);
  if (known.identity == nullptr) {
    return NGX_OK;
  }
  try {
    const auto text = embedding::header_text(
        embedding::view(known.host->fact(known.identity, static_cast<doorward_fact>(fact))));
    return present_copy(r, *value, text);
  } catch (...) {  // no memory
    return NGX_ERROR;
  }
}

ngx_int_t time_of(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t moment) {
  const auto known = known_to(r);
  if (known.identity == nullptr) {
    absent(*value, known.certain);
    return NGX_OK;
  }
  auto* digits = static_cast<u_char*>(ngx_pnalloc(r->pool, NGX_INT64_LEN));
  if (digits == nullptr) {
    return NGX_ERROR;
  }
  const auto* end = ngx_sprintf(
      digits, "%L", known.host->moment(known.identity, static_cast<doorward_moment>(moment)) / 1'000'000);
  present(*value, digits, static_cast<size_t>(end - digits));
  return NGX_OK;
}

// Made when it is read, so a place that doesn't read it pays nothing. Somebody whom the rule doesn't let pass gets none, even
// where something else (`satisfy any`) lets them.
ngx_int_t assertion_of(ngx_http_request_t* r, ngx_http_variable_value_t* value, uintptr_t) {
  const auto known = known_to(r);
  absent(*value, known.certain);
  if (known.identity == nullptr || !known.passes) {
    return NGX_OK;
  }
  try {
    return present_copy(r, *value, embedding::assertion_text(*site_of(r)->engine, known.identity));
  } catch (...) {  // no memory
    return NGX_ERROR;
  }
}

struct Variable {
  const char* name;
  ngx_http_get_variable_pt get;
  uintptr_t which;
};

constexpr Variable variables[] = {
    {"doorward_user", text_of, DOORWARD_USER},
    {"doorward_email", text_of, DOORWARD_EMAIL},
    {"doorward_name", text_of, DOORWARD_NAME},
    {"doorward_name_encoded", header_of, DOORWARD_NAME},
    {"doorward_roles", text_of, DOORWARD_ROLES},
    {"doorward_session", text_of, DOORWARD_SESSION},
    {"doorward_locale", text_of, DOORWARD_LOCALE},
    {"doorward_methods", text_of, DOORWARD_METHODS},
    {"doorward_time_zone", text_of, DOORWARD_TIME_ZONE},
    {"doorward_phone", text_of, DOORWARD_PHONE},
    {"doorward_picture", text_of, DOORWARD_PICTURE},
    {"doorward_notifications", text_of, DOORWARD_NOTIFICATIONS},
    {"doorward_clock", text_of, DOORWARD_CLOCK},
    {"doorward_mac_format", text_of, DOORWARD_MAC_FORMAT},
    {"doorward_theme", text_of, DOORWARD_THEME},
    {"doorward_authenticated_at", time_of, DOORWARD_AUTHENTICATED_AT},
    {"doorward_assertion", assertion_of, 0},
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
    added->data = variable.which;
  }
  return NGX_OK;
}

}  // namespace doorward::nginx
