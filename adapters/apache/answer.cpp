#include "apache/answer.hpp"

#include <utility>

namespace doorward::apache {
namespace {

bool same(std::string_view name, const char* other) noexcept {
  return name.size() == view(other).size() && ap_cstr_casecmpn(name.data(), other, name.size()) == 0;
}

// Nothing of what another module prepared goes out with our answer's own.
void begin(request_rec* r, int status) {
  apr_table_clear(r->headers_out);
  r->status = status;
  // Apache takes a status that it has no words for as a failure of the module.
  r->status_line = ap_index_of_response(status) == ap_index_of_response(HTTP_INTERNAL_SERVER_ERROR)
                       ? apr_psprintf(r->pool, "%d Status %d", status, status)
                       : nullptr;
  r->content_encoding = nullptr;
  r->content_languages = nullptr;
  r->no_local_copy = 1;  // the engine has seen the conditions and answered them
  // Nor is a part of its answer one. An include's request has the headers of the page's, which is Apache's.
  if (r->main == nullptr) {
    for (const char* part : {"Range", "Request-Range", "If-Range"}) {
      apr_table_unset(r->headers_in, part);
    }
  }
  ap_set_content_type(r, nullptr);
}

void add_header(request_rec* r, std::string_view name, std::string_view value) {
  if (same(name, "Content-Type")) {
    ap_set_content_type(r, copy(r->pool, value));
    return;
  }
  // Apache writes these itself, from what it really does with the connection.
  for (const char* own :
       {"Content-Length", "Connection", "Keep-Alive", "Transfer-Encoding", "Date", "Server"}) {
    if (same(name, own)) {
      return;
    }
  }
  if (same(name, "Cache-Control") && value.find("no-store") != std::string_view::npos) {
    // Such a page holds tokens and names; compressed together with something a stranger can choose, its length would
    // tell about them (BREACH).
    apr_table_setn(r->subprocess_env, "no-gzip", "1");
    apr_table_setn(r->subprocess_env, "no-brotli", "1");
  }
  apr_table_addn(r->headers_out, copy(r->pool, name), copy(r->pool, value));
}

void finish(request_rec* r, std::string_view body) {
  if (r->status == HTTP_NO_CONTENT || r->status == HTTP_NOT_MODIFIED) {
    return;
  }
  ap_set_content_length(r, static_cast<apr_off_t>(body.size()));
  ap_rwrite(copy(r->pool, body), static_cast<int>(body.size()), r);
}

}  // namespace

int discard_body(request_rec* r, int status) {
  const int before = std::exchange(r->status, status);
  const int failed = ap_discard_request_body(r);
  r->status = before;
  return failed;
}

void send(request_rec* r, const embedding::Answer& answer) {
  begin(r, answer.status());
  for (const auto& [name, value] : answer.headers()) {
    add_header(r, name, value);
  }
  finish(r, answer.body());
}

void send_plain(request_rec* r, int status, std::string_view text) {
  begin(r, status);
  ap_set_content_type(r, "text/plain; charset=utf-8");
  apr_table_setn(r->headers_out, "Cache-Control", "no-store");
  if (status == HTTP_SERVICE_UNAVAILABLE) {
    apr_table_setn(r->headers_out, "Retry-After", "5");
  }
  finish(r, text);
}

}  // namespace doorward::apache
