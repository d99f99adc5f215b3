// The core's database over the memory plugin, in a folder of its own, with nothing in it.
#pragma once
#include <memory>

#include "base/log.hpp"
#include "fixed.hpp"
#include "folder.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/database.hpp"
#include "records/schema.hpp"

namespace doorward::test {

class Silence final : public Log {
 public:
  void write(Level, std::string_view) override {}
};

class MemoryDatabase {
 public:
  MemoryDatabase() {
    settings::PluginEntry entry;
    entry.name = "memory";
    store = plugin_host::make_storage(entry, DOORWARD_PLUGIN_DIR, log_, clock_);
    store->start();
    database = std::make_unique<records::Database>(*store, epochs);
    database->prepare(records::schema());
  }

  Folder folder;
  records::Epochs epochs{folder / "epochs"};
  std::unique_ptr<plugin_host::StorageClient> store;
  std::unique_ptr<records::Database> database;

 private:
  Silence log_;
  SystemClock clock_;
};

}  // namespace doorward::test
