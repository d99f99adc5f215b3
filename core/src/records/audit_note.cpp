#include "records/audit_note.hpp"

#include <sstream>
#include <stdexcept>

namespace doorward::records {

// "<number> <lost at, in microseconds; 0: never> <signature>"
std::string seal(const AuditNote& note, const crypto::KeyRing& keys, Random& random) {
  const std::int64_t lost_at = note.lost_at ? to_microseconds(*note.lost_at) : 0;
  const std::string text = std::to_string(note.number) + " " + std::to_string(lost_at) + " " + note.signature;
  return keys.seal(text, AuditNote::context, random);
}

std::optional<AuditNote> open_note(std::string_view sealed, const crypto::KeyRing& keys) {
  try {
    std::istringstream words(keys.open_sealed(sealed, AuditNote::context));
    AuditNote note;
    std::int64_t lost_at = 0;
    if (!(words >> note.number >> lost_at)) return std::nullopt;
    words >> note.signature;
    if (lost_at != 0) note.lost_at = from_microseconds(lost_at);
    return note;
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

}  // namespace doorward::records
