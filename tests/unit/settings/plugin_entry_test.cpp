#include <stdlib.h>

#include "folder.hpp"

namespace doorward::settings {
namespace {

class PluginEntrySettings : public Folder {
 protected:
  std::string with_mailer(const std::string& mailer) {
    return "public_url: https://example.org\nstorage: {plugin: sqlite}\nmail: {from_address: a@b.example}\n" +
           mailer;
  }
};

TEST_F(PluginEntrySettings, OwnKeysArriveDottedWithTheirPlaces) {
  write("password", "correct horse\n");
  ::setenv("DOORWARD_TEST_SECRET", "from outside", 1);
  const Settings settings =
      read_text(with_mailer("mailer:\n"
                            "  plugin: smtp\n"
                            "  host: mail.example.org\n"
                            "  port: 0587\n"
                            "  tls: {verify: no, deeper: {still: x}}\n"
                            "  password: {file: password}\n"
                            "  token: {env: DOORWARD_TEST_SECRET}\n"));
  EXPECT_EQ(settings.mailer.name, "smtp");
  EXPECT_EQ(settings.mailer.place.line, 5);
  const auto& values = settings.mailer.values;
  ASSERT_EQ(values.size(), 6u);
  EXPECT_EQ(values[0].key, "host");
  EXPECT_EQ(values[1].value, "0587");
  EXPECT_EQ(values[2].key, "tls.verify");
  EXPECT_EQ(values[2].value, "no");
  EXPECT_EQ(values[2].place.line, 8);
  EXPECT_EQ(values[2].place.column, 17);
  EXPECT_EQ(values[3].key, "tls.deeper.still");
  EXPECT_FALSE(values[3].is_secret_reference);
  EXPECT_EQ(values[4].value, "correct horse");
  EXPECT_TRUE(values[4].is_secret_reference);
  EXPECT_EQ(values[5].value, "from outside");
}

TEST_F(PluginEntrySettings, ReferencesThatLeadNowhereAreFaults) {
  write("empty", "\n");
  write("bytes", std::string("a\0b", 3));
  write("large", std::string(70'000, 'x'));
  std::filesystem::permissions(write("open", "x"), std::filesystem::perms::all);
  EXPECT_EQ(faults_of(with_mailer(
                "mailer:\n  plugin: smtp\n  a: {file: none}\n  b: {file: empty}\n  c: {file: bytes}\n"
                "  d: {file: large}\n  e: {file: open}\n  f: {env: DOORWARD_NOT_SET}\n"
                "  g: {env: [x]}\n  h: {file: ''}\n")),
            "yaml:6:13: \"none\": the file can't be opened: No such file or directory\n"
            "yaml:7:13: \"empty\" is empty\n"
            "yaml:8:13: \"c\": what the reference leads to is not text\n"
            "yaml:9:13: \"large\": the file has 70000 bytes, more than 65536\n"
            "yaml:10:13: \"open\": anybody may write to this file: take that right away (chmod o-w)\n"
            "yaml:11:12: the environment variable \"DOORWARD_NOT_SET\" is not set (nginx hands on only those "
            "that its "
            "own `env` lines name)\n"
            "yaml:12:12: \"g\": env takes a name\n"
            "yaml:13:13: \"h\": file takes a name");
}

TEST_F(PluginEntrySettings, APluginIsANameAndNotAPath) {
  for (const char* name : {"../smtp", "/tmp/smtp.so", "Smtp", "", "smtp.so", "1smtp"})
    EXPECT_EQ(faults_of(with_mailer("mailer: {plugin: \"" + std::string(name) + "\"}\n")),
              "yaml:4:18: \"mailer.plugin\" must be a plugin's name, of a-z, 0-9 and _, and not a path")
        << name;
  EXPECT_EQ(faults_of(with_mailer("mailer: smtp\n")),
            "yaml:4:9: \"mailer\" must name its plugin: `mailer: {plugin: NAME}`");
  EXPECT_EQ(faults_of(with_mailer("mailer: {host: x}\n")),
            "yaml:4:9: \"mailer\" must name its plugin: `mailer: {plugin: NAME}`");
}

TEST_F(PluginEntrySettings, ValuesAreSingleTexts) {
  EXPECT_EQ(
      faults_of(with_mailer("mailer: {plugin: smtp, a: [b], c: , d.e: f, g: \"x\\ny\"}\n")),
      "yaml:4:27: \"a\" takes one value, not a list\n"
      "yaml:4:32: \"c\" has no value: leave the line out for the default\n"
      "yaml:4:37: unknown key \"d.e\": keys are of a-z, 0-9 and _, and what belongs together is nested\n"
      "yaml:4:48: \"g\" holds control characters");
}

}  // namespace
}  // namespace doorward::settings
