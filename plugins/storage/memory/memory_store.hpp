// The store of storage/memory: everything in this process and gone with it. A transaction that writes holds the whole
// store until it ends and keeps an undo list; those that read share it.
#pragma once
#include <doorward/sdk/schema.hpp>

#include <atomic>

#include "gate.hpp"
#include "table.hpp"

namespace memory_store {

namespace sdk = doorward::sdk;
using sdk::Mode;

struct Data {
  Gate gate;
  sdk::Schema schema;
  std::vector<Table> tables;  // in the order of schema.tables()
  Table& table(const char* name) { return tables[schema.table(name)]; }
};

class MemoryStore final : public sdk::Storage {
 public:
  MemoryStore(const sdk::Services&, const sdk::Settings&) {}
  void start() override { started_ = true; }
  void stop() noexcept override { started_ = false; }
  void prepare(std::span<const doorward_table> tables) override;
  sdk::Transaction* begin(Mode mode, std::chrono::milliseconds timeout) override;

 private:
  void check_started() const;
  Data data_;
  std::atomic<bool> started_ = false;
};

}  // namespace memory_store
