#include "pages/po.hpp"

#include <gtest/gtest.h>

#include "base/errors.hpp"

namespace doorward::pages {
namespace {

std::string faults_of(const std::string& bytes) {
  Faults faults;
  read_po("x.po", bytes, faults);
  try {
    faults.raise();
  } catch (const BadSettings& bad) {
    return bad.what();
  }
  return {};
}

PoFile read(const std::string& bytes) {
  Faults faults;
  PoFile file = read_po("x.po", bytes, faults);
  faults.raise();
  return file;
}

TEST(Po, ReadsTextsOfSeveralLinesAndTheirEscapes) {
  const auto file = read(
      "# a note\nmsgid \"\"\nmsgstr \"\"\n\"Language: de\\n\"\n\"Plural-Forms: nplurals=1; plural=0;\\n\"\n\n"
      "#: page.html\nmsgid \"a.b\"\nmsgstr \"\"\n\"one \\\"two\\\"\\n\"\n\"\\tthree \\\\ \xC3\xA4\"\n");
  EXPECT_EQ(file.plural_forms, "nplurals=1; plural=0;");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_EQ(file.entries[0].id, "a.b");
  EXPECT_EQ(file.entries[0].line, 8);
  EXPECT_EQ(file.entries[0].texts, std::vector<std::string>{"one \"two\"\n\tthree \\ \xC3\xA4"});
}

TEST(Po, ReadsPluralForms) {
  const auto file = read("msgid \"a\"\nmsgid_plural \"{count}\"\nmsgstr[0] \"one\"\nmsgstr[1] \"many\"\n");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_EQ(file.entries[0].plural_id, "{count}");
  EXPECT_EQ(file.entries[0].texts, (std::vector<std::string>{"one", "many"}));
}

TEST(Po, NeedsNoEmptyLineBetweenEntries) {
  EXPECT_EQ(read("msgid \"a\"\nmsgstr \"1\"\nmsgid \"b\"\nmsgstr \"2\"").entries.size(), 2u);
}

TEST(Po, LeavesOutFuzzyAndObsoleteEntriesAsMsgfmtDoes) {
  const auto file = read(
      "#, fuzzy\nmsgid \"a\"\nmsgstr \"1\"\n\n#~ msgid \"b\"\n#~ msgstr \"2\"\n\nmsgid \"c\"\nmsgstr "
      "\"3\"\n");
  ASSERT_EQ(file.entries.size(), 1u);
  EXPECT_EQ(file.entries[0].id, "c");
}

TEST(Po, ReadsCarriageReturnsAtLineEnds) {
  EXPECT_EQ(read("msgid \"a\"\r\nmsgstr \"1\"\r\n").entries.at(0).texts[0], "1");
}

TEST(Po, SaysWhatIsWrongAndWhere) {
  EXPECT_EQ(faults_of("msgid \"a\"\n\n"), "x.po:2: an entry ends without its msgstr");
  EXPECT_EQ(faults_of("msgid \"a\"\nmsgstr \"b\n"), "x.po:2: a text starts and ends with a quotation mark");
  EXPECT_EQ(faults_of("msgid \"a\"\nmsgstr \"b\"c\"\n"),
            "x.po:2: a quotation mark within a text is written \\\"");
  EXPECT_EQ(faults_of("msgid \"a\"\nmsgstr \"\\x\"\n"),
            "x.po:2: only \\n, \\t, \\\" and \\\\ are known after a backslash");
  EXPECT_EQ(faults_of("msgctxt \"m\"\nmsgid \"a\"\nmsgstr \"1\"\n"), "x.po:1: 'msgctxt' isn't expected here");
  EXPECT_EQ(faults_of("\"a\"\n"), "x.po:1: a text stands here without a msgid or msgstr");
  EXPECT_EQ(faults_of("msgid \"a\"\nmsgstr \"1\"\n\nmsgid \"a\"\nmsgstr \"2\"\n"),
            "x.po:4: 'a' stands here a second time");
  EXPECT_EQ(faults_of("msgid \"a\"\nmsgid_plural \"{n}\"\nmsgstr[1] \"1\"\n\n"),
            "x.po:3: 'msgstr[1]' isn't expected here\nx.po:4: an entry ends without its msgstr");
  EXPECT_EQ(faults_of("msgid \"a\xFF\"\n"), "x.po: isn't UTF-8");
}

}  // namespace
}  // namespace doorward::pages
