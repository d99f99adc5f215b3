// doorward-bench-hash <KiB> <passes> <threads> <count> - what password hashes cost by themselves: checks one password so many
// times, on so many threads, and prints JSON with the processor time that the process has used for it. The same function of the same
// library as the engine's.
#include <sodium.h>
#include <sys/resource.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <thread>
#include <vector>

namespace {

constexpr std::string_view password = "a quiet tern over the skerry";

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double used_seconds() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int count, char** words) {
  if (count != 5 || sodium_init() < 0) {
    std::fputs("doorward-bench-hash <KiB> <passes> <threads> <count>\n", stderr);
    return 2;
  }
  std::array<unsigned long, 4> given{};
  for (int i = 0; i < 4; ++i) given[static_cast<std::size_t>(i)] = std::strtoul(words[i + 1], nullptr, 10);
  const auto [memory, passes, threads, hashes] = given;

  std::array<char, crypto_pwhash_STRBYTES> stored{};
  if (crypto_pwhash_str_alg(stored.data(), password.data(), password.size(), passes, memory * 1024,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return 1;

  std::atomic<unsigned long> done{0};
  std::atomic<bool> wrong{false};
  const double used = used_seconds();
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::thread> all;
  for (unsigned long i = 0; i < threads; ++i) {
    all.emplace_back([&, hashes = hashes] {
      while (done.fetch_add(1) < hashes)
        if (crypto_pwhash_str_verify(stored.data(), password.data(), password.size()) != 0) wrong = true;
    });
  }
  for (std::thread& one : all) one.join();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
  std::printf("{\"hashes\": %lu, \"cpu_seconds\": %.6f, \"seconds\": %.6f}\n", hashes, used_seconds() - used,
              took.count());
  return wrong ? 1 : 0;
}
