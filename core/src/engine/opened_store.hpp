// The store of one doorward.yaml, with the key ring that belongs to it, and no engine around it: what an engine would found,
// send or sweep is left as it is. This is how the command copies stores, opens and checks them.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "crypto/key_ring.hpp"
#include "engine/engine.hpp"
#include "records/database.hpp"
#include "records/epochs.hpp"
#include "records/installation.hpp"
#include "records/maintenance.hpp"

namespace doorward::engine {

class OpenedStore {  // one thread
 public:
  // Brings the store's tables up to the schema. Throws BadSettings, Unavailable, std::system_error.
  OpenedStore(const std::string& yaml_path, const Surroundings& surroundings);
  ~OpenedStore();
  OpenedStore(const OpenedStore&) = delete;
  OpenedStore& operator=(const OpenedStore&) = delete;

  void reopen();  // as another process would find it

  const settings::Settings& settings() const { return settings_; }
  const std::string& name() const { return settings_.file; }  // what sentences call it
  const crypto::KeyRing& keys() const { return keys_; }
  std::string key_ring_path() const { return settings_.state_dir + "/key_ring"; }
  bool can_be_shared() const;  // with other hosts
  records::Database& database() { return *database_; }
  const Surroundings& around() const { return around_; }

 private:
  void open();
  void close() noexcept;

  Surroundings around_;
  settings::Settings settings_;
  crypto::KeyRing keys_;
  records::Epochs epochs_;
  std::unique_ptr<plugin_host::StorageClient> store_;
  std::unique_ptr<records::Database> database_;
};

}  // namespace doorward::engine
