#include "apache/request.hpp"

#include "embedding/text.hpp"

namespace doorward::apache {
namespace {

doorward_text text(const char* s) noexcept { return embedding::text(view(s)); }

// "/a%20b?x=1", also where the client sent "http://host/a%20b?x=1".
const char* target_of(request_rec* origin) {
  if (origin->unparsed_uri != nullptr && *origin->unparsed_uri == '/') {
    return origin->unparsed_uri;
  }
  return apr_uri_unparse(origin->pool, &origin->parsed_uri, APR_URI_UNP_OMITSITEPART);
}

}  // namespace

Described describe(request_rec* r, const Visitor& visitor) {
  Described described;
  request_rec* origin = origin_of(r);
  auto& request = described.request;
  request.size = sizeof request;
  request.method = text(r->main != nullptr ? r->method : origin->method);
  request.scheme = text(ap_http_scheme(r));
  request.target = text(target_of(origin));
  request.path = text(r->uri);
  request.query = text(r->args);
  request.client_address = text(r->useragent_ip);
  const auto* array = apr_table_elts(r->headers_in);
  const auto* sent = reinterpret_cast<const apr_table_entry_t*>(array->elts);
  for (int i = 0; i < array->nelts; ++i) {
    const bool rest = !visitor.cookies().empty() && ap_cstr_casecmp(sent[i].key, "Cookie") == 0;
    if (!rest) {
      described.headers.push_back({text(sent[i].key), text(sent[i].val)});
    }
  }
  for (const auto& cookie : visitor.cookies()) {
    described.headers.push_back({embedding::text("Cookie"), embedding::text(cookie)});
  }
  request.headers = described.headers.data();
  request.header_count = described.headers.size();
  return described;
}

}  // namespace doorward::apache
