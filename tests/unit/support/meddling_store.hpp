// A store in which something else happens at a moment that a test names.
#pragma once
#include <functional>

#include "records/store.hpp"

namespace doorward::test {

class MeddlingStore final : public records::Store {
 public:
  explicit MeddlingStore(records::Store& store) : store_(store) {}

  std::function<void(records::Mode)> at_begin = [](records::Mode) {};  // of a transaction; may throw

  void prepare(std::span<const records::Table> tables) override { store_.prepare(tables); }
  std::unique_ptr<records::StoreTransaction> begin(records::Mode mode,
                                                   std::chrono::milliseconds timeout) override {
    at_begin(mode);
    return store_.begin(mode, timeout);
  }
  bool quick() const override { return store_.quick(); }

 private:
  records::Store& store_;
};

}  // namespace doorward::test
