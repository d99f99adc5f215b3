#include "engine/founding.hpp"

#include <charconv>
#include <optional>
#include <stdexcept>

#include "base/errors.hpp"
#include "records/audit_checkpoint.hpp"
#include "records/maintenance.hpp"
#include "records/organization.hpp"

namespace doorward::engine {
namespace {

constexpr std::string_view check = "doorward";
// What follows `check` since a start sees to it that the audit is chained; behind it the microseconds of that start.
constexpr std::string_view chained = ", audit chained since ";

// What is sealed in the installation's row, without `check`. None: it isn't of these keys.
std::optional<std::string> opened(const crypto::KeyRing& keys, const records::Installation& installation) {
  try {
    std::string text = keys.open_sealed(installation.key_check, key_check_context);
    if (!text.starts_with(check)) return std::nullopt;
    return text.substr(check.size());
  } catch (const std::runtime_error&) {
    return std::nullopt;
  }
}

std::string sealed_check(const Founding& founding, Time since) {
  const std::string text = std::string(check) + std::string(chained) + std::to_string(to_microseconds(since));
  return founding.keys.seal(text, key_check_context, founding.random);
}

std::optional<records::Installation> installation(records::Transaction& tx) {
  const auto maintenance = records::Maintenances(tx).get();
  if (maintenance && maintenance->state == records::Maintenance::State::arriving)
    throw ReadOnly(maintenance->sentence());
  return records::Installations(tx).get();
}

struct Found {
  bool founded = false;
  std::optional<records::Installation> older =
      {};  // the one that has to be told since when the audit is chained
};

Found look(records::Transaction& tx, const Founding& founding) {
  const auto known = installation(tx);
  if (known && !belongs(founding.keys, *known))
    throw BadSettings(
        founding.key_ring_path +
        ": this key ring isn't the one that the store's passwords were sealed with. Copy the file from the "
        "host, or the backup, that the store belongs to.");
  Found found;
  found.founded = known && records::Organizations(tx).by_id(records::Organizations::site());
  if (known && !audit_chained_since(founding.keys, *known)) found.older = known;
  return found;
}

// Whatever an older version has left of the audit is where this one goes on.
void bring_up(records::Transaction& tx, const Founding& founding, const records::Installation& older,
              Time now) {
  records::Installations installations(tx);
  if (!installations.replace_key_check(older.key_check, sealed_check(founding, now))) return;
  const auto last = records::AuditCheckpoints(tx, founding.keys).last();
  const records::AuditNote note =
      last ? records::AuditNote{last->number, last->signature.bytes} : records::AuditNote{};
  installations.note_checkpoint(seal(note, founding.keys, founding.random));
}

}  // namespace

bool belongs(const crypto::KeyRing& keys, const records::Installation& installation) {
  return opened(keys, installation).has_value();
}

void must_be_new(records::Database& database, const std::string& key_ring_path) {
  const bool founded = database.read([](records::Transaction& tx) { return installation(tx).has_value(); });
  // Of two first starts at once, the other one has made the ring before it founded the store.
  if (!founded || crypto::mark_of(key_ring_path) != crypto::FileMark()) return;
  throw BadSettings(
      key_ring_path +
      ": the key ring of this store is missing, and without it no password opens. Copy the file "
      "from the backup, or the host, that the store belongs to.");
}

std::optional<Time> audit_chained_since(const crypto::KeyRing& keys,
                                        const records::Installation& installation) {
  const auto text = opened(keys, installation);
  if (!text || !text->starts_with(chained)) return std::nullopt;
  std::int64_t since = 0;
  const char* const end = text->data() + text->size();
  const auto read = std::from_chars(text->data() + chained.size(), end, since);
  if (read.ec != std::errc() || read.ptr != end) return std::nullopt;
  return from_microseconds(since);
}

// A store that is founded is only read: a worker starts in a closed one, too. What an older version lacks waits until it is
// open.
void found(records::Database& database, const Founding& founding, Time now) {
  const Found known = database.read([&](records::Transaction& tx) { return look(tx, founding); });
  if (known.founded && !known.older) return;
  try {
    database.write([&](records::Transaction& tx) {
      const Found now_known = look(tx, founding);
      if (now_known.older) bring_up(tx, founding, *now_known.older, now);
      if (now_known.founded) return;
      records::Installations(tx).insert(
          {sealed_check(founding, Time()), now, seal(records::AuditNote(), founding.keys, founding.random)});
      records::Organizations(tx).insert({records::Organizations::site(), founding.site_name, now});
    });
  } catch (const ReadOnly&) {
    if (!known.founded) throw;
  }
}

}  // namespace doorward::engine
