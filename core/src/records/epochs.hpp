// Revocation that every worker of the host sees at its next request, without asking the store.
//
// A shared file holds two counters for each of 4096 shards of sessions and of accounts: `begun` grows before a
// revoking write is committed, `finished` after. What a worker remembers of a session counts only while `begun` is what it was
// before the store was read, and was read while nothing was under way. A writer that dies between the two leaves its shard
// uncached, never wrong, until repair() finds that nobody is writing.
#pragma once
#include <array>
#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/shared_file.hpp"

namespace doorward::records {

class Epochs {  // any thread
 public:
  static constexpr std::uint32_t shards = 4096;  // of each of the two kinds
  static constexpr std::uint32_t any_account =
      2 * shards;  // grows with every shard of accounts: for who reads the
                   // store before knowing whose account it will be

  explicit Epochs(const std::string& path);  // throws std::system_error

  static std::uint32_t session_shard(std::string_view token_hash);  // 0 to 4095
  static std::uint32_t account_shard(std::string_view account_id);  // 4096 to 8191

  // To be read before the store is. None: a revocation is under way; what is read now must not be remembered.
  std::optional<std::uint64_t> settled(std::uint32_t shard) const;
  // What is remembered with `seen` still counts. One acquire load.
  bool unchanged(std::uint32_t shard, std::uint64_t seen) const {
    return counters(shard).begun.load(std::memory_order_acquire) == seen;
  }

  // Around a commit that revokes. Destroyed, it says that the commit is over, however it ended.
  class Revocation {
   public:
    Revocation(Epochs& epochs, std::vector<std::uint32_t> shards);
    ~Revocation();
    Revocation(const Revocation&) = delete;
    Revocation& operator=(const Revocation&) = delete;

   private:
    Epochs& epochs_;
    std::vector<std::uint32_t> shards_;
    int lock_;
  };

  // Evens out what dead writers left behind. Returns how many shards; 0 also while somebody is writing.
  unsigned repair();

 private:
  struct Counters {
    std::atomic<std::uint64_t> begun, finished;
  };
  Counters& counters(std::uint32_t shard) const { return reinterpret_cast<Counters*>(file_.data())[shard]; }
  std::string lock_path_;
  SharedFile file_;
};

}  // namespace doorward::records
