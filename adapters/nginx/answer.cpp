#include "nginx/answer.hpp"

#include "embedding/text.hpp"

#include <cstring>

namespace doorward::nginx {
namespace {

using embedding::view;
using namespace std::string_view_literals;

bool same(std::string_view name, std::string_view lower_case) noexcept {
  return name.size() == lower_case.size() && ngx_tolower(name.front()) == lower_case.front() &&
         ngx_strncasecmp(bytes(name.data()), bytes(lower_case.data()), name.size()) == 0;
}

// Nothing of what another module or an upstream prepared goes out with our answer's own.
void begin(ngx_http_request_t* r) noexcept {
  ngx_http_clear_content_length(r);
  ngx_http_clear_accept_ranges(r);
  ngx_http_clear_last_modified(r);
  ngx_http_clear_location(r);
  ngx_http_clear_etag(r);
  auto& out = r->headers_out;
#if nginx_version >= 1023000
  for (auto* challenge = out.www_authenticate; challenge != nullptr; challenge = challenge->next) {
    challenge->hash = 0;
  }
#else
  if (out.www_authenticate != nullptr) {
    out.www_authenticate->hash = 0;
  }
#endif
  out.www_authenticate = nullptr;
  if (out.content_encoding != nullptr) {
    out.content_encoding->hash = 0;
    out.content_encoding = nullptr;
  }
  out.content_type = {};
  out.content_type_len = 0;
  out.content_type_lowcase = nullptr;
  out.charset = {};
}

// For answers that stand for a failed one: not even its first headers go out.
void begin_anew(ngx_http_request_t* r) noexcept {
  begin(r);
  for (auto* part = &r->headers_out.headers.part; part != nullptr; part = part->next) {
    auto* headers = static_cast<ngx_table_elt_t*>(part->elts);
    for (ngx_uint_t i = 0; i < part->nelts; ++i) {
      headers[i].hash = 0;
    }
  }
  r->headers_out.date = nullptr;
  r->headers_out.server = nullptr;
}

// "text/html; charset=utf-8": nginx keeps the type's length and the charset by themselves, as of an upstream's.
void set_content_type(ngx_http_request_t* r, std::string_view value) noexcept {
  auto& out = r->headers_out;
  out.content_type = as_ngx(value);
  const auto end = value.find(';');
  out.content_type_len = end == std::string_view::npos ? value.size() : end;
  if (const auto charset = value.find("charset="); charset != std::string_view::npos) {
    out.charset = as_ngx(value.substr(charset + 8));
  }
}

// A page that is not to be stored holds tokens and names; compressed together with something a stranger can
// choose, its length would tell about them (BREACH).
void leave_uncompressed(ngx_http_request_t* r) noexcept {
#if (NGX_HTTP_GZIP || NGX_COMPAT)
  r->gzip_tested = 1;
  r->gzip_ok = 0;
#else
  static_cast<void>(r);
#endif
}

bool add_header(ngx_http_request_t* r, std::string_view name, std::string_view value) noexcept {
  if (same(name, "content-type"sv)) {
    set_content_type(r, value);
    return true;
  }
  // nginx writes these itself, from what it really does with the connection.
  for (const auto own : {"content-length"sv, "connection"sv, "keep-alive"sv, "transfer-encoding"sv}) {
    if (same(name, own)) {
      return true;
    }
  }
  auto* header = static_cast<ngx_table_elt_t*>(ngx_list_push(&r->headers_out.headers));
  if (header == nullptr) {
    return false;
  }
  ngx_memzero(header, sizeof *header);
  header->hash = 1;
  header->key = as_ngx(name);
  header->value = as_ngx(value);
  auto& out = r->headers_out;
  if (same(name, "date")) {
    out.date = header;
  } else if (same(name, "server")) {
    out.server = header;
  } else if (same(name, "etag")) {
    out.etag = header;
  } else if (same(name, "last-modified")) {
    out.last_modified = header;
  } else if (same(name, "www-authenticate")) {
    out.www_authenticate = header;
  } else if (same(name, "content-encoding")) {
    out.content_encoding = header;
  } else if (same(name, "cache-control") && value.find("no-store") != std::string_view::npos) {
    leave_uncompressed(r);
  }
  return true;
}

void finish(ngx_http_request_t* r, ngx_uint_t status, ngx_chain_t* body) noexcept {
  auto& out = r->headers_out;
  out.status = status;
  out.status_line = {};
  r->err_status = 0;            // an error_page that led here doesn't put its status on our answer
  r->disable_not_modified = 1;  // the engine has seen the conditions and answered them
  off_t length = 0;
  ngx_chain_t* last = nullptr;
  for (auto* link = body; link != nullptr; link = link->next) {
    length += ngx_buf_size(link->buf);
    last = link;
  }
  if (status != NGX_HTTP_NO_CONTENT && status != NGX_HTTP_NOT_MODIFIED) {
    out.content_length_n = length;
  }
  ngx_int_t rc = ngx_http_send_header(r);
  if (rc == NGX_OK && !r->header_only) {
    if (last == nullptr) {
      rc = ngx_http_send_special(r, NGX_HTTP_LAST);
    } else {
      last->buf->last_buf = r == r->main;
      last->buf->last_in_chain = 1;
      rc = ngx_http_output_filter(r, body);
    }
  }
  ngx_http_finalize_request(r, rc);
}

ngx_chain_t* link_to(ngx_http_request_t* r, std::string_view memory) noexcept {
  ngx_chain_t* link = ngx_alloc_chain_link(r->pool);
  auto* buffer = static_cast<ngx_buf_t*>(ngx_calloc_buf(r->pool));
  if (link == nullptr || buffer == nullptr) {
    return nullptr;
  }
  buffer->memory = 1;
  buffer->pos = bytes(memory.data());
  buffer->last = buffer->pos + memory.size();
  link->buf = buffer;
  link->next = nullptr;
  return link;
}

}  // namespace

void send(ngx_http_request_t* r, const embedding::Answer& answer) noexcept {
  begin(r);
  ngx_chain_t* body = answer.body().empty() ? nullptr : link_to(r, answer.body());
  bool complete = answer.body().empty() || body != nullptr;
  for (const auto& [name, value] : answer.headers()) {
    complete = complete && add_header(r, name, value);
  }
  if (!complete) {
    ngx_http_finalize_request(r, NGX_ERROR);
    return;
  }
  finish(r, static_cast<ngx_uint_t>(answer.status()), body);
}

ngx_int_t discard_body(ngx_http_request_t* r) noexcept {
  if (r->headers_in.expect != nullptr && r->expect_tested == 0) {
    r->expect_tested = 1;
    r->keepalive = 0;  // it may come all the same, or the next request in its place
  }
  return ngx_http_discard_request_body(r);
}

void send_plain(ngx_http_request_t* r, ngx_uint_t status, const char* line) noexcept {
  begin_anew(r);
  ngx_chain_t* body = link_to(r, line);
  bool complete = body != nullptr && add_header(r, "Content-Type", "text/plain; charset=utf-8") &&
                  add_header(r, "Cache-Control", "no-store");
  if (status == NGX_HTTP_SERVICE_UNAVAILABLE) {
    complete = complete && add_header(r, "Retry-After", "5");
  }
  if (!complete) {
    ngx_http_finalize_request(r, NGX_ERROR);
    return;
  }
  finish(r, status, body);
}

void send_empty(ngx_http_request_t* r, ngx_uint_t status) noexcept {
  begin_anew(r);
  finish(r, status, nullptr);
}

DirectAnswer::DirectAnswer(ngx_http_request_t* r) noexcept : r_(r) { begin(r); }

doorward_response DirectAnswer::sink() noexcept {
  doorward_response response{};
  response.size = sizeof response;
  response.self = this;
  response.status = [](void* self, int code) {
    auto& answer = *static_cast<DirectAnswer*>(self);
    answer.broken_ = answer.broken_ || answer.status_ != 0 || code < 200 || code > 599;
    answer.status_ = static_cast<ngx_uint_t>(code);
  };
  response.header = [](void* self, doorward_text name, doorward_text value) {
    auto& answer = *static_cast<DirectAnswer*>(self);
    auto* copy = static_cast<char*>(ngx_pnalloc(answer.r_->pool, name.size + value.size));
    if (copy == nullptr || !embedding::sendable_header(view(name), view(value))) {
      answer.broken_ = true;
      return;
    }
    std::memcpy(copy, name.data, name.size);
    std::memcpy(copy + name.size, view(value).data(), value.size);
    answer.broken_ =
        !add_header(answer.r_, {copy, name.size}, {copy + name.size, value.size}) || answer.broken_;
  };
  response.body = [](void* self, doorward_text chunk) {
    auto& answer = *static_cast<DirectAnswer*>(self);
    if (chunk.size == 0) {
      return;
    }
    auto* copy = static_cast<char*>(ngx_pnalloc(answer.r_->pool, chunk.size));
    ngx_chain_t* link = copy == nullptr ? nullptr : link_to(answer.r_, {copy, chunk.size});
    if (link == nullptr) {
      answer.broken_ = true;
      return;
    }
    std::memcpy(copy, chunk.data, chunk.size);
    *answer.end_ = link;
    answer.end_ = &link->next;
  };
  return response;
}

void DirectAnswer::send() noexcept { finish(r_, status_, body_); }

}  // namespace doorward::nginx
