// Unpredictable bytes from the kernel (getrandom(2)). Tests give a seeded source.
#pragma once
#include <cstddef>
#include <span>
#include <string>

namespace doorward {

class Random {  // any thread
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> out) = 0;
  std::string bytes(std::size_t count);
};

class SystemRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override;  // throws std::system_error where the kernel has none
};

}  // namespace doorward
