// The check in a child, with the scripted engine of tests/adapters.
#include "embedding/check.hpp"

#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace doorward::embedding {
namespace {

class CheckInChild : public testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = (std::filesystem::temp_directory_path() / "doorward-check-XXXXXX").string();
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = pattern;
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }

  std::string yaml(const std::string& name, const std::string& content) {
    const auto path = (folder_ / name).string();
    std::ofstream(path) << content;
    return path;
  }

  CheckResult check(std::vector<std::string> paths,
                    std::chrono::seconds patience = std::chrono::seconds(60)) {
    return check_in_child({DOORWARD_FAKE_ENGINE, std::move(paths), std::nullopt, patience});
  }

  std::filesystem::path folder_;
};

TEST_F(CheckInChild, BringsBackWhatIsTheEnginesOwn) {
  const auto result = check({yaml("a", "mount: /me\nheader: x-a\nmax_body: 7\n"), yaml("b", "path: /b\n")});
  EXPECT_TRUE(result.faults.empty());
  ASSERT_EQ(result.surfaces.size(), 2u);
  EXPECT_TRUE(result.surfaces[0].owns("/me/x"));
  EXPECT_TRUE(result.surfaces[0].claims_header("X_A"));
  EXPECT_EQ(result.surfaces[0].max_body("/me"), 7u);
  EXPECT_TRUE(result.surfaces[1].owns("/b"));
  ASSERT_FALSE(result.log.empty());
  EXPECT_EQ(result.log[0].text, "fake: opened");
}

TEST_F(CheckInChild, ChecksMoreThere) {
  const auto more = [here = getpid()] {
    return std::vector<std::string>{getpid() == here ? "here" : "there"};
  };
  CheckOrder order{DOORWARD_FAKE_ENGINE, {yaml("a", "on_open: fault\n")}, std::nullopt};
  order.more = more;
  EXPECT_EQ(check_in_child(order).faults.size(), 3u);
  EXPECT_EQ(check_in_child(order).faults[2], "there");
  order.library = "/nosuch/libdoorward.so";
  EXPECT_EQ(check_in_child(order).faults.back(), "there") << "an engine that can't be opened hides nothing";
  order.more = [] {
    abort();
    return std::vector<std::string>();
  };
  EXPECT_NE(check_in_child(order).faults.back().find("signal 6"), std::string::npos);
}

TEST_F(CheckInChild, TellsTheFaultsOfAllFiles) {
  const auto result = check({yaml("a", "on_open: fault\n"), yaml("b", "foo: 1\n")});
  ASSERT_EQ(result.faults.size(), 3u);
  EXPECT_EQ(result.faults[1], "fault: the second of two");
  EXPECT_NE(result.faults[2].find("unknown key 'foo'"), std::string::npos);
}

TEST_F(CheckInChild, OutlivesACrash) {
  const auto crash = check({yaml("a", "on_open: crash\n")});
  ASSERT_EQ(crash.faults.size(), 1u);
  EXPECT_NE(crash.faults[0].find("signal 6"), std::string::npos) << crash.faults[0];
  const auto exit = check({yaml("b", "on_open: exit\n")});
  ASSERT_EQ(exit.faults.size(), 1u);
  EXPECT_NE(exit.faults[0].find("exit code 7"), std::string::npos) << exit.faults[0];
}

TEST_F(CheckInChild, DoesNotWaitForEver) {
  const auto result = check({yaml("a", "on_open: hang\n")}, std::chrono::seconds(1));
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0], "the settings check took longer than 1 s and was ended");
}

TEST_F(CheckInChild, NamesALibraryThatIsNone) {
  const auto result =
      check_in_child({"/nosuch/libdoorward.so", {yaml("a", "")}, std::nullopt, std::chrono::seconds(60)});
  ASSERT_EQ(result.faults.size(), 1u);
  EXPECT_EQ(result.faults[0],
            "/nosuch/libdoorward.so: cannot open shared object file: No such file or directory");
}

}  // namespace
}  // namespace doorward::embedding
