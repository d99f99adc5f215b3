#include "folder.hpp"

namespace doorward::settings {
namespace {

using IncludeSettings = Folder;

TEST_F(IncludeSettings, MapsMergeAndTheMainFileWins) {
  write("conf.d/10.yaml", "session: {idle: 30m}\nsite: {name: Included}\n");
  write("conf.d/20.yaml", "session: {fresh: 5m}\nmailer: {host: mail.example.org}\n");
  write("conf.d/.hidden.yaml", "nonsense: 1\n");
  write("conf.d/notes.txt", "nonsense: 1\n");
  const Settings settings = read_text("include: [conf.d/*.yaml]\nsite: {name: Main}\nsession:\n" + least);
  EXPECT_EQ(settings.session.idle, std::chrono::minutes(30));
  EXPECT_EQ(settings.session.fresh, std::chrono::minutes(5));
  EXPECT_EQ(settings.site.name, "Main");
  ASSERT_EQ(settings.mailer.values.size(), 1u);
  EXPECT_EQ(settings.mailer.values[0].place.file, (path / "conf.d/20.yaml").string());
  EXPECT_EQ(settings.files.size(), 3u);
  EXPECT_EQ(settings.places.at("session.idle").file, (path / "conf.d/10.yaml").string());
}

TEST_F(IncludeSettings, TheWholeFileMayBeIncluded) {
  write("site.yaml", least);
  EXPECT_EQ(read_text("include: site.yaml\n").public_url, "https://example.org");
}

TEST_F(IncludeSettings, PathsAreRelativeToTheFileThatHasThem) {
  write("conf.d/a.yaml", "state_dir: state\n");
  EXPECT_EQ(read_text(least + "include: conf.d/a.yaml\n").state_dir, (path / "conf.d/state").string());
}

TEST_F(IncludeSettings, TwoIncludedFilesMustNotContradictEachOther) {
  write("a.yaml", "session: {idle: 30m}\n");
  write("b.yaml", "session: {idle: 30m}\n");
  EXPECT_EQ(faults_of(least + "include: [a.yaml, b.yaml]\n"),
            "b.yaml:1:11: the key \"idle\" is also given by a.yaml:1: included files must not contradict "
            "each other");
}

TEST_F(IncludeSettings, FaultsNameTheIncludedFile) {
  write("a.yaml", "sesion: {idle: 30m}\n");
  write("b.yaml", "x: [\n");
  EXPECT_EQ(faults_of(least + "include: a.yaml\n"),
            "a.yaml:1:1: unknown key \"sesion\": did you mean session?");
  EXPECT_EQ(faults_of(least + "include: b.yaml\n").find("b.yaml:2:1: this is not YAML: "), 0u);
  EXPECT_EQ(faults_of(least + "include: none.yaml\n"),
            "yaml:5:10: \"none.yaml\": the file can't be opened: No such file or directory");
  EXPECT_EQ(faults_of(least + "include: none/*.yaml\n"),
            "yaml:5:10: the folder \"none\" can't be read: No such file or directory");
  EXPECT_EQ(faults_of(least + "include: [[a]]\n"),
            "yaml:5:11: include takes files, and patterns such as conf.d/*.yaml");
}

TEST_F(IncludeSettings, NoChainsNoRoundsAndNotTooMuch) {
  write("a.yaml", "include: b.yaml\n");
  EXPECT_EQ(faults_of(least + "include: a.yaml\n"),
            "a.yaml:1:1: an included file can't include others: name them in yaml");
  EXPECT_EQ(faults_of(least + "include: doorward.yaml\n"), "yaml:5:10: \"yaml\" is read already");
  for (int i = 0; i < 65; ++i) write("many/" + std::to_string(i) + ".yaml", "");
  EXPECT_EQ(faults_of(least + "include: many/*\n"), "yaml:5:10: more than 64 included files");
  for (int i = 0; i < 20; ++i)
    write("big/" + std::to_string(i) + ".yaml", "# " + std::string(100'000, 'x') + "\n");
  EXPECT_NE(faults_of(least + "include: big/*\n").find(": the file has 100003 bytes, more than "),
            std::string::npos);
}

}  // namespace
}  // namespace doorward::settings
