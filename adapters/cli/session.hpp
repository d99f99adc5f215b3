// The engine as the command holds it for one word: opened as the owner of state_dir, started without jobs.
#pragma once
#include "base/clock.hpp"
#include "base/iso_text.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "cli/command.hpp"
#include "engine/admin.hpp"

#include <memory>

namespace doorward::cli {

class StandardError final
    : public Log {  // warnings and errors only: what the engine does well is no news here
 public:
  void write(Level level, std::string_view line) override;
};

class Session {
 public:
  explicit Session(const Command& command);  // throws BadSettings, Unavailable, Failure

  engine::Admin& admin() { return *admin_; }
  const settings::Settings& settings() const { return engine_->settings(); }

  // The value, or the end of the command with the refusal's sentence.
  template <class T>
  T must(Result<T> result) const {
    if (!result) refuse(result.error());
    if constexpr (!std::is_void_v<T>) return std::move(*result);
  }

  // Sends what is owed, so that one needn't wait for a worker. What fails stays in the outbox.
  void send_letters();

 private:
  [[noreturn]] void refuse(const Refusal& refusal) const;

  StandardError log_;
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<engine::Engine> engine_;
  std::unique_ptr<engine::Admin> admin_;
};

}  // namespace doorward::cli
