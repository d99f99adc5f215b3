#include "nginx/request.hpp"

#include "embedding/text.hpp"

namespace doorward::nginx {
namespace {

doorward_text text(const ngx_str_t& s) noexcept { return embedding::text(view(s)); }

bool is_taken(const ngx_table_elt_t& header, const Visitor& visitor) noexcept {
  for (const auto* cookie = visitor.cookies; cookie != nullptr; cookie = cookie->next) {
    if (cookie->header == &header) {
      return true;
    }
  }
  return false;
}

// Cookie headers that hold Doorward's cookies stand last, as the client sent them and in the order in which it did: in that
// order they are read where it is asked who may pass, and two of one name must not be two people's.
bool describe_headers(ngx_http_request_t* r, const Visitor& visitor, doorward_request& request) noexcept {
  ngx_uint_t count = visitor.cookie_count;
  for (const auto* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
    count += part->nelts;
  }
  auto* pairs = static_cast<doorward_pair*>(ngx_palloc(r->pool, (count + 1) * sizeof(doorward_pair)));
  if (pairs == nullptr) {
    return false;
  }
  request.headers = pairs;
  for (const auto* part = &r->headers_in.headers.part; part != nullptr; part = part->next) {
    const auto* headers = static_cast<const ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      if (!is_taken(headers[i], visitor)) {
        *pairs++ = {text(headers[i].key), text(headers[i].value)};
      }
    }
  }
  for (const auto* cookie = visitor.cookies; cookie != nullptr; cookie = cookie->next) {
    *pairs++ = {embedding::text("Cookie"), cookie->value};
  }
  request.header_count = static_cast<size_t>(pairs - request.headers);
  return true;
}

}  // namespace

bool describe(ngx_http_request_t* r, const Visitor& visitor, doorward_request& request) noexcept {
  request = {};
  request.size = sizeof request;
  request.method = text(r->method_name);
  request.scheme = embedding::text(r->connection->ssl != nullptr ? "https" : "http");
  request.target = text(r->unparsed_uri);
  request.path = text(r->uri);
  request.query = text(r->args);
  request.client_address = text(r->connection->addr_text);
  return describe_headers(r, visitor, request);
}

}  // namespace doorward::nginx
