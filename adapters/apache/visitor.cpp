#include "apache/visitor.hpp"

#include "apache/headers.hpp"
#include "apache/life.hpp"
#include "embedding/text.hpp"

namespace doorward::apache {

Visitor::~Visitor() { forget(); }

void Visitor::forget() noexcept {
  if (decision_.identity != nullptr) {
    site_.engine->host().release(decision_.identity);
    decision_.identity = nullptr;
  }
}

doorward_verdict Visitor::ask(const doorward_rule& rule) noexcept {
  forget();
  decision_.verdict = DOORWARD_BROKEN;
  const EngineCall call;
  if (!call.allowed() || site_.engine == nullptr) {
    return decision_.verdict;
  }
  try {
    std::vector<doorward_text> cookies;
    for (const auto& value : cookies_) {
      cookies.push_back(embedding::text(value));
    }
    const auto& host = site_.engine->host();
    auto status = host.check(site_.engine->handle(), cookies.data(), cookies.size(), &rule, &decision_);
    if (status == DOORWARD_OK && decision_.verdict == DOORWARD_ASK) {
      forget();
      status = host.resolve(site_.engine->handle(), cookies.data(), cookies.size(), &rule, &decision_);
    }
    if (status != DOORWARD_OK || decision_.verdict == DOORWARD_ASK ||
        decision_.verdict == DOORWARD_UNDECIDED) {
      decision_.verdict = DOORWARD_BROKEN;
    }
  } catch (...) {  // no memory
    decision_.verdict = DOORWARD_BROKEN;
  }
  return decision_.verdict;
}

request_rec* origin_of(request_rec* r) noexcept {
  while (r->main != nullptr || r->prev != nullptr) {
    r = r->main != nullptr ? r->main : r->prev;
  }
  return r;
}

Passage& passage_of(request_rec* r) {
  auto* passage = static_cast<Passage*>(ap_get_module_config(r->request_config, &doorward_module));
  if (passage != nullptr) {
    return *passage;
  }
  passage = make_in<Passage>(r->pool);
  if (auto* origin = origin_of(r); origin != r) {
    passage->visitor = passage_of(origin).visitor;
  } else if (const auto* site = site_of(r->server)) {
    passage->visitor = make_in<Visitor>(r->pool, *site);
    clean_headers(r, *passage->visitor);
  }
  ap_set_module_config(r->request_config, &doorward_module, passage);
  return *passage;
}

}  // namespace doorward::apache
