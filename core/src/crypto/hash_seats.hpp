// One budget of password hashes for all workers of a host. A hash takes a seat; there are so many seats as hashes may
// run at a time. Seats are robust mutexes in a shared file: a worker that dies gives its seat back.
#pragma once
#include <atomic>
#include <chrono>
#include <optional>
#include <utility>
#include <string>

#include "base/shared_file.hpp"

namespace doorward::crypto {

class HashSeats {
 public:
  static constexpr unsigned max_seats = 64;
  static constexpr unsigned max_waiting = 64;  // of one process; whoever comes then is sent away at once

  // `seats`: 1 to 64, the same in every process that opens `path`. Throws std::system_error.
  HashSeats(const std::string& path, unsigned seats);

  class Seat {  // given back by the thread that took it
   public:
    explicit Seat(void* mutex) : mutex_(mutex) {}
    Seat(Seat&& other) noexcept : mutex_(std::exchange(other.mutex_, nullptr)) {}
    Seat& operator=(Seat&&) = delete;
    ~Seat();

   private:
    void* mutex_;
  };

  // [any thread, waits for `wait` at most] None: all seats were taken for so long.
  std::optional<Seat> take(std::chrono::milliseconds wait);

 private:
  unsigned seats_;
  SharedFile file_;
  std::atomic<unsigned> waiting_{0};
};

}  // namespace doorward::crypto
