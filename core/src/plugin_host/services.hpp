// What a plugin gets from the engine: a line in the log, and the clock. plugin.h is the contract.
#pragma once
#include <doorward/plugin.h>

#include "base/clock.hpp"
#include "base/log.hpp"

namespace doorward::plugin_host {

class Services {  // doesn't move: the table points into it; log and clock outlive it
 public:
  Services(Log& log, const Clock& clock);
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;
  const doorward_services* table() const { return &table_; }

 private:
  static void write(void* self, doorward_level level, doorward_text line) noexcept;
  static const void* find(void* self, const char* id) noexcept;
  static std::int64_t now(void* self) noexcept;

  Log& log_;
  const Clock& time_;
  doorward_clock clock_;
  doorward_services table_;
};

}  // namespace doorward::plugin_host
