// A file is refused before its code runs: the odd plugins leave a mark when they are loaded.
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "support.hpp"

namespace doorward::plugin_host {

namespace {

namespace fs = std::filesystem;

class PluginFileTest : public PluginTest {
 protected:
  PluginFileTest() { ::setenv("DOORWARD_TEST_MARK", mark().c_str(), 1); }
  ~PluginFileTest() override { ::unsetenv("DOORWARD_TEST_MARK"); }

  fs::path mark() const { return path / "code_ran"; }
  std::string refused(const std::string& name) {
    const std::string fault = fault_of(name, path.string());
    EXPECT_FALSE(fault.empty()) << name << " was loaded";
    EXPECT_FALSE(fs::exists(mark())) << "code of " << name << " ran before it was refused: " << fault;
    return fault;
  }
};

TEST_F(PluginFileTest, TheMarkIsLeftByAPluginThatIsLoaded) {
  take("right");
  EXPECT_EQ(fault_of("right", path.string()), "");
  EXPECT_TRUE(fs::exists(mark()));
}

TEST_F(PluginFileTest, NamesThatLeadElsewhere) {  // T225
  take("right");
  for (const char* name : {"../storage/right", "/etc/passwd", "..", "", "Right", "right.so", "a/b", "right\n",
                           "9right", "_right"})
    EXPECT_TRUE(has(refused(name), "is not a name of a plugin")) << name;
}

TEST_F(PluginFileTest, AFileThatIsNotThere) {
  EXPECT_TRUE(has(refused("absent"), "storage/absent.so can't be used: No such file or directory"));
  EXPECT_TRUE(has(fault_of("right", "/nonexistent"), "the folder of plugins /nonexistent can't be used"));
}

TEST_F(PluginFileTest, FilesAndFoldersThatOthersCanWrite) {  // T225
  const fs::path file = take("right");
  ::chmod(file.c_str(), 0664);
  EXPECT_TRUE(has(refused("right"), "right.so is writable by others"));
  ::chmod(file.c_str(), 0646);
  EXPECT_TRUE(has(refused("right"), "right.so is writable by others"));
  ::chmod(file.c_str(), 0644);
  ::chmod((path / "storage").c_str(), 0775);
  EXPECT_TRUE(has(refused("right"), "/storage is writable by others"));
  ::chmod((path / "storage").c_str(), 0755);
  ::chmod(path.c_str(), 0777);
  EXPECT_TRUE(has(refused("right"), path.string() + " is writable by others"));
  ::chmod(path.c_str(), 0755);
  EXPECT_EQ(fault_of("right", path.string()), "");
}

TEST_F(PluginFileTest, FilesOfAnotherUser) {  // T225
  const fs::path file = take("right");
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown(file.c_str(), 12345, 0), 0);
    EXPECT_TRUE(has(refused("right"), "right.so belongs to user 12345"));
  } else {  // then nobody else can have put it there but root, whom one has to trust
    EXPECT_NE(::chown(file.c_str(), 12345, 0), 0);
    EXPECT_EQ(fault_of("right", path.string()), "");
  }
}

TEST_F(PluginFileTest, LinksMayNotLeaveTheFolder) {  // T225
  const fs::path outside = path / "outside.so";
  fs::rename(take("right"), outside);
  fs::create_directory(path / "plugins");
  fs::create_directory(path / "plugins" / "storage");
  fs::create_symlink(outside, path / "plugins" / "storage" / "right.so");
  const std::string fault = fault_of("right", (path / "plugins").string());
  EXPECT_TRUE(has(fault, "right.so leads to " + fs::canonical(outside).string() + ", which is not in"))
      << fault;
  EXPECT_FALSE(fs::exists(mark()));
}

TEST_F(PluginFileTest, LinksInsideTheFolderAreFollowed) {
  fs::rename(take("right"), path / "storage" / "right_1.so");
  fs::create_symlink("right_1.so", path / "storage" / "right.so");
  EXPECT_EQ(fault_of("right", path.string()), "");
}

TEST_F(PluginFileTest, ThingsThatAreNoLibrary) {  // T225
  fs::create_directory(path / "storage" / "folder.so");
  EXPECT_TRUE(has(refused("folder"), "folder.so is not a regular file"));
  std::ofstream(path / "storage" / "text.so") << "#!/bin/sh\n";
  EXPECT_TRUE(has(refused("text"), "text.so is not a shared library"));
  std::ofstream(path / "storage" / "empty.so");
  EXPECT_TRUE(has(refused("empty"), "empty.so is not a shared library"));
  ASSERT_EQ(::mkfifo((path / "storage" / "pipe.so").c_str(), 0600), 0);
  EXPECT_TRUE(has(refused("pipe"), "pipe.so is not a regular file"));
  take("no_symbol");
  EXPECT_TRUE(
      has(refused("no_symbol"),
          "no_symbol.so is not a Doorward plugin: it doesn't export the function doorward_plugin_v1"));
}

TEST_F(PluginFileTest, LibrariesCutShortAnywhere) {  // T225
  const fs::path file = take("right");
  const auto size = fs::file_size(file);
  for (std::uintmax_t part = 1; part < 64; ++part) {
    fs::resize_file(file, size * (64 - part) / 64);
    refused("right");
  }
}

TEST_F(PluginFileTest, LibrariesOfAnotherMachine) {  // T225
  const fs::path file = take("right");
  std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
  stream.seekp(18);  // e_machine
  stream.put(2);
  stream.close();
  EXPECT_TRUE(has(refused("right"), "right.so was built for another machine: found ELF machine 2"));
}

// Any byte of the head and of the tables may be wrong: the answer is a sentence or a loaded plugin, never a crash.
TEST_F(PluginFileTest, DamagedHeadersNeverCrashTheCheck) {  // T225
  const fs::path file = take("no_symbol");
  std::ifstream in(file, std::ios::binary);
  const std::string whole{std::istreambuf_iterator<char>(in), {}};
  for (std::size_t at = 0; at < 64 + 8 * 56; ++at)
    for (const char damage : {'\0', '\x7f', '\xff'}) {
      std::string damaged = whole;
      damaged[at] = damage;
      std::ofstream(file, std::ios::binary) << damaged;
      EXPECT_FALSE(fault_of("no_symbol", path.string()).empty());
    }
}

}  // namespace

}  // namespace doorward::plugin_host
