// `Require doorward-role`, `Require doorward-level` and `Require doorward-fresh`.
#include "apache/access.hpp"
#include "apache/visitor.hpp"
#include "embedding/rule.hpp"
#include "embedding/text.hpp"

#include <mod_auth.h>

namespace doorward::apache {
namespace {

using Rules = std::vector<doorward_rule>;

// The role names of `Require doorward-role editor administrator`: one of them will do.
const char* parse_role(cmd_parms* cmd, const char* line, const void** parsed) {
  auto* rules = make_in<Rules>(cmd->pool);
  while (*line != '\0') {
    const char* role = ap_getword_conf(cmd->pool, &line);
    if (!embedding::is_role(view(role))) {
      return apr_psprintf(cmd->pool,
                          "Require doorward-role: \"%s\": a role is a name without spaces, commas and quotes",
                          role);
    }
    rules->push_back({sizeof(doorward_rule), 1, 0, embedding::text(role), 0});
  }
  *parsed = rules;
  return rules->empty() ? "Require doorward-role takes the name of a role, or several of which one will do"
                        : nullptr;
}

const char* parse_fresh(cmd_parms* cmd, const char* line, const void** parsed) {
  const char* time = ap_getword_conf(cmd->pool, &line);
  const auto seconds = embedding::parse_fresh(view(time));
  if (!seconds || *line != '\0') {
    return "Require doorward-fresh takes a duration up to 24h such as 90s, 15m or 1h";
  }
  auto* rules = make_in<Rules>(cmd->pool);
  rules->push_back({sizeof(doorward_rule), 1, *seconds, {nullptr, 0}, 0});
  *parsed = rules;
  return nullptr;
}

const char* parse_level(cmd_parms* cmd, const char* line, const void** parsed) {
  const char* number = ap_getword_conf(cmd->pool, &line);
  const auto level = embedding::parse_level(view(number));
  if (!level || *line != '\0') {
    return "Require doorward-level takes 1, any sign-in, or 2, one with two factors";
  }
  auto* rules = make_in<Rules>(cmd->pool);
  rules->push_back({sizeof(doorward_rule), 1, 0, {nullptr, 0}, *level});
  *parsed = rules;
  return nullptr;
}

bool can_judge(request_rec* r, const Visitor* visitor) {
  const char* type = ap_auth_type(r);
  if (visitor == nullptr || type == nullptr || ap_cstr_casecmp(type, "Doorward") != 0) {
    ap_log_rerror(
        APLOG_MARK, APLOG_ERR, 0, r,
        "Require doorward-... needs AuthType Doorward in the same place and DoorwardConfig in its server");
    return false;
  }
  return true;
}

authz_status judge(request_rec* r, const Rules& rules) {
  auto& passage = passage_of(r);
  if (!can_judge(r, passage.visitor)) {
    return AUTHZ_DENIED;
  }
  if (r->user == nullptr) {
    return AUTHZ_DENIED_NO_USER;
  }
  for (const auto& rule : rules) {
    switch (passage.visitor->ask(rule)) {
      case DOORWARD_ALLOW: return AUTHZ_GRANTED;
      case DOORWARD_STEP_UP:
        if (passage.assumes_fresh) {
          return AUTHZ_GRANTED;
        }
        passage.stale = &rule;
        break;
      case DOORWARD_FORBID: break;
      case DOORWARD_SIGN_IN: return AUTHZ_DENIED;  // signed out meanwhile
      default: return AUTHZ_GENERAL_ERROR;
    }
  }
  return AUTHZ_DENIED;
}

authz_status check(request_rec* r, const char*, const void* parsed) {
  try {
    return judge(r, *static_cast<const Rules*>(parsed));
  } catch (const std::exception&) {
    return AUTHZ_GENERAL_ERROR;
  }
}

constexpr authz_provider role_provider{check, parse_role};
constexpr authz_provider fresh_provider{check, parse_fresh};
constexpr authz_provider level_provider{check, parse_level};

}  // namespace

void register_requirements(apr_pool_t* pool) {
  const auto add = [pool](const char* name, const authz_provider& provider) {
    ap_register_auth_provider(pool, AUTHZ_PROVIDER_GROUP, name, AUTHZ_PROVIDER_VERSION, &provider,
                              AP_AUTH_INTERNAL_PER_CONF);
  };
  add("doorward-role", role_provider);
  add("doorward-level", level_provider);
  add("doorward-fresh", fresh_provider);
}

}  // namespace doorward::apache
