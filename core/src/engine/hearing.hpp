// What this worker hears from other hosts that share the store: what they have revoked, and what they have counted.
#pragma once
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "http/limiter.hpp"
#include "records/feed.hpp"

namespace doorward::engine {

class Hearing final : public records::Listener {  // stays until the store has stopped
 public:
  Hearing(const std::string& state_dir, std::string_view limits_key, const Clock& clock);

  const records::Feed& revocations() const { return revocations_; }

  void restarted() noexcept override { revocations_.restarted(); }
  void heard(std::string_view message) noexcept override;
  void asking() noexcept override { revocations_.asking(); }
  void caught_up() noexcept override { revocations_.caught_up(); }

 private:
  void count(std::string_view message);

  records::Feed revocations_;
  const std::string limits_key_;
  http::Limiter limiter_;
  const Clock& clock_;
};

}  // namespace doorward::engine
