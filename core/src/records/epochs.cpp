#include "records/epochs.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

#include "crypto/digest.hpp"

namespace doorward::records {
namespace {

// A lock of its own for each writer: shared among writers, exclusive for repair; the kernel drops it with its holder.
int open_locked(const std::string& path, int operation) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) throw std::system_error(errno, std::generic_category(), path);
  while (::flock(descriptor, operation) != 0) {
    if (errno == EINTR) continue;
    const int why = errno;
    ::close(descriptor);
    if (why == EWOULDBLOCK) return -1;
    throw std::system_error(why, std::generic_category(), path);
  }
  return descriptor;
}

std::uint32_t first_bits(std::string_view hash) {
  return (static_cast<std::uint32_t>(static_cast<unsigned char>(hash[0])) << 8 |
          static_cast<unsigned char>(hash[1])) %
         Epochs::shards;
}

}  // namespace

Epochs::Epochs(const std::string& path)
    : lock_path_(path + ".writers"), file_(path, "epochs/1", (any_account + 1) * sizeof(Counters)) {}

std::uint32_t Epochs::session_shard(std::string_view token_hash) { return first_bits(token_hash); }

std::uint32_t Epochs::account_shard(std::string_view account_id) {
  return shards + first_bits(crypto::sha256(account_id));
}

std::optional<std::uint64_t> Epochs::settled(std::uint32_t shard) const {
  const Counters& at = counters(shard);
  const std::uint64_t finished = at.finished.load(std::memory_order_acquire);
  const std::uint64_t begun = at.begun.load(std::memory_order_acquire);
  if (begun != finished) return std::nullopt;
  return begun;
}

Epochs::Revocation::Revocation(Epochs& epochs, std::vector<std::uint32_t> shards)
    : epochs_(epochs), shards_(std::move(shards)), lock_(open_locked(epochs.lock_path_, LOCK_SH)) {
  const bool of_accounts =
      std::any_of(shards_.begin(), shards_.end(), [](auto shard) { return shard >= Epochs::shards; });
  if (of_accounts) shards_.push_back(any_account);
  for (const std::uint32_t shard : shards_)
    epochs_.counters(shard).begun.fetch_add(1, std::memory_order_seq_cst);
}

Epochs::Revocation::~Revocation() {
  for (const std::uint32_t shard : shards_)
    epochs_.counters(shard).finished.fetch_add(1, std::memory_order_seq_cst);
  ::close(lock_);
}

unsigned Epochs::repair() {
  const int lock = open_locked(lock_path_, LOCK_EX | LOCK_NB);
  if (lock < 0) return 0;
  unsigned repaired = 0;
  for (std::uint32_t shard = 0; shard <= any_account; ++shard) {
    Counters& at = counters(shard);
    const std::uint64_t begun = at.begun.load();
    if (begun == at.finished.load()) continue;
    at.begun.store(begun + 1);  // what was read while the writer was dying must not count again
    at.finished.store(begun + 1);
    ++repaired;
  }
  ::close(lock);
  return repaired;
}

}  // namespace doorward::records
