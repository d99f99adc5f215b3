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

// The whole body, or the status that its reading came to.
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
  char piece[HUGE_STRING_LEN];
  for (;;) {
    const long got = ap_get_client_block(r, piece, sizeof piece);
    if (got == 0) {
      return OK;
    }
    if (got < 0) {
      return HTTP_BAD_REQUEST;
    }
    body.append(piece, static_cast<std::size_t>(got));
    if (body.size() > max) {
      return HTTP_REQUEST_ENTITY_TOO_LARGE;
    }
  }
}

int answer(request_rec* r, const Passage& passage) {
  auto& visitor = *passage.visitor;
  std::string body;
  if (r->main == nullptr) {  // an include has none
    const auto& surface = *visitor.site().surface;
    // A file is held in memory while it comes, for whoever is signed in only.
    if (surface.takes_upload(view(passage.own_path)) && ap_request_has_body(r) != 0) {
      if (const int refused = require_somebody(r, visitor); refused != OK) {
        return refused;
      }
    }
    if (const int failed = read_body(r, surface.max_body(view(passage.own_path)), body); failed != OK) {
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
