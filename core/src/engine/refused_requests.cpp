#include "engine/refused_requests.hpp"

#include "base/ids.hpp"
#include "records/audit_chain.hpp"

namespace doorward::engine {
namespace {
constexpr std::chrono::milliseconds longest_wait{250};
}

void RefusedRequests::record(records::AuditEntry entry) const noexcept {
  std::uint64_t others = 0;
  try {
    if (!services_.throttle.may_record_refusal(entry.address, entry.at)) {
      ++left_out_;
      return;
    }
    others = left_out_.exchange(0);
    if (others != 0) entry.details += "; not recorded one by one before it: " + std::to_string(others);
    entry.id = make_uuid(entry.at, services_.random);
    services_.database.write(
        [&](records::Transaction& tx) { records::AuditChains(tx, services_.keys).add(entry); }, longest_wait);
  } catch (...) {  // the store is busy or gone: the log says so where it matters
    left_out_ += others + 1;
  }
}

}  // namespace doorward::engine
