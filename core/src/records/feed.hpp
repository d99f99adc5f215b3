// What was revoked on other hosts that share the store, brought into this host's epochs.
//
// A worker may believe what it remembers only while the store has lately said that nothing was missed; so a revocation that
// was acknowledged on one host counts on every other within `longest_silence`, also where the network between them fails:
// then the store is asked each time.
#pragma once
#include <atomic>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "records/epochs.hpp"
#include "records/store.hpp"

namespace doorward::records {

class Feed final : public Listener {
 public:
  static constexpr std::chrono::milliseconds longest_silence{800};

  explicit Feed(const std::string& epochs_path);  // throws std::system_error

  // [any thread] May what this worker remembers be believed now?
  bool is_fresh() const;

  // What a transaction has to announce that revokes these shards.
  static std::vector<std::string> messages(std::span<const std::uint32_t> shards);

  void restarted() noexcept override;
  void heard(std::string_view message) noexcept override;
  void asking() noexcept override;
  void caught_up() noexcept override;

 private:
  bool revoke(std::vector<std::uint32_t> shards) noexcept;

  Epochs epochs_;
  bool missed_ = true;   // something, or all, has yet to be revoked here; the listening thread's
  Duration asked_at_{};  // the listening thread's
  std::atomic<Duration> fresh_until_{Duration::zero()};  // since boot
};

}  // namespace doorward::records
