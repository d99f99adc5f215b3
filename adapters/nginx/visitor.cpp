#include "nginx/visitor.hpp"

namespace doorward::nginx {
namespace {

void release(void* data) {
  auto& visitor = *static_cast<Visitor*>(data);
  if (visitor.host == nullptr) {
    return;
  }
  visitor.host->release(visitor.decision.identity);
  for (const auto* held = visitor.earlier; held != nullptr; held = held->next) {
    visitor.host->release(held->identity);
  }
}

}  // namespace

Visitor* find_visitor(ngx_http_request_t* r) noexcept {
  ngx_http_request_t* main = r->main;
  auto* visitor = static_cast<Visitor*>(ngx_http_get_module_ctx(main, ngx_http_doorward_module));
  if (visitor != nullptr || (!main->internal && main == r)) {
    return visitor;
  }
  for (auto* cleanup = main->pool->cleanup; cleanup != nullptr; cleanup = cleanup->next) {
    if (cleanup->handler == release) {
      ngx_http_set_ctx(main, static_cast<Visitor*>(cleanup->data), ngx_http_doorward_module);
      return static_cast<Visitor*>(cleanup->data);
    }
  }
  return nullptr;
}

Visitor* visitor_of(ngx_http_request_t* r) noexcept {
  if (auto* visitor = find_visitor(r)) {
    return visitor;
  }
  ngx_pool_cleanup_t* cleanup = ngx_pool_cleanup_add(r->main->pool, sizeof(Visitor));
  if (cleanup == nullptr) {
    return nullptr;
  }
  auto* visitor = static_cast<Visitor*>(cleanup->data);
  ngx_memzero(visitor, sizeof *visitor);
  cleanup->handler = release;
  ngx_http_set_ctx(r->main, visitor, ngx_http_doorward_module);
  return visitor;
}

const doorward_text* cookie_values(ngx_pool_t* pool, const Visitor& visitor, doorward_text& one) noexcept {
  if (visitor.cookie_count == 1) {
    one = visitor.cookies->value;
    return &one;
  }
  if (visitor.cookie_count == 0) {
    return nullptr;
  }
  auto* values = static_cast<doorward_text*>(ngx_palloc(pool, visitor.cookie_count * sizeof(doorward_text)));
  if (values != nullptr) {
    ngx_uint_t i = 0;
    for (const auto* cookie = visitor.cookies; cookie != nullptr; cookie = cookie->next) {
      values[i++] = cookie->value;
    }
  }
  return values;
}

void keep(ngx_http_request_t* r, Visitor& visitor, const Site& site, const doorward_rule& rule,
          const doorward_decision& decision) noexcept {
  if (visitor.decision.identity != nullptr) {
    if (visitor.decision.identity == decision.identity) {
      visitor.host->release(decision.identity);  // held once already
    } else if (auto* held = static_cast<HeldIdentity*>(ngx_palloc(r->main->pool, sizeof(HeldIdentity)))) {
      *held = {visitor.decision.identity, visitor.earlier};
      visitor.earlier = held;
    }
    // Without memory for the note the earlier identity stays held for ever: safe, and rarer than rare.
  }
  visitor.host = &site.engine->host();
  visitor.decision = decision;
  visitor.asked = &rule;
}

doorward_verdict decide(ngx_http_request_t* r, Visitor& visitor, const Site& site,
                        const doorward_rule& rule) noexcept {
  if (visitor.asked == &rule) {
    return visitor.decision.verdict;
  }
  if (site.engine == nullptr) {
    return DOORWARD_BROKEN;
  }
  doorward_text one;
  const auto* cookies = cookie_values(r->main->pool, visitor, one);
  if (cookies == nullptr && visitor.cookie_count != 0) {
    return DOORWARD_BROKEN;
  }
  doorward_decision decision{sizeof(doorward_decision), DOORWARD_UNDECIDED, nullptr};
  const auto& host = site.engine->host();
  if (host.check(site.engine->handle(), cookies, visitor.cookie_count, &rule, &decision) != DOORWARD_OK) {
    host.release(decision.identity);
    return DOORWARD_BROKEN;
  }
  if (decision.verdict == DOORWARD_ASK) {
    host.release(decision.identity);
    return DOORWARD_ASK;
  }
  keep(r, visitor, site, rule, decision);
  return decision.verdict;
}

}  // namespace doorward::nginx
