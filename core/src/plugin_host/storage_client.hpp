// A storage plugin as the core sees it: records::Store over the functions of doorward/storage.h. It adds nothing to
// what they promise; it turns statuses into exceptions and carries a row visitor's exception around the C border.
#pragma once
#include <doorward/storage.h>

#include <memory>

#include "plugin_host/loader.hpp"
#include "records/store.hpp"

namespace doorward::plugin_host {

class StorageClient final : public records::Store {
 public:
  // [configuration] Throws BadSettings where the plugin's table of functions is incomplete.
  explicit StorageClient(std::unique_ptr<Plugin> plugin);

  void start() { plugin_->start(); }         // [each worker, after fork] throws BadSettings, Unavailable
  void stop() noexcept { plugin_->stop(); }  // [the same worker] once no transaction is open

  void prepare(std::span<const records::Table> tables) override;
  std::unique_ptr<records::StoreTransaction> begin(records::Mode mode,
                                                   std::chrono::milliseconds timeout) override;
  bool quick() const override { return (calls_.traits & DOORWARD_STORAGE_QUICK) != 0; }
  bool has_feed() const override { return calls_.listen != nullptr; }
  void listen(records::Listener& listener) override;  // throws Unavailable

 private:
  std::unique_ptr<Plugin> plugin_;
  doorward_storage calls_;
};

// [configuration] The store that doorward.yaml names, loaded and created, not started. Throws BadSettings.
std::unique_ptr<StorageClient> make_storage(const settings::PluginEntry& entry, const std::string& plugin_dir,
                                            Log& log, const Clock& clock);

}  // namespace doorward::plugin_host
