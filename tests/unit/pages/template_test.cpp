#include "pages/template.hpp"

#include <gtest/gtest.h>

#include "base/errors.hpp"

namespace doorward::pages {
namespace {

// "" or the faults without the file's name.
std::string faults_of(const std::string& source, Syntax syntax = Syntax::page) {
  Faults faults;
  read_template("x", source, syntax, faults);
  try {
    faults.raise();
  } catch (const BadSettings& bad) {
    std::string text = bad.what();
    for (std::size_t at = 0; (at = text.find("x:", at)) != std::string::npos;) text.erase(at, 2);
    return text;
  }
  return {};
}

// The pieces with their tags written as <#name>.
std::string pieces_of(const std::string& source, Syntax syntax = Syntax::page) {
  Faults faults;
  std::string text;
  for (const auto& piece : read_template("x", source, syntax, faults).pieces) {
    if (const auto* literal = std::get_if<std::string>(&piece)) {
      text += *literal;
      continue;
    }
    const auto& tag = std::get<Tag>(piece);
    constexpr const char* sigils[] = {"", "#", "^", "/", ">", "!"};
    text += "<" + std::string(sigils[static_cast<int>(tag.kind)]) + tag.name + ">";
  }
  faults.raise();
  return text;
}

TEST(Template, TakesVariablesInTextAndInQuotedValues) {
  EXPECT_EQ(faults_of("<p class=\"a {{x}}\" title='{{y}}'>{{z}}</p>"), "");
  EXPECT_EQ(faults_of("<input {{#x}}checked{{/x}} value=\"{{#a}}{{b}}{{/a}}\"/>"), "");
  EXPECT_EQ(faults_of("<!doctype html><title>{{x}}</title><!-- plain -->1 < 2 {{y}}"), "");
}

TEST(Template, RefusesPlacesWhereEscapingDoesNotProtect) {
  EXPECT_EQ(faults_of("<p class={{x}}>"), "1:10: an attribute's value needs quotation marks");
  EXPECT_EQ(faults_of("<p class=x>"), "1:10: an attribute's value needs quotation marks");
  EXPECT_EQ(faults_of("<p {{x}}>"), "1:4: a variable can't stand among attributes, only in a quoted value");
  EXPECT_EQ(faults_of("<p data-{{x}}=\"1\">"), "1:9: a variable can't stand in the name of an attribute");
  EXPECT_EQ(faults_of("<{{x}}>"), "1:2: a tag can't stand in the name of an element");
  EXPECT_EQ(faults_of("<scr{{#x}}ipt{{/x}}>").substr(0, 48),
            "1:5: a tag can't stand in the name of an element");
  EXPECT_EQ(faults_of("<p onclick=\"{{x}}\">"),
            "1:12: an event handler: scripts are files of the theme's assets");
  EXPECT_EQ(faults_of("<p ONCLICK='a'>"), "1:12: an event handler: scripts are files of the theme's assets");
  EXPECT_EQ(faults_of("<p style=\"color: {{x}}\">"),
            "1:10: pages have no inline style: use a class and the style sheet\n1:18: a variable can't stand "
            "in a style");
  EXPECT_EQ(
      faults_of("<script>{{x}}</script>"),
      "1:8: a script needs its src: a file of the theme's assets\n1:9: a tag can't stand in a script or "
      "style");
  EXPECT_EQ(faults_of("<script src=\"{{x}}\" defer>a</script>"),
            "1:27: a script is a file of the theme's assets: nothing stands between <script> and </script>");
  EXPECT_EQ(faults_of("<img src=\"{{x}}\"><script></script>"),
            "1:25: a script needs its src: a file of the theme's assets");
  EXPECT_EQ(faults_of("<script src=\"{{x}}\" defer></script>"), "");
  EXPECT_EQ(faults_of("<STYLE>p{}</STYLE>"), "1:7: pages have no inline style: use the style sheet");
  EXPECT_EQ(faults_of("<iframe srcdoc=\"{{x}}\"></iframe>"), "1:16: srcdoc can't be used");
  EXPECT_EQ(faults_of("<!-- {{x}} -->"),
            "1:6: a variable can't stand in an HTML comment; comments are {{! like this }}");
}

TEST(Template, RefusesToLeaveOutTheEscaping) {
  const char* sentence = "1:1: {{{ and {{& would leave out the escaping; pages have no such place";
  EXPECT_EQ(faults_of("{{{x}}}"), sentence);
  EXPECT_EQ(faults_of("{{&x}}"), sentence);
  EXPECT_EQ(faults_of("{{ & x }}"), sentence);
  EXPECT_EQ(faults_of("{{=<% %>=}}"), "1:1: delimiters can't be changed");
  EXPECT_EQ(faults_of("{{x}}}"), "1:1: }}} isn't expected here");
}

TEST(Template, RefusesSectionsThatDoNotFitTogether) {
  EXPECT_EQ(faults_of("{{#a}}\n{{#b}}{{/a}}"),
            "2:7: {{/a}} closes nothing that is open\n"
            "1:1: the section {{#a}} isn't closed\n2:1: the section {{#b}} isn't closed");
  EXPECT_EQ(faults_of("{{/a}}"), "1:1: {{/a}} closes nothing that is open");
  EXPECT_EQ(faults_of("<a {{#x}}href=\"{{/x}}\">"),
            "1:16: the section {{#x}} begins and ends in different places of the HTML");
  EXPECT_EQ(faults_of("{{x"), "1:1: {{ isn't closed by }}");
  EXPECT_EQ(faults_of("{{Name}} {{}}"),
            "1:1: 'Name' isn't a name: small letters, digits, _ and .\n"
            "1:10: '' isn't a name: small letters, digits, _ and .");
  EXPECT_EQ(faults_of("<p>a</p"), "1:8: ends within an element");
}

TEST(Template, KnowsWhatBeginsAnAddress) {
  const auto begins = [](const std::string& source) {
    Faults faults;
    std::string marks;
    for (const auto& piece : read_template("x", source, Syntax::page, faults).pieces) {
      const auto* tag = std::get_if<Tag>(&piece);
      if (tag != nullptr && tag->kind == TagKind::variable) marks += tag->begins_address ? "1" : "0";
    }
    return marks;
  };
  EXPECT_EQ(begins("<a href=\"{{x}}\" title=\"{{x}}\">{{x}}</a>"), "100");
  EXPECT_EQ(begins("<a HREF='mailto:{{x}}'></a>"), "0");
  EXPECT_EQ(begins("<a href=\"{{x}}{{y}}/{{z}}\"></a>"), "110");
  EXPECT_EQ(begins("<a href=\"{{#a}}/x{{/a}}{{y}}\"></a>"), "1");
  EXPECT_EQ(begins("<button formaction=\"{{x}}\"><img src=\"{{x}}\"></button>"), "11");
}

TEST(Template, LeavesNoLineBehindWhereOnlyTagsStood) {
  EXPECT_EQ(pieces_of("a\n  {{#x}}\nb\n  {{/x}}  \nc"), "a\n<#x>b\n</x>c");
  EXPECT_EQ(pieces_of("a\n{{! note }}\nb{{! note }}\n"), "a\nb\n");
  EXPECT_EQ(pieces_of("  {{>part}}\n<p>\n"), "<>part><p>\n");
  EXPECT_EQ(pieces_of("{{#x}}{{/x}}\n{{y}}\n"), "<#x></x><y>\n");
  EXPECT_EQ(pieces_of("a {{#x}}b{{/x}}\n"), "a <#x>b</x>\n");
  EXPECT_EQ(pieces_of("a\n{{#x}}\nb{{/x}}"), "a\n<#x>b</x>");
}

TEST(Template, LettersMayHaveInlineStyleAndTextsAnything) {
  EXPECT_EQ(faults_of("<style>p { color: red }</style><p style=\"margin:0\">{{x}}</p>", Syntax::letter_html),
            "");
  EXPECT_EQ(faults_of("<style>{{x}}</style>", Syntax::letter_html),
            "1:8: a tag can't stand in a script or style");
  EXPECT_EQ(faults_of("<{{link}}> a=b", Syntax::text), "");
  EXPECT_EQ(faults_of("\xFF"), " isn't UTF-8");
}

}  // namespace
}  // namespace doorward::pages
