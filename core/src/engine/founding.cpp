#include "engine/founding.hpp"

#include <stdexcept>

#include "base/errors.hpp"
#include "records/installation.hpp"
#include "records/organization.hpp"

namespace doorward::engine {
namespace {

constexpr const char* context = "installation|key_check";
constexpr const char* check = "doorward";

bool opens(const crypto::KeyRing& keys, const std::string& sealed) {
  try {
    return keys.open_sealed(sealed, context) == check;
  } catch (const std::runtime_error&) {
    return false;
  }
}

}  // namespace

void found(records::Transaction& tx, const Founding& founding, Time now) {
  records::Installations installations(tx);
  if (const auto known = installations.get()) {
    if (!opens(founding.keys, known->key_check))
      throw BadSettings(
          founding.key_ring_path +
          ": this key ring isn't the one that the store's passwords were sealed with. Copy the file from the "
          "host, or the backup, that the store belongs to.");
  } else {
    installations.insert({founding.keys.seal(check, context, founding.random), now});
  }
  records::Organizations organizations(tx);
  if (organizations.by_id(records::Organizations::site())) return;
  organizations.insert({records::Organizations::site(), founding.site_name, now});
}

}  // namespace doorward::engine
