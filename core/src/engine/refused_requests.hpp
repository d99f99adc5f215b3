// What was refused, in the audit, where no flow has recorded it: forms from elsewhere, bodies that can't be read, links behind
// which there is nothing, passwords that don't do. One place for all routes, so that none is forgotten on one of them.
//
// Strangers decide how often that happens, so that few are written for a network and for the site (signin/throttle). Those
// left out are counted, and the next record says how many there were.
#pragma once
#include <atomic>
#include <cstdint>

#include "flows/flow.hpp"
#include "records/audit_entry.hpp"

namespace doorward::engine {

class RefusedRequests {  // any thread
 public:
  explicit RefusedRequests(const flows::Services& services) : services_(services) {}

  // Waits for the store for a moment at most, and never throws: what is refused is refused, recorded or not.
  void record(records::AuditEntry entry) const noexcept;
  void leave_out() const noexcept { ++left_out_; }  // one that isn't recorded, and counted

 private:
  const flows::Services& services_;
  mutable std::atomic<std::uint64_t> left_out_{0};  // by this worker, since it wrote the last one
};

}  // namespace doorward::engine
