// A store of a plugin, prepared and founded, with a key ring of its own.
#pragma once
#include <gtest/gtest.h>

#include "engine/founding.hpp"
#include "fixed.hpp"
#include "folder.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/rows.hpp"
#include "records/schema.hpp"

namespace doorward::engine {

using namespace std::chrono_literals;
using records::Transaction;
using records::Value;
using test::morning;

class KeptLines final : public Log {
 public:
  void write(Level, std::string_view line) override { lines += std::string(line) + "\n"; }
  std::string lines;
};

class EngineStore : public ::testing::Test {
 protected:
  explicit EngineStore(const std::string& plugin) {
    settings::PluginEntry entry;
    entry.name = plugin;
    if (plugin == "sqlite") entry.values.push_back({"path", folder / "store.db", false, {}});
    store = plugin_host::make_storage(entry, DOORWARD_PLUGIN_DIR, log, clock);
    store->start();
    database = std::make_unique<records::Database>(*store, epochs);
  }

  void prepare(std::span<const records::Table> tables = records::schema()) {
    database->prepare(tables);
    start();
  }
  void start(Time now = morning) { engine::found(*database, {"Site", ring, keys, random}, now); }

  std::size_t rows(const records::Table& table) {
    return database->read(
        [&](Transaction& tx) { return records::next_rows(tx, table, nullptr, 100'000).size(); });
  }

  KeptLines log;
  SystemClock clock;
  test::SeededRandom random;
  test::Folder folder;
  const std::string ring = folder / "key_ring";
  crypto::KeyRing keys = crypto::KeyRing::open(ring, random);
  records::Epochs epochs{folder / "epochs"};
  std::unique_ptr<plugin_host::StorageClient> store;
  std::unique_ptr<records::Database> database;
};

}  // namespace doorward::engine
