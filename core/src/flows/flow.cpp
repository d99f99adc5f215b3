#include "flows/flow.hpp"

#include "base/ids.hpp"
#include "records/audit_chain.hpp"

namespace doorward::flows {

Outcome show(std::string page, nlohmann::json model) {
  Outcome outcome;
  outcome.page = std::move(page);
  outcome.model = std::move(model);
  return outcome;
}

Outcome go_to(std::string path, std::string_view notice) {
  Outcome outcome;
  outcome.location = std::move(path);
  outcome.notice = notice;
  outcome.status = 303;
  return outcome;
}

Outcome fail(std::string_view code, int status) {
  Outcome outcome = show("error", {{"code", code}});
  outcome.status = status;
  return outcome;
}

Outcome give(Bytes bytes) {
  Outcome outcome;
  outcome.bytes = std::move(bytes);
  return outcome;
}

void audit(records::Transaction& tx, const Call& call, const Happening& happening) {
  records::AuditEntry entry;
  entry.id = make_uuid(call.now, call.services.random);
  entry.at = call.now;
  // Who signs in as somebody else here, or opens a letter of theirs, isn't who was signed in before.
  const bool own =
      call.visitor.person && (happening.subject.empty() || happening.subject == call.person().account.id);
  entry.actor = own ? call.person().account.id.str() : call.visitor.actor;
  entry.subject = happening.subject;
  entry.action = happening.action;
  entry.outcome = happening.outcome;
  entry.address = call.request.client_address;
  entry.request = call.id;
  entry.details = happening.details;
  records::AuditChains(tx, call.services.keys).add(std::move(entry));
  call.recorded = true;
}

}  // namespace doorward::flows
