// Memory that the processes of a host share: one layout, whoever comes first, and nothing kept from before a reboot.
#include "base/shared_file.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <atomic>
#include <cstdint>
#include <cstring>
#include <system_error>
#include <vector>

#include "folder.hpp"
#include "process.hpp"

namespace doorward {
namespace {

using Counter = std::atomic<std::uint64_t>;

Counter& counter(const SharedFile& file) { return *reinterpret_cast<Counter*>(file.data()); }

class SharedFiles : public ::testing::Test {
 protected:
  test::Folder folder;
  const std::string path = folder / "shared";
};

TEST_F(SharedFiles, BeginsWithZerosAndAlignedToACacheLine) {
  const SharedFile file(path, "test/1", 300);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(file.data()) % 64, 0U);
  EXPECT_EQ(std::string(reinterpret_cast<const char*>(file.data()), 300), std::string(300, '\0'));
  struct stat info{};
  ASSERT_EQ(::stat(path.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0600U);
}

TEST_F(SharedFiles, ProcessesSeeWhatOthersWrite) {
  const SharedFile file(path, "test/1", 64);
  std::vector<test::Process> others;
  for (int i = 0; i < 4; ++i) {
    others.emplace_back([this] {
      const SharedFile mine(path, "test/1", 64);
      for (int n = 0; n < 1000; ++n) counter(mine).fetch_add(1);
      return 0;
    });
  }
  for (auto& other : others) EXPECT_EQ(other.join(), 0);
  EXPECT_EQ(counter(file).load(), 4000U);
}

TEST_F(SharedFiles, IsLaidOutOnceHoweverManyComeFirst) {
  std::vector<test::Process> others;
  for (int i = 0; i < 8; ++i) {
    others.emplace_back([this] {
      // Whoever lays it out puts its own id there; all must read the same one afterwards.
      const SharedFile mine(path, "test/1", 64, [](std::byte* memory) {
        const auto id = static_cast<std::uint64_t>(::getpid());
        std::memcpy(memory, &id, sizeof id);
        std::memcpy(memory + 8, &id, sizeof id);
      });
      Counter* counters = reinterpret_cast<Counter*>(mine.data());
      if (counters[0] != counters[1] || counters[0] == 0) return 1;
      counters[2].fetch_add(1);
      return 0;
    });
  }
  for (auto& other : others) EXPECT_EQ(other.join(), 0);
  const SharedFile file(path, "test/1", 64);
  EXPECT_EQ(reinterpret_cast<Counter*>(file.data())[2].load(), 8U) << "somebody had another file";
}

TEST_F(SharedFiles, SurvivesThoseWhoOpenedIt) {
  { counter(SharedFile(path, "test/1", 64)) = 7; }
  bool laid_out = false;
  const SharedFile again(path, "test/1", 64, [&](std::byte*) { laid_out = true; });
  EXPECT_EQ(counter(again).load(), 7U);
  EXPECT_FALSE(laid_out);
}

TEST_F(SharedFiles, AnotherLayoutIsMadeAnewAndLeavesTheOldToThoseWhoHaveIt) {
  const SharedFile old(path, "test/1", 64);
  counter(old) = 7;
  const SharedFile other_kind(path, "test/2", 64);
  EXPECT_EQ(counter(other_kind).load(), 0U);
  counter(other_kind) = 8;
  const SharedFile other_size(path, "test/2", 128);
  EXPECT_EQ(counter(other_size).load(), 0U);
  EXPECT_EQ(counter(old).load(), 7U);
  EXPECT_EQ(counter(other_kind).load(), 8U);
}

TEST_F(SharedFiles, BeginsAnewAfterAReboot) {
  { counter(SharedFile(path, "test/1", 64)) = 7; }
  std::string boot;
  std::getline(std::ifstream("/proc/sys/kernel/random/boot_id"), boot);
  std::string bytes = folder.read("shared");
  const std::size_t at = bytes.find(boot);
  ASSERT_NE(at, std::string::npos);
  bytes[at] = bytes[at] == '0' ? '1' : '0';
  folder.write("shared", bytes);
  EXPECT_EQ(counter(SharedFile(path, "test/1", 64)).load(), 0U);
}

TEST_F(SharedFiles, NeverFollowsALink) {
  folder.write("elsewhere", "precious");
  std::filesystem::create_symlink(folder / "elsewhere", path);
  EXPECT_THROW(SharedFile(path, "test/1", 64), std::system_error);
  EXPECT_EQ(folder.read("elsewhere"), "precious");
}

TEST_F(SharedFiles, SaysWhyThereIsNoRoom) {
  test::Process child([this] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{4096, 4096};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    try {
      const SharedFile file(path, "test/1", 1 << 20);
    } catch (const std::system_error& error) {
      return error.code() == std::errc::file_too_large ? 3 : 4;
    }
    return 5;
  });
  EXPECT_EQ(child.join(), 3);
}

}  // namespace
}  // namespace doorward
