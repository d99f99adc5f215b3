// Which checkpoint of the audit was signed last, said a second time: in the installation's own row and sealed, so that whoever
// takes checkpoints out, the last one or all of them, leaves this behind. It is written in the transaction that signs.
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "crypto/key_ring.hpp"

namespace doorward::records {

struct AuditNote {
  std::int64_t number = 0;           // of the checkpoint; 0: none was signed yet
  std::string signature;             // the checkpoint's
  std::optional<Time> lost_at = {};  // when a note was found missing or altered and was begun anew

  static constexpr const char* context = "installation|last_checkpoint";  // what it is sealed for
};

std::string seal(const AuditNote& note, const crypto::KeyRing& keys, Random& random);

// None: there is no note, or it isn't one that this key ring has sealed.
std::optional<AuditNote> open_note(std::string_view sealed, const crypto::KeyRing& keys);

}  // namespace doorward::records
