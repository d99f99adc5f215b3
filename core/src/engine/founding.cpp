#include "engine/founding.hpp"

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

bool is_founded(records::Transaction& tx, const Founding& founding) {
  const auto maintenance = records::Maintenances(tx).get();
  if (maintenance && maintenance->state == records::Maintenance::State::arriving)
    throw ReadOnly(maintenance->sentence());
  const auto known = records::Installations(tx).get();
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
