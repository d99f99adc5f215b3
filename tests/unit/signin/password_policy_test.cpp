// New passwords: long enough in characters, not what everybody tries first (SECURITY T001, T003, T005, T007).
#include "signin/password_policy.hpp"

#include <gtest/gtest.h>

#include "base/errors.hpp"
#include "fixed.hpp"

namespace doorward::signin {
namespace {

const PasswordContext ada{"Ada Lovelace", "ada.lovelace@example.org", "countess", "Harbour Notes"};

struct NoParts final : Parts {
  Result<std::string> picture(std::string_view) override { throw Unavailable("no part"); }
  std::optional<PhoneNumber> phone_number(std::string_view, const std::string&) override { return {}; }
  std::string fetch(const Wish&) override { throw Unavailable("no part"); }
};

struct Silence final : Log {
  void write(Level, std::string_view) override {}
};

Result<NewPassword> check(std::string_view typed, const settings::Settings::Password& rules,
                          const PasswordContext& context) {
  NoParts parts;
  Silence log;
  const test::StandingClock clock;
  const Breaches breaches(rules, parts, clock, log);
  return PasswordPolicy(rules, breaches).check(typed, context, "password");
}

std::string refusal(std::string_view typed, const settings::Settings::Password& rules = {},
                    const PasswordContext& context = ada) {
  const auto checked = check(typed, rules, context);
  if (checked) return "";
  EXPECT_EQ(checked.error().field, "password");
  return checked.error().code;
}

TEST(NewPasswords, AreCountedInCharacters) {
  EXPECT_EQ(refusal("q7#Vz!m2Kp0s9w"), "password_too_short");
  EXPECT_EQ(refusal("q7#Vz!m2Kp0s9wR"), "");
  std::string emoji;
  for (int i = 0; i < 15; ++i) emoji += std::string("\xf0\x9f\x98") + static_cast<char>(0x80 + i * 3);
  EXPECT_EQ(refusal(emoji), "");
  EXPECT_EQ(refusal(emoji.substr(4)), "password_too_short") << "56 bytes, but 14 characters";
  const auto checked = check("short", {}, ada);
  EXPECT_EQ(checked.error().arguments.at(0).second, "15") << "the rule is named";
}

TEST(NewPasswords, AreBounded) {
  std::string random;
  for (int i = 0; random.size() < 1025; ++i) random += std::to_string(i * 7919 % 1000);
  EXPECT_EQ(refusal(random.substr(0, 1024)), "");
  EXPECT_EQ(refusal(random.substr(0, 1025)), "password_too_long");
  EXPECT_EQ(refusal(std::string(1 << 20, 'x')), "password_too_long");
}

TEST(NewPasswords, EverybodyTriesFirstAreRefused) {
  for (const char* common : {"Password1234567", "passwordpassword", "123456789012345", "qwertyuiopasdfgh",
                             "aaaaaaaaaaaaaaaa", "abcdefghijklmnop"}) {
    EXPECT_EQ(refusal(common), "password_blocked") << common;
  }
  settings::Settings::Password short_ones;
  short_ones.min_length = 8;
  for (const char* common : {"password", "iloveyou", "12345678", "football", "p@ssword"})
    EXPECT_EQ(refusal(common, short_ones), "password_blocked") << common;
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(NewPasswords, EverybodyTriesFirstAreRefusedInEveryScript) {
  for (const std::string& common :
       {repeated("😀", 15), repeated("😀", 20), repeated("😀🎉", 10), repeated("日", 15), repeated("ключ", 4),
        repeated("пароль", 3), repeated("密码", 8), repeated("비밀번호", 4), repeated("xkqv", 4),
        repeated("жщ", 7) + "ж", std::string("１２３４５６７８９０１２３４５"),
        std::string("Ｐａｓｓｗｏｒｄ１２３４５６７"), std::string("Пароль1234567890")}) {
    EXPECT_EQ(refusal(common), "password_blocked") << common;
  }
  for (const std::string& fine :
       {std::string("лошадь скрепка батарея"), std::string("正しい馬の電池とホチキスの針です"),
        std::string("ключ лежит под ковриком"), repeated("лошадь скрепка ", 2)})
    EXPECT_EQ(refusal(fine), "") << fine;
}

TEST(NewPasswords, MadeOfOnesOwnNamesAreRefused) {
  settings::Settings::Password policy;
  policy.blocked_words = {"Acme Widgets"};
  for (const char* own : {"ada.lovelace-ada.lovelace", "AdaLovelace!27x", "lovelacelovelace",
                          "HarbourNotes2027", "countesscountess", "doorwarddoorward1", "Ada Lovelace 1815",
                          "Lovelace, Ada 1815", "Ada.Lovelace.2024", "--- ada -- lovelace ---"}) {
    EXPECT_EQ(refusal(own, policy), "password_context") << own;
  }
  for (const char* words : {"AcmeWidgetsacme!", "acme-widgets-2027", "Acme, Ada & widgets"})
    EXPECT_EQ(refusal(words, policy), "password_blocked") << words << ": nobody's own name";
}

TEST(NewPasswords, MadeOfOnesOwnNamesAreRefusedInEveryScript) {  // T007
  struct Own {
    const char* name;
    std::vector<const char*> passwords;
  };
  for (const Own& own : std::vector<Own>{
           {"Екатерина Достоевская",
            {"екатерина достоевская", "ЕКАТЕРИНАДОСТОЕВСКАЯ", "Екатерина Достоевская 1821"}},
           {"Αλέξανδρος Παπαδόπουλος", {"αλέξανδροςπαπαδόπουλος", "ΑΛΈΞΑΝΔΡΟΣΠΑΠΑΔΌΠΟΥΛΟΣ"}},
           {"Zoë Ångström Åkerlund",
            {"zoëångströmåkerlund", "Zoe Angstrom Akerlund", "zoe\u0308a\u030angstro\u0308ma\u030akerlund"}},
           {"Jürgen Müssigmann", {"JÜRGENMÜSSIGMANN", "jürgen.müssigmann!"}},
           {"Bo Li", {"bolibolibolibolibo", "Bo Li Bo Li Bo Li 88"}},
       }) {
    const PasswordContext context{own.name, "x@example.org", "", "Notes"};
    for (const char* password : own.passwords)
      EXPECT_EQ(refusal(password, {}, context), "password_context") << password;
    EXPECT_EQ(refusal("seven anchors sing quietly", {}, context), "") << own.name;
  }
}

TEST(NewPasswords, EverybodyTriesFirstInGermanAreRefused) {
  for (const char* common :
       {"geheim geheim geheim", "passwort passwort", "Willkommen2026!!", "Schalke04Schalke04",
        "SommerSommer2026", "MärzMärzMärz2026", "Fussball-Fussball"}) {
    EXPECT_EQ(refusal(common), "password_blocked") << common;
  }
}

TEST(NewPasswords, OfUsualStrengthAreTaken) {
  for (const char* good : {"correct horse battery staple", "vier Sonnen \u00fcber Hafen",
                           "tr0ub4dor&3-harbour", "  spaces around  ok "})
    EXPECT_EQ(refusal(good), "") << good;
}

TEST(NewPasswords, ThatAreNoTextAreRefused) {
  EXPECT_EQ(refusal(""), "required");
  EXPECT_EQ(refusal("q7#Vz!m2Kp0s9w\xff"), "field_invalid");
  EXPECT_EQ(refusal(std::string_view("q7#Vz!m2Kp0s9w\0R", 16)), "field_invalid");
}

TEST(Passwords, AreKeptAsTypedButForTheirSpelling) {
  EXPECT_EQ(normalized_password("  Caf\u00e9  "), "  Caf\u00e9  ");
  EXPECT_EQ(normalized_password("Cafe\u0301"), "Caf\u00e9");
  EXPECT_NE(normalized_password("Password"), normalized_password("password"));
  EXPECT_EQ(normalized_password("\uff21"), "\uff21") << "width isn't folded";
  EXPECT_EQ(normalized_password(""), "");
  EXPECT_EQ(normalized_password("a\xff"), "");
  EXPECT_EQ(normalized_password(std::string_view("a\0b", 3)), "");
  EXPECT_EQ(normalized_password(std::string(1025, 'a')), "");
  std::string grows;  // three bytes become nine
  while (grows.size() + 3 <= 1024) grows += "\ufb2c";
  EXPECT_EQ(normalized_password(grows), "");
}

}  // namespace
}  // namespace doorward::signin
