// What the audit needs besides being written: checkpoints, and that what is older than audit.retention goes. Every worker of
// every host does it; who comes second finds it done.
#pragma once
#include <cstdint>
#include <functional>
#include <map>

#include "base/log.hpp"
#include "base/random.hpp"
#include "crypto/key_ring.hpp"
#include "records/audit_checkpoint.hpp"

namespace doorward::engine {

class AuditUpkeep {  // one thread
 public:
  static constexpr std::chrono::seconds checkpoint_every{300};
  static constexpr std::int64_t records_to_a_checkpoint = 1000;
  static constexpr std::int64_t records_to_a_removal = 1000;

  AuditUpkeep(records::Database& database, const crypto::KeyRing& keys, Random& random, Log& log)
      : database_(database), keys_(keys), random_(random), log_(log) {}

  // Signs how far the audit goes, where something was added and either of the above is due, or the last checkpoint is of a
  // time that hasn't come. The log gets its line.
  void sign(Time now);

  // Removes what is older than `retention`, by whole days: up to the last checkpoint before which there is nothing younger. It
  // stays as the beginning of what is left. In many transactions; `go_on` is asked between two and may wait, false ends it.
  void remove_expired(Time now, std::chrono::seconds retention, const std::function<bool()>& go_on);

 private:
  // The numbers of the first records that aren't over, by chain.
  using Young = std::map<std::int64_t, std::int64_t>;

  // A further removal than `before`; none: nothing more is over.
  std::optional<records::AuditCheckpoint> decide(const std::optional<records::AuditCheckpoint>& before,
                                                 Time day, Time now);
  std::optional<records::AuditCheckpoint> last_over(const std::optional<records::AuditCheckpoint>& before,
                                                    Time day, Time now);
  Young first_young(const std::optional<records::AuditCheckpoint>& before, Time day, Time now);
  bool has_any_ahead(Time now);
  bool remove_chained(const records::AuditCheckpoint& upto, Time day, Time now,
                      const std::function<bool()>& go_on);
  bool remove_checkpoints(const records::AuditCheckpoint& upto, const std::function<bool()>& go_on);
  bool remove_unchained(Time day, const std::function<bool()>& go_on);

  records::Database& database_;
  const crypto::KeyRing& keys_;
  Random& random_;
  Log& log_;
};

}  // namespace doorward::engine
