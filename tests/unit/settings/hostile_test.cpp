// Files that were written to hurt (SECURITY T223): each is refused with a line, in less than a second and 64 MiB.
// The figures are of a child process, so that what other tests took doesn't count.
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "folder.hpp"
#include "settings/document.hpp"

namespace doorward::settings {
namespace {

class HostileSettings : public Folder {
 protected:
  // Reads `yaml` in a child; what it says must contain `expected`.
  void refuses(const std::string& yaml, const std::string& expected, std::uintmax_t bytes = 0) {
    const std::string file = write("doorward.yaml", yaml);
    if (bytes != 0) std::filesystem::resize_file(file, bytes);
    int pipe_ends[2];
    ASSERT_EQ(::pipe(pipe_ends), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) run(file, pipe_ends[1]);
    ::close(pipe_ends[1]);
    std::string said(65536, '\0');
    std::size_t size = 0;
    for (ssize_t got; (got = ::read(pipe_ends[0], said.data() + size, said.size() - size)) > 0;) size += got;
    ::close(pipe_ends[0]);
    said.resize(size);
    int status = 0;
    rusage usage{};
    ASSERT_EQ(::wait4(child, &status, 0, &usage), child);
    EXPECT_TRUE(WIFEXITED(status)) << "died of signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), 3) << "was accepted, or took too much; it said: " << said;
    EXPECT_NE(said.find(expected), std::string::npos) << said;
    const double seconds = static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
                           static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
    EXPECT_LT(seconds, seconds_allowed);
    EXPECT_LT(usage.ru_maxrss, kib_allowed);
  }

 private:
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  static constexpr double seconds_allowed = 10;
  static constexpr long kib_allowed = 1024 * 1024;
#else
  static constexpr double seconds_allowed = 1;
  static constexpr long kib_allowed = 64 * 1024;
#endif

  [[noreturn]] static void run(const std::string& file, int out) {
    int code = 0;
    try {
      read(file);
    } catch (const BadSettings& bad) {
      const std::string_view said = bad.what();
      code = ::write(out, said.data(), said.size()) == static_cast<ssize_t>(said.size()) ? 3 : 4;
    } catch (...) {
      code = 5;
    }
    ::_exit(code);
  }
};

std::string repeated(const std::string& text, std::size_t times) {
  std::string all;
  all.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) all += text;
  return all;
}

TEST_F(HostileSettings, NineLevelsOfAliases) {
  std::string yaml = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level <= 9; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    yaml += "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below +
            repeated(", " + below, 8) + "]\n";
  }
  refuses(least + yaml, "more than 20000 values, counting each time an alias repeats one");
}

TEST_F(HostileSettings, ManyAliases) {
  refuses(least + "a: &a x\nb: [*a" + repeated(", *a", 200) + "]\n",
          "doorward.yaml:6:405: more than 100 aliases");
}

TEST_F(HostileSettings, AnAliasOfItself) {
  refuses(least + "a: &a [1, *a]\n", "doorward.yaml:5:11: an alias stands inside the value that it repeats");
  refuses(least + "a: &a {b: {c: *a}}\n",
          "doorward.yaml:5:15: an alias stands inside the value that it repeats");
  refuses(least + "a: *nobody\n",
          "doorward.yaml:5:4: this is not YAML: the referenced anchor is not defined");
}

