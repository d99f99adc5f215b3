// What starting mapped is let go, and everything works on.
#include "base/memory.hpp"

#include <gtest/gtest.h>
#include <unicode/uidna.h>

#include <cstdint>
#include <cstdio>

#include "base/text.hpp"

namespace doorward {
namespace {

// One page of ICU's code: is it mapped in this process just now? /proc/self/pagemap, bit 63.
bool is_mapped(const void* address) {
  std::FILE* file = std::fopen("/proc/self/pagemap", "rb");
  std::uint64_t entry = 0;
  const auto offset = static_cast<long>(reinterpret_cast<std::uintptr_t>(address) / 4096 * sizeof entry);
  const bool read = file != nullptr && std::fseek(file, offset, SEEK_SET) == 0 &&
                    std::fread(&entry, sizeof entry, 1, file) == 1;
  if (file != nullptr) std::fclose(file);
  EXPECT_TRUE(read);
  return (entry >> 63) != 0;
}

TEST(Memory, CodeGoesAndComesBack) {
  ASSERT_EQ(domain_to_ascii("straße.example"), "xn--strae-oqa.example");
  const auto code = reinterpret_cast<const void*>(&uidna_openUTS46);
  ASSERT_TRUE(is_mapped(code));
  release_startup_memory();
  EXPECT_FALSE(is_mapped(code));
  EXPECT_EQ(domain_to_ascii("straße.example"), "xn--strae-oqa.example");
  EXPECT_TRUE(is_mapped(code));
}

TEST(Memory, WhatWasWrittenStays) {
  static int written = 1;
  static const char* const text = "constant";
  written = 42;
  release_startup_memory();
  EXPECT_EQ(written, 42);
  EXPECT_STREQ(text, "constant");
}

}  // namespace
}  // namespace doorward
