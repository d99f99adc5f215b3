#include "nginx/access.hpp"

#include "embedding/rule.hpp"
#include "nginx/answer.hpp"
#include "nginx/headers.hpp"
#include "nginx/offload.hpp"
#include "nginx/pages.hpp"
#include "nginx/pool.hpp"
#include "nginx/request.hpp"

namespace doorward::nginx {
namespace {

using embedding::somebody;

constexpr auto unavailable =
    "Whether you may see this can't be told at the moment. Please try again shortly.\n";

// Asks the engine with the store's help, on a thread.
struct AskJob final : Offload {
  const Site* site = nullptr;
  const doorward_rule* rule = nullptr;
  Visitor* visitor = nullptr;
  const doorward_text* cookies = nullptr;
  doorward_text one{};
  size_t cookie_count = 0;
  doorward_decision decision{sizeof(doorward_decision), DOORWARD_UNDECIDED, nullptr};
  bool known = false;
  bool back = false;

  void work() noexcept override {
    const auto& engine = *site->engine;
    known = engine.host().resolve(engine.handle(), cookies, cookie_count, rule, &decision) == DOORWARD_OK;
  }

  void finished() noexcept override {
    if (!known || decision.verdict == DOORWARD_ASK) {
      decision.verdict = DOORWARD_BROKEN;
    }
    keep(request, *visitor, *site, *rule, decision);
    back = true;
  }
};

// A request that waits for a thread is woken only by it; other events of its connection bring it here too early.
bool still_asking(ngx_http_request_t* r) noexcept {
  for (const auto* cleanup = r->pool->cleanup; cleanup != nullptr; cleanup = cleanup->next) {
    if (cleanup->handler == destroy_in_pool<AskJob>) {
      const auto& job = *static_cast<AskJob*>(cleanup->data);
      if (job.request == r && !job.back) {
        return true;
      }
    }
  }
  return false;
}

bool ask(ngx_http_request_t* r, Visitor& visitor, const Site& site, const doorward_rule& rule) noexcept {
  auto* job = make_in<AskJob>(r->pool);
  if (job == nullptr) {
    return false;
  }
  job->site = &site;
  job->rule = &rule;
  job->visitor = &visitor;
  job->cookie_count = visitor.cookie_count;
  job->cookies = cookie_values(r->pool, visitor, job->one);
  if (job->cookies == nullptr && job->cookie_count != 0) {
    return false;
  }
  return start_on_thread(r, *job);
}

// The verdict, or DOORWARD_ASK while a thread finds it out.
doorward_verdict find_out(ngx_http_request_t* r, Visitor& visitor, const Site& site,
                          const doorward_rule& rule) noexcept {
  if (r->aio && still_asking(r)) {
    return DOORWARD_ASK;
  }
  const auto verdict = decide(r, visitor, site, rule);
  if (verdict != DOORWARD_ASK) {
    return verdict;
  }
  return ask(r, visitor, site, rule) ? DOORWARD_ASK : DOORWARD_BROKEN;
}

ngx_int_t refuse_broken(ngx_http_request_t* r) noexcept {
  send_plain(r, NGX_HTTP_SERVICE_UNAVAILABLE, unavailable);
  return NGX_DONE;
}

// The engine's own words for somebody who may not pass.
ngx_int_t refuse(ngx_http_request_t* r, const Visitor& visitor, const Site& site, const doorward_rule& rule,
                 doorward_verdict verdict) noexcept {
  if (const auto rc = discard_body(r); rc != NGX_OK) {
    return rc;
  }
  doorward_request request;
  if (site.engine == nullptr || !describe(r, visitor, request)) {
    return refuse_broken(r);
  }
  doorward_decision decision = visitor.decision;
  if (visitor.asked != &rule || decision.verdict != verdict) {
    decision = {sizeof decision, verdict, nullptr};
  }
  DirectAnswer answer(r);
  const auto sink = answer.sink();
  if (site.engine->host().refuse(site.engine->handle(), &request, &rule, &decision, &sink) != DOORWARD_OK ||
      !answer.usable()) {
    return refuse_broken(r);
  }
  answer.send();
  return NGX_DONE;
}

// A file that a page takes waits on the disk while it comes: of somebody who is signed in only.
ngx_int_t require_sender(ngx_http_request_t* r, const Site& site) noexcept {
  const auto& head = r->headers_in;
  const bool has_body = head.content_length_n > 0 || head.chunked != 0;
  if (r != r->main || !has_body || !site.surface->takes_upload(view(r->uri))) {
    return NGX_OK;
  }
  auto* visitor = visitor_of(r);
  if (visitor == nullptr) {
    return NGX_HTTP_INTERNAL_SERVER_ERROR;
  }
  const auto verdict = find_out(r, *visitor, site, somebody);
  if (verdict == DOORWARD_ASK) {
    return NGX_AGAIN;
  }
  return verdict == DOORWARD_ALLOW ? NGX_OK : refuse(r, *visitor, site, somebody, verdict);
}

// For an include, a mirror or an auth_request there is nobody to be sent to a sign-in page.
ngx_uint_t bare_status(doorward_verdict verdict) noexcept {
  switch (verdict) {
    case DOORWARD_SIGN_IN:
    case DOORWARD_STEP_UP: return NGX_HTTP_UNAUTHORIZED;
    case DOORWARD_FORBID: return NGX_HTTP_FORBIDDEN;
    default: return NGX_HTTP_SERVICE_UNAVAILABLE;
  }
}

}  // namespace

ngx_int_t check_subrequest(ngx_http_request_t* r) noexcept {
  const auto* site = site_of(r);
  if (site == nullptr) {
    return NGX_DECLINED;
  }
  if (r->internal && find_visitor(r) == nullptr) {
    // A request that failed before the post-read phase comes here by an error_page with all of its headers.
    if (const auto rc = clean_headers(r->main); rc != NGX_DECLINED) {
      return rc;
    }
  }
  const auto* demand = demand_of(r);
  if (r == r->main || demand == nullptr || site->surface->owns(view(r->uri))) {
    return NGX_DECLINED;
  }
  auto* visitor = visitor_of(r);
  if (visitor == nullptr) {
    return NGX_ERROR;
  }
  const auto verdict = find_out(r, *visitor, *site, demand->rule);
  if (verdict == DOORWARD_ASK) {
    return NGX_AGAIN;
  }
  if (verdict == DOORWARD_ALLOW || demand->rule.required == 0) {
    return NGX_DECLINED;
  }
  send_empty(r, bare_status(verdict));
  return NGX_DONE;
}

ngx_int_t check_request(ngx_http_request_t* r) noexcept {
  const auto* demand = demand_of(r);
  const auto* site = site_of(r);
  if (demand == nullptr || site == nullptr) {
    return NGX_DECLINED;
  }
  const bool required = demand->rule.required != 0;
  if (site->surface->owns(view(r->uri))) {
    return required ? NGX_OK : NGX_DECLINED;  // its pages ask for themselves
  }
  auto* visitor = visitor_of(r);
  if (visitor == nullptr) {
    return NGX_HTTP_INTERNAL_SERVER_ERROR;
  }
  const auto verdict = find_out(r, *visitor, *site, demand->rule);
  if (verdict == DOORWARD_ASK) {
    return NGX_AGAIN;
  }
  if (!required) {
    return NGX_DECLINED;
  }
  return verdict == DOORWARD_ALLOW ? NGX_OK : refuse(r, *visitor, *site, demand->rule, verdict);
}

ngx_int_t take_over_own_paths(ngx_http_request_t* r) noexcept {
  const auto* site = site_of(r);
  if (site == nullptr || !site->surface->owns(view(r->uri))) {
    return NGX_DECLINED;
  }
  if (r != r->main && r->method != NGX_HTTP_GET) {
    return NGX_DECLINED;  // an include only shows
  }
  if (const auto rc = require_sender(r, *site); rc != NGX_OK) {
    return rc;
  }
  // NGX_OK goes on to the content phase at once, past try_files and mirror.
  return take_over(r, *site) ? NGX_OK : NGX_HTTP_INTERNAL_SERVER_ERROR;
}

}  // namespace doorward::nginx