TEST_F(HostileSettings, DeepNesting) {
  refuses(least + "a: " + repeated("[", 5000) + repeated("]", 5000) + "\n",
          "doorward.yaml:5:67: nested more than 64 deep");
  refuses(least + "a: " + repeated("{a: ", 5000), "nested more than 64 deep");
  refuses(least + "a: " + repeated("[", 100'000), "nested more than 64 deep");
  refuses(least + "a:\n" + repeated("- ", 5000) + "x\n", "nested more than 64 deep");
}

TEST_F(HostileSettings, AHundredMegabytes) {
  refuses(least + "a: x\n", "doorward.yaml: the file has 100000000 bytes, more than 131072", 100'000'000);
}

TEST_F(HostileSettings, AFileFullOfAnything) {
  const std::size_t room = most_file_bytes;
  for (const std::string& part :
       {std::string("["),           std::string("{"),       std::string("- "),
        std::string("? "),          std::string(": "),      std::string("a: "),
        std::string("&a "),         std::string("*a "),     std::string("\""),
        std::string("'"),           std::string("|"),       std::string("%"),
        std::string("\n"),          std::string("#"),       std::string("!"),
        std::string(","),           std::string("a,"),      std::string("[]"),
        std::string("{}"),          std::string("[],"),     std::string("a\n"),
        std::string("- a\n"),       std::string("a: b\n"),  std::string("---\n"),
        std::string("...\n"),       std::string(" "),       std::string("\n "),
        std::string("\\"),          std::string("\"a\" "),  std::string("a "),
        std::string("? a\n"),       std::string("!!a "),    std::string("a: &a\n"),
        std::string("x: [a, b]\n"), std::string("? - a\n"), std::string("\xc3\xa4")}) {
    SCOPED_TRACE(part);
    refuses(repeated(part, room / part.size()), "");
    refuses("a: [" + repeated(part, (room - 4) / part.size()), "");
    refuses("a: {" + repeated(part, (room - 4) / part.size()), "");
    refuses("a: \"" + repeated(part, (room - 4) / part.size()), "");
    refuses("a: |\n " + repeated(part, (room - 6) / part.size()), "");
  }
}

TEST_F(HostileSettings, KeysGivenTwice) {
  EXPECT_EQ(faults_of(least + "mount: /a\nmount: /b\n"),
            "yaml:6:1: the key \"mount\" is given twice: first in line 5");
  EXPECT_EQ(faults_of(least + "session: {idle: 1h, idle: 2h}\n"),
            "yaml:5:21: the key \"idle\" is given twice: first in line 5");
  EXPECT_EQ(faults_of(least + "session:\n  idle: 1h\n\"session\":\n  fresh: 1m\n"),
            "yaml:7:1: the key \"session\" is given twice: first in line 5");
}

TEST_F(HostileSettings, TabsTagsAndMergeKeys) {
  EXPECT_EQ(faults_of(least + "session:\n\tidle: 1h\n"),
            "yaml:6:1: a tab stands where YAML wants spaces for indentation");
  EXPECT_EQ(faults_of(least + "session:\n  \tidle: 1h\n"),
            "yaml:6:3: a tab stands where YAML wants spaces for indentation");
  EXPECT_EQ(faults_of(least + "\t# only a comment\n\t\nmount: /a\t# one more\n"), "");
  EXPECT_EQ(
      faults_of(least + "site: {name: !!binary aGVsbG8=}\n"),
      "yaml:5:14: the tag \"tag:yaml.org,2002:binary\" is not accepted: a value's type follows from its key");
  EXPECT_EQ(faults_of(least + "site: !!python/object {name: x}\n"),
            "yaml:5:7: the tag \"tag:yaml.org,2002:python/object\" is not accepted: a value's type follows "
            "from its key");
  EXPECT_EQ(faults_of(least + "a: &a {idle: 1h}\nsession:\n  <<: *a\n"),
            "yaml:5:1: unknown key \"a\"\nyaml:7:3: unknown key \"session.<<\"");
}

TEST_F(HostileSettings, OtherBytesThanText) {
  EXPECT_EQ(faults_of(std::string("a: \0b\n", 6)), "yaml:1:4: a control character stands here");
  EXPECT_EQ(faults_of("a: \xff\xfe\n"), "yaml:1:1: the file is not UTF-8 text");
  EXPECT_EQ(faults_of(least + "---\nmount: /a\n"), "yaml:5:1: a second YAML document begins here");
  EXPECT_EQ(faults_of("just text\n"),
            "yaml:1:1: the file must be a map: lines such as `public_url: https://example.org`");
  EXPECT_EQ(faults_of(least + "? [a]\n: b\n"), "yaml:5:3: a key must be text");
  EXPECT_EQ(faults_of(least + "a: [b\n").find("yaml:6:1: this is not YAML: "), 0u);
}

TEST_F(HostileSettings, WhatIsNoFileOfOnesOwn) {
  const std::string file = write("doorward.yaml", least);
  std::filesystem::permissions(file, std::filesystem::perms::others_write,
                               std::filesystem::perm_options::add);
  EXPECT_THROW(read(file), BadSettings);
  EXPECT_THROW(read(path.string()), BadSettings);
  EXPECT_THROW(read("/dev/zero"), BadSettings);
  ASSERT_EQ(::mkfifo((path / "pipe").c_str(), 0600), 0);
  EXPECT_THROW(read((path / "pipe").string()), BadSettings);
}

}  // namespace
}  // namespace doorward::settings
