#include "apache/access.hpp"

#include "apache/answer.hpp"
#include "apache/identity.hpp"
#include "apache/life.hpp"
#include "apache/request.hpp"
#include "embedding/rule.hpp"

namespace doorward::apache {
namespace {

using embedding::somebody;

constexpr std::string_view unavailable =
    "Whether you may see this can't be told at the moment. Please try again shortly.\n";

constexpr doorward_rule anybody{sizeof(doorward_rule), 0, 0, {nullptr, 0}, 0};

bool is_ours(request_rec* r) {
  const char* type = ap_auth_type(r);
  return type != nullptr && ap_cstr_casecmp(type, "Doorward") == 0;
}

// While this stands, Apache's own hooks are asked and ours keep out.
class AskingApache {
 public:
  explicit AskingApache(Passage& passage) : passage_(passage) { passage_.is_asking_apache = true; }
  ~AskingApache() { passage_.is_asking_apache = false; }
  AskingApache(const AskingApache&) = delete;
  AskingApache& operator=(const AskingApache&) = delete;

 private:
  Passage& passage_;
};

void introduce(request_rec* r, const Visitor& visitor) {
  tell(r, visitor);
  set_user(r, visitor);
  passage_of(r).is_told = true;
}

// For an include or a look-up there is nobody to be sent to a sign-in page.
int bare_status(doorward_verdict verdict) noexcept {
  switch (verdict) {
    case DOORWARD_SIGN_IN:
    case DOORWARD_STEP_UP: return HTTP_UNAUTHORIZED;
    case DOORWARD_FORBID: return HTTP_FORBIDDEN;
    default: return HTTP_SERVICE_UNAVAILABLE;
  }
}

bool collect_refusal(request_rec* r, const Visitor& visitor, const doorward_rule& rule,
                     doorward_verdict verdict, embedding::Answer& answer) {
  const EngineCall call;
  const auto* engine = visitor.site().engine.get();
  if (engine == nullptr || !call.allowed()) {
    return false;
  }
  auto described = describe(r, visitor);
  doorward_decision decision = visitor.decision();
  decision.verdict = verdict;
  const auto sink = answer.sink();
  return engine->host().refuse(engine->handle(), &described.request, &rule, &decision, &sink) ==
             DOORWARD_OK &&
         answer.usable();
}

// The engine's own words for somebody who may not pass. The request is answered by then.
int refuse(request_rec* r, const Visitor& visitor, const doorward_rule& rule, doorward_verdict verdict) {
  if (r->main != nullptr) {
    return bare_status(verdict);
  }
  if (const int failed = discard_body(r, bare_status(verdict)); failed != OK) {
    return failed;
  }
  embedding::Answer answer;
  const bool worded = collect_refusal(r, visitor, rule, verdict, answer);
  ap_run_insert_error_filter(r);  // `Header always`
  if (worded) {
    send(r, answer);
  } else {
    send_plain(r, HTTP_SERVICE_UNAVAILABLE, unavailable);
  }
  return DONE;
}

}  // namespace

int require_somebody(request_rec* r, Visitor& visitor) {
  const auto verdict = visitor.ask(somebody);
  if (verdict == DOORWARD_ALLOW && visitor.identity() != nullptr) {
    return OK;
  }
  return refuse(r, visitor, somebody, verdict == DOORWARD_ALLOW ? DOORWARD_BROKEN : verdict);
}

int clean_request(request_rec* r) {
  try {
    passage_of(r);
    return DECLINED;
  } catch (const std::exception&) {
    return HTTP_INTERNAL_SERVER_ERROR;
  }
}

int pass_own_pages(request_rec* r) {
  auto& passage = passage_of(r);
  if (passage.own_path == nullptr || !is_ours(r) || passage.is_asking_apache) {
    return DECLINED;
  }
  // Its pages ask for themselves; what Apache refuses whoever it is (an address, a host) stays refused.
  const AskingApache asking(passage);
  const int status = ap_run_access_checker_ex(r);
  return status == DECLINED ? OK : status;
}

int authenticate(request_rec* r) {
  if (!is_ours(r)) {
    return DECLINED;
  }
  auto* visitor = passage_of(r).visitor;
  if (visitor == nullptr) {
    ap_log_rerror(APLOG_MARK, APLOG_ERR, 0, r, "AuthType Doorward needs a DoorwardConfig in its server");
    return HTTP_INTERNAL_SERVER_ERROR;
  }
  if (const int refused = require_somebody(r, *visitor); refused != OK) {
    return refused;
  }
  introduce(r, *visitor);
  return OK;
}

int authorize(request_rec* r) {
  auto& passage = passage_of(r);
  if (!is_ours(r) || passage.visitor == nullptr || passage.is_asking_apache) {
    return DECLINED;
  }
  const AskingApache asking(passage);
  const int status = ap_run_auth_checker(r);
  if (status != HTTP_UNAUTHORIZED && status != HTTP_FORBIDDEN) {
    return status;
  }
  // Would the same person pass after confirming who they are? Then that is asked for, else it is forbidden.
  if (passage.stale == nullptr) {
    return refuse(r, *passage.visitor, somebody, DOORWARD_FORBID);
  }
  passage.assumes_fresh = true;
  const bool would_pass = ap_run_auth_checker(r) == OK;
  passage.assumes_fresh = false;
  return refuse(r, *passage.visitor, *passage.stale, would_pass ? DOORWARD_STEP_UP : DOORWARD_FORBID);
}

int tell_environment(request_rec* r) {
  auto& passage = passage_of(r);
  auto* visitor = passage.visitor;
  if (visitor == nullptr || passage.own_path != nullptr || passage.is_told) {
    return DECLINED;
  }
  if (!is_ours(r)) {
    if (visitor->was_asked()) {  // by the place that this request was redirected from
      take_back(r);
    }
    return DECLINED;
  }
  if (!visitor->was_asked()) {
    visitor->ask(anybody);
  }
  if (visitor->identity() != nullptr) {
    introduce(r, *visitor);
  }
  return DECLINED;
}

}  // namespace doorward::apache
