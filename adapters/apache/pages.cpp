#include "apache/pages.hpp"

#include "apache/access.hpp"
#include "apache/answer.hpp"
#include "apache/life.hpp"
#include "apache/request.hpp"
#include "embedding/text.hpp"

namespace doorward::apache {
namespace {

constexpr std::string_view unavailable =
    "The accounts service is not available at the moment. Please try again shortly.\n";

// Adds what came to the body.
apr_status_t take(apr_bucket_brigade* brigade, std::string& body, bool& ended) {
  for (auto* bucket = APR_BRIGADE_FIRST(brigade); !ended && bucket != APR_BRIGADE_SENTINEL(brigade);
       bucket = APR_BUCKET_NEXT(bucket)) {
    ended = APR_BUCKET_IS_EOS(bucket);
    if (APR_BUCKET_IS_METADATA(bucket)) {
      continue;
    }
    const char* data = nullptr;
    apr_size_t size = 0;
    if (const auto failed = apr_bucket_read(bucket, &data, &size, APR_BLOCK_READ); failed != APR_SUCCESS) {
      return failed;
    }
    body.append(data, size);
  }
  return APR_SUCCESS;
}

// The whole body, or the status that its reading came to: AP_FILTER_ERROR where a filter has answered already.
int read_body(request_rec* r, std::uint64_t max, std::string& body) {
  if (const int failed = ap_setup_client_block(r, REQUEST_CHUNKED_DECHUNK); failed != OK) {
    return failed;
  }
  if (r->remaining > 0 && static_cast<std::uint64_t>(r->remaining) > max) {
    return HTTP_REQUEST_ENTITY_TOO_LARGE;
  }
  if (ap_should_client_block(r) == 0) {
    return OK;
  }
  auto* brigade = apr_brigade_create(r->pool, r->connection->bucket_alloc);
  for (bool ended = false; !ended;) {
    auto got = ap_get_brigade(r->input_filters, brigade, AP_MODE_READBYTES, APR_BLOCK_READ, HUGE_STRING_LEN);
    if (got == APR_SUCCESS) {
      got = take(brigade, body, ended);
    }
    if (got != APR_SUCCESS) {
      r->connection->keepalive = AP_CONN_CLOSE;
      return ap_map_http_request_error(got, HTTP_BAD_REQUEST);
    }
    apr_brigade_cleanup(brigade);
    if (body.size() > max) {
      return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
  }
  return OK;
}

// A file is held in memory while it comes, for whoever is signed in only. One that is too long isn't: the engine has words for
// it, and needs none of its bytes.
int read_file(request_rec* r, Visitor& visitor, std::uint64_t max, std::string& body) {
  if (ap_request_has_body(r) != 0) {
    if (const int refused = require_somebody(r, visitor); refused != OK) {
      return refused;
    }
  }
  const int failed = read_body(r, max, body);
  if (failed != HTTP_REQUEST_ENTITY_TOO_LARGE || r->remaining <= 0) {
    return failed;
  }
  return discard_body(r, HTTP_UNPROCESSABLE_ENTITY);
}

int answer(request_rec* r, const Passage& passage) {
  auto& visitor = *passage.visitor;
  std::string body;
  if (r->main == nullptr) {  // an include has none
    const auto& surface = *visitor.site().surface;
    const auto path = view(passage.own_path);
    const auto max = surface.max_body(path);
    const int failed =
        surface.takes_upload(path) ? read_file(r, visitor, max, body) : read_body(r, max, body);
    if (failed != OK) {
      return failed;
    }
  }
  const EngineCall call;
  const auto* engine = visitor.site().engine.get();
  if (engine == nullptr || !call.allowed()) {
    send_plain(r, HTTP_SERVICE_UNAVAILABLE, unavailable);
    return OK;
  }
  auto described = describe(r, visitor);
  described.request.path = embedding::text(view(passage.own_path));
  described.request.body = embedding::text(body);
  embedding::Answer answer;
  const auto sink = answer.sink();
  if (engine->host().handle(engine->handle(), &described.request, &sink) != DOORWARD_OK || !answer.usable()) {
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "the engine did not answer");
    send_plain(r, HTTP_SERVICE_UNAVAILABLE, unavailable);
    return OK;
  }
  send(r, answer);
  return OK;
}

}  // namespace

int recognize_path(request_rec* r) {
  try {
    auto& passage = passage_of(r);
    const auto* visitor = passage.visitor;
    const bool may_be = r->main == nullptr || r->method_number == M_GET;  // an include only shows
    if (visitor != nullptr && may_be && visitor->site().surface->owns(view(r->uri))) {
      passage.own_path = r->uri;
    }
    return DECLINED;
  } catch (const std::exception&) {
    return HTTP_INTERNAL_SERVER_ERROR;
  }
}

int claim_path(request_rec* r) {
  if (const int failed = recognize_path(r); failed != DECLINED) {  // again: it may have been rewritten
    return failed;
  }
  const char* path = passage_of(r).own_path;
  if (path == nullptr) {
    return DECLINED;
  }
  r->filename = apr_pstrcat(r->pool, "doorward:", path, nullptr);
  r->handler = "doorward";  // else FallbackResource takes what is no file
  r->proxyreq = PROXYREQ_NONE;
  return OK;
}

int serve_page(request_rec* r) {
  try {
    auto& passage = passage_of(r);
    return passage.own_path != nullptr ? answer(r, passage) : DECLINED;
  } catch (const std::exception& error) {
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "%s", error.what());
    return HTTP_INTERNAL_SERVER_ERROR;
  }
}

}  // namespace doorward::apache
