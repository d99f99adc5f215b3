// Keys stand in memory that no core dump and no swap gets, and nowhere else.
#include "crypto/secret.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>

#include "crypto/encoding.hpp"
#include "crypto/key_ring.hpp"
#include "crypto/key_ring_file.hpp"
#include "fixed.hpp"
#include "folder.hpp"

namespace doorward::crypto {
namespace {

struct Mapping {
  std::uintptr_t begin = 0, end = 0;
  std::string access;
  std::size_t resident_kib = 0;
  bool locked = false, in_no_dump = false;
};

// proc(5), /proc/[pid]/smaps.
std::vector<Mapping> mappings() {
  std::vector<Mapping> all;
  std::ifstream smaps("/proc/self/smaps");
  for (std::string line; std::getline(smaps, line);) {
    std::istringstream words(line);
    std::string word;
    words >> word;
    if (word == "Rss:") {
      words >> all.back().resident_kib;
    } else if (word == "VmFlags:") {
      while (words >> word) {
        all.back().locked |= word == "lo";
        all.back().in_no_dump |= word == "dd";
      }
    } else if (const std::size_t dash = word.find('-'); dash != std::string::npos && word.back() != ':') {
      Mapping& mapping = all.emplace_back();
      mapping.begin = std::stoull(word.substr(0, dash), nullptr, 16);
      mapping.end = std::stoull(word.substr(dash + 1), nullptr, 16);
      words >> mapping.access;
    }
  }
  return all;
}

Mapping mapping_of(const void* address) {
  const auto at = reinterpret_cast<std::uintptr_t>(address);
  for (const Mapping& mapping : mappings()) {
    if (mapping.begin <= at && at < mapping.end) return mapping;
  }
  return {};
}

// How often some bytes stand in what a core dump of this process would have, but for the stack: the dynamic linker saves the
// registers there, and in them is what was copied last. They are given turned over, so that the search finds no copy of its own.
std::size_t times_in_a_core_dump(const std::string& inverse) {
  const int memory = ::open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
  std::vector<char> page(1U << 20);
  std::size_t found = 0;
  for (const Mapping& mapping : mappings()) {
    const auto stack = reinterpret_cast<std::uintptr_t>(&memory);
    if (mapping.begin <= stack && stack < mapping.end) continue;
    if (mapping.in_no_dump || mapping.resident_kib == 0 || mapping.access[0] != 'r') continue;
    for (std::uintptr_t at = mapping.begin; at < mapping.end; at += page.size() - inverse.size()) {
      const ssize_t got = ::pread(memory, page.data(), std::min<std::size_t>(page.size(), mapping.end - at),
                                  static_cast<off_t>(at));
      if (got <= 0) break;
      const auto end = page.begin() + got;
      for (auto here = page.begin();; ++here) {
        here = std::search(here, end, inverse.begin(), inverse.end(),
                           [](char a, char b) { return a == static_cast<char>(~b); });
        if (here == end) break;
        ++found;
      }
    }
    std::fill(page.begin(), page.end(), '\0');
  }
  ::close(memory);
  return found;
}

std::string turned_over(std::string_view bytes) {
  std::string inverse(bytes.size(), '\0');
  std::transform(bytes.begin(), bytes.end(), inverse.begin(), [](char c) { return static_cast<char>(~c); });
  return inverse;
}

TEST(Secrets, StandWhereNoCoreDumpGetsThem) {
  const Secret secret(std::string(32, 'k'));
  EXPECT_EQ(secret.bytes(), std::string(32, 'k'));
  const Mapping mapping = mapping_of(secret.bytes().data());
  EXPECT_TRUE(mapping.in_no_dump);
  EXPECT_EQ(mapping.access, "r--p");
#if !defined(__SANITIZE_ADDRESS__) && \
    !defined(__SANITIZE_THREAD__)  // sanitizers lock nothing: their own memory is too much
  rlimit allowed{};
  ASSERT_EQ(::getrlimit(RLIMIT_MEMLOCK, &allowed), 0);
  EXPECT_TRUE(mapping.locked || allowed.rlim_cur < 65536);
#endif
}

TEST(Secrets, AreOnePlaceForAllCopiesAndGoWithTheLast) {
  std::optional<Secret> first(std::string(32, 'k'));
  const char* at = first->bytes().data();
  {
    const Secret second = *first;
    EXPECT_EQ(second.bytes().data(), at);
    first.reset();
    EXPECT_EQ(second.bytes(), std::string(32, 'k'));
  }
  EXPECT_FALSE(mapping_of(at).in_no_dump);
}

TEST(Secrets, LeaveNothingOfWhatTheyWereMadeOf) {
  test::SeededRandom random;
  const Secret made(random.bytes(100000));  // long, so that nothing else takes all of the place it was in
  EXPECT_EQ(times_in_a_core_dump(turned_over(made.bytes().substr(99900))), 0U);
}

TEST(Secrets, HavePartsInTheSamePlace) {
  std::optional<Secret> whole("one and two");
  const Secret part = whole->part(4, 3);
  EXPECT_EQ(part.bytes(), "and");
  EXPECT_EQ(part.bytes().data(), whole->bytes().data() + 4);
  EXPECT_THROW(whole->part(9, 3), std::out_of_range);
  EXPECT_THROW(whole->part(12, 0), std::out_of_range);
  whole.reset();
  EXPECT_EQ(part.bytes(), "and");
}

TEST(Secrets, AreTheSameWhereTheirBytesAre) {
  EXPECT_EQ(Secret("one"), Secret("one"));
  EXPECT_FALSE(Secret("one") == Secret("two"));
  EXPECT_FALSE(Secret("one") == Secret("on"));
  EXPECT_EQ(Secret("").bytes(), "");
}

TEST(Secrets, WipingLeavesNothingInTheMemoryOfAText) {
  std::string text(100, 'k');
  text.resize(40);
  const char* memory = text.data();
  wipe(text);
  EXPECT_EQ(text, "");
  ASSERT_EQ(text.data(), memory);
  for (std::size_t at = 0; at < 100; ++at) ASSERT_EQ(memory[at], '\0') << at;  // it is still the text's
}

TEST(Secrets, OfAKeyRingAreNowhereElse) {
  test::Folder folder;
  test::SeededRandom random;
  const std::string path = folder / "keys";
  const KeyRing ring = KeyRing::open(path, random);
  change_key_ring(path, [](auto& keys) { keys.push_back({"second", Secret(std::string(32, 's'))}); });
  EXPECT_TRUE(ring.refresh());
  EXPECT_EQ(ring.open_sealed(ring.seal("a text", "place", random), "place"), "a text");
  std::string inverse, inverse_text;
  {
    const RingFile file = read_key_ring(path);
    const std::string_view bytes = file.keys[0].secret.bytes();
    const Wiped text(base64url(bytes));
    // Their ends: what was given back begins with what the heap makes of it.
    inverse = turned_over(bytes).substr(16);
    inverse_text = turned_over(text.text).substr(16);
  }
  EXPECT_EQ(times_in_a_core_dump(inverse), 0U) << "as bytes";
  EXPECT_EQ(times_in_a_core_dump(inverse_text), 0U) << "as the file's text";
  const std::string copy = turned_over(inverse);
  EXPECT_GE(times_in_a_core_dump(inverse), 1U) << "the search finds this copy of " << copy.size() << " bytes";
}

}  // namespace
}  // namespace doorward::crypto
