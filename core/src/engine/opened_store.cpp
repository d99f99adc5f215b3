#include "engine/opened_store.hpp"

#include <unistd.h>

#include "base/errors.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/schema.hpp"
#include "settings/read.hpp"

namespace doorward::engine {
namespace {

// One that isn't there is not made: it would open nothing of the store.
crypto::KeyRing keys_of(const settings::Settings& settings, Random& random) {
  const std::string path = settings.state_dir + "/key_ring";
  if (::access(path.c_str(), F_OK) != 0)
    throw BadSettings(path +
                      ": there is no key ring. Copy the file from the host, or the state_dir, that the "
                      "installation belongs to.");
  return crypto::KeyRing::open(path, random);
}

}  // namespace

OpenedStore::OpenedStore(const std::string& yaml_path, const Surroundings& surroundings)
    : around_(surroundings),
      settings_(settings::read(yaml_path)),
      keys_(keys_of(settings_, around_.random)),
      epochs_(settings_.state_dir + "/epochs") {
  open();
}

OpenedStore::~OpenedStore() { close(); }

bool OpenedStore::can_be_shared() const { return store_->has_feed(); }

void OpenedStore::open() {
  store_ = plugin_host::make_storage(settings_.storage, settings_.plugin_dir, around_.log, around_.clock);
  store_->start();
  database_ = std::make_unique<records::Database>(*store_, epochs_);
  database_->prepare(records::schema());
}

void OpenedStore::close() noexcept {
  database_.reset();
  if (store_) store_->stop();
  store_.reset();
}

void OpenedStore::reopen() {
  close();
  open();
}

}  // namespace doorward::engine
