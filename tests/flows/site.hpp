// A whole site in memory for a test: the real engine over the memory store, letters as files of a temporary folder, a clock
// that the test sets, random numbers that are the same at every run.
#pragma once
#include <filesystem>
#include <mutex>
#include <random>
#include <string>
#include <vector>

#include "crypto/key_ring.hpp"
#include "engine/admin.hpp"
#include "engine/engine.hpp"
#include "records/database.hpp"

namespace doorward::test {

class SetClock final : public Clock {
 public:
  Time now() const override { return from_microseconds(now_.load()); }
  void pass(Duration time) { now_ += time.count(); }

 private:
  std::atomic<std::int64_t> now_{1'800'000'000'000'000};
};

class SeededRandom final : public Random {
 public:
  void fill(std::span<std::byte> out) override {
    const std::lock_guard lock(mutex_);
    for (std::byte& byte : out) byte = static_cast<std::byte>(numbers_());
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 numbers_{20270115};
};

class KeptLog final : public Log {
 public:
  void write(Level, std::string_view line) override {
    const std::lock_guard lock(mutex_);
    lines_.emplace_back(line);
  }
  std::vector<std::string> lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> lines_;
};

struct ReadLetter {
  std::string to, subject, text;  // `to` as the To header has it
  std::string link() const;       // the path and query of the first link with a token; empty: there is none
  std::string code() const;       // the eight digits; empty: there are none
};

class Site {
 public:
  // `more`: YAML laid over the usual settings, such as "signup:\n  enabled: false\n".
  explicit Site(const std::string& more = {});
  ~Site();

  engine::Engine& engine() { return *engine_; }
  engine::Admin admin() { return engine::Admin(*engine_); }
  SetClock& clock() { return clock_; }
  const KeptLog& log() const { return log_; }
  records::Database& database();
  const crypto::KeyRing& keys();
  const http::CookieNames& cookie_names();
  Random& random() { return random_; }
  const std::filesystem::path& folder() const { return folder_; }

  // Every letter that is due now is sent; those that came since the last call, the oldest first, without those of sign-ins on
  // new devices, which nearly every test causes.
  std::vector<ReadLetter> letters();
  std::vector<ReadLetter> sign_in_letters();  // only those
  ReadLetter letter();                        // the only new one; fails the test otherwise

  // An account with a verified address, whose password is `password`.
  static constexpr const char* password = "tangerine-wardrobe-92";
  AccountId account(const std::string& email, const std::string& name = "Ada Lovelace",
                    bool administrator = false);

  static constexpr const char* origin = "https://example.org";

 private:
  void read_letters();
  std::filesystem::path folder_;
  SetClock clock_;
  SeededRandom random_;
  KeptLog log_;
  std::unique_ptr<engine::Engine> engine_;
  std::vector<std::string> read_;
  std::vector<ReadLetter> letters_, sign_in_letters_;  // that nobody has asked for yet
};

}  // namespace doorward::test
