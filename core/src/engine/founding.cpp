#include "engine/founding.hpp"

#include <optional>
#include <stdexcept>

#include "base/errors.hpp"
#include "records/maintenance.hpp"
#include "records/organization.hpp"

namespace doorward::engine {
namespace {

constexpr const char* check = "doorward";

bool opens(const crypto::KeyRing& keys, const std::string& sealed) {
  try {
    return keys.open_sealed(sealed, key_check_context) == check;
  } catch (const std::runtime_error&) {
    return false;
  }
}

std::optional<records::Installation> installation(records::Transaction& tx) {
  const auto maintenance = records::Maintenances(tx).get();
  if (maintenance && maintenance->state == records::Maintenance::State::arriving)
    throw ReadOnly(maintenance->sentence());
  return records::Installations(tx).get();
}

bool is_founded(records::Transaction& tx, const Founding& founding) {
  const auto known = installation(tx);
  if (known && !belongs(founding.keys, *known))
    throw BadSettings(
        founding.key_ring_path +
        ": this key ring isn't the one that the store's passwords were sealed with. Copy the file from the "
        "host, or the backup, that the store belongs to.");
  return known && records::Organizations(tx).by_id(records::Organizations::site());
}

}  // namespace

bool belongs(const crypto::KeyRing& keys, const records::Installation& installation) {
  return opens(keys, installation.key_check);
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

// A store that is founded is only read: a worker starts in a closed one, too.
void found(records::Database& database, const Founding& founding, Time now) {
  if (database.read([&](records::Transaction& tx) { return is_founded(tx, founding); })) return;
  database.write([&](records::Transaction& tx) {
    if (is_founded(tx, founding)) return;
    records::Installations(tx).insert({founding.keys.seal(check, key_check_context, founding.random), now});
    records::Organizations(tx).insert({records::Organizations::site(), founding.site_name, now});
  });
}

}  // namespace doorward::engine
