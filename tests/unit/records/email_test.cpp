// Addresses as they are compared: what looks alike is not the same, and what is the same is one (SECURITY T103, T105).
#include "records/email.hpp"

#include <gtest/gtest.h>

#include "memory_database.hpp"

namespace doorward::records {
namespace {

using namespace std::string_view_literals;

std::string key_of(std::string_view text) {
  const auto email = CanonicalEmail::parse(text);
  return email ? email->key() : std::string();
}

TEST(Addresses, AreComparedWithoutCaseAndWithALabels) {
  EXPECT_EQ(key_of("Ada@Example.ORG"), "ada@example.org");
  EXPECT_EQ(key_of(" ada@example.org\n"), "ada@example.org");
  EXPECT_EQ(key_of("ada@example.org."), "ada@example.org") << "a trailing dot is the same place";
  EXPECT_EQ(key_of("ada@B\u00fccher.example"), "ada@xn--bcher-kva.example");
  EXPECT_EQ(key_of("ada@xn--bcher-kva.example"), "ada@xn--bcher-kva.example");
  EXPECT_EQ(key_of("ada+notes@example.org"), "ada+notes@example.org");
  EXPECT_EQ(key_of("ada@localhost"), "ada@localhost");
  EXPECT_EQ(CanonicalEmail::parse("Ada.L@B\u00fccher.example")->address(), "Ada.L@xn--bcher-kva.example")
      << "letters go where it was typed to";
  EXPECT_EQ(CanonicalEmail::parse("Ada@example.org")->local_part(), "ada");
  EXPECT_EQ(CanonicalEmail::parse("Ada@Example.org")->domain(), "example.org");
}

TEST(Addresses, ThatLookAlikeAreNone) {
  for (const char* text : {"m\u0131ke@example.org", "\u017fam@example.org", "mi\u212ae@example.org",
                           "\uff41da@example.org", "ada\u200b@example.org", "\u0430da@example.org",
                           "ada\u0301@example.org", "ada\uff20example.org", "\u202eada@example.org"}) {
    EXPECT_EQ(key_of(text), "") << text;
  }
  EXPECT_NE(key_of("ada@\u0430pple.example"), key_of("ada@apple.example")) << "a Cyrillic a";
  EXPECT_TRUE(key_of("ada@\u0430pple.example").starts_with("ada@xn--")) << "and it shows";
}

TEST(Addresses, WhatIsNoneIsRefused) {
  for (const auto text : {""sv,
                          "@"sv,
                          "ada"sv,
                          "ada@"sv,
                          "@example.org"sv,
                          "a@b@c"sv,
                          "ada @example.org"sv,
                          "ada@example .org"sv,
                          "ada@exa mple.org"sv,
                          "ada@.org"sv,
                          "ada@example..org"sv,
                          "ada@-example.org"sv,
                          "ada@example_.org"sv,
                          "ada@[127.0.0.1]"sv,
                          "\"ada\"@example.org"sv,
                          "Ada <ada@example.org>"sv,
                          "ada@example.org, bob@example.org"sv,
                          "ada@example.org\r\nBcc: evil@example.org"sv,
                          "ada\0@example.org"sv,
                          "ada@example.org\0.evil.example"sv,
                          "ada@\xff.example"sv,
                          "ada%40example.org"sv,
                          "ada(x)@example.org"sv,
                          "ada@example.org?x"sv}) {
    EXPECT_EQ(key_of(text), "") << text;
  }
}

TEST(Addresses, AreBounded) {
  EXPECT_NE(key_of(std::string(64, 'a') + "@example.org"), "");
  EXPECT_EQ(key_of(std::string(65, 'a') + "@example.org"), "");
  std::string domain = std::string(60, 'd');
  while (domain.size() + 61 <= 189) domain += "." + std::string(60, 'd');
  const std::string most = std::string(254 - 1 - domain.size(), 'a').substr(0, 64) + "@" + domain;
  EXPECT_NE(key_of(most), "");
  EXPECT_EQ(key_of(std::string(64, 'a') + "@" + domain + "." + std::string(10, 'e')), "")
      << "255 octets and more";
  EXPECT_EQ(key_of(std::string(100'000, 'a')), "");
}

class Owned : public ::testing::Test {
 protected:
  Email email(const char* id, const char* account, bool verified) {
    return {EmailId(id),
            AccountId(account),
            "ada@example.org",
            "ada@example.org",
            verified ? std::optional(test::morning) : std::nullopt,
            true,
            test::morning};
  }
  const CanonicalEmail address = *CanonicalEmail::parse("ADA@example.org");
  test::MemoryDatabase memory;
};

TEST_F(Owned, OfManyWhoClaimAnAddressOneOwnsIt) {
  memory.database->write([&](Transaction& tx) {
    Emails emails(tx);
    EXPECT_TRUE(emails.insert(email("1", "ada", false)));
    EXPECT_TRUE(emails.insert(email("2", "eve", false))) << "to claim is free";
    EXPECT_FALSE(emails.verified(address));
    EXPECT_TRUE(emails.verify(AccountId("ada"), address, test::morning));
    EXPECT_TRUE(emails.verify(AccountId("ada"), address, test::morning)) << "twice is once";
    EXPECT_FALSE(emails.verify(AccountId("eve"), address, test::morning));
    EXPECT_EQ(emails.verified(address)->account, AccountId("ada"));
  });
  EXPECT_FALSE(
      memory.database->write([&](Transaction& tx) { return Emails(tx).insert(email("3", "bob", true)); }));
}

TEST_F(Owned, WhoDoesntClaimItCantVerifyIt) {
  memory.database->write([&](Transaction& tx) {
    Emails(tx).insert(email("1", "ada", false));
    EXPECT_FALSE(Emails(tx).verify(AccountId("eve"), address, test::morning));
    EXPECT_FALSE(Emails(tx).verified(address));
  });
}

TEST_F(Owned, IsFreeAgainOnceItsOwnerIsGone) {
  memory.database->write([&](Transaction& tx) {
    Emails(tx).insert(email("1", "ada", true));
    Emails(tx).remove_of(AccountId("ada"));
    EXPECT_FALSE(Emails(tx).verified(address));
    EXPECT_TRUE(Emails(tx).insert(email("2", "bob", true)));
  });
}

}  // namespace
}  // namespace doorward::records
