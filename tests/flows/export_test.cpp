#include <gtest/gtest.h>

#include <map>
#include <nlohmann/json.hpp>

#include "planted.hpp"
#include "records/audit_chain.hpp"
#include "records/outbox_message.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

using nlohmann::json;

constexpr const char* page = "/account/export";

// Which part of the document tells of a table; every other one has its reason.
const std::map<std::string, std::string> parts = {
    {"account", "account"},
    {"email", "emails"},
    {"session", "sessions"},
    {"token", "links"},
    {"membership", "roles"},
    {"outbox_message", "letters"},
    {"audit_entry", "activity"},
    {"avatar", "picture"},
    {"factor", "second_factor"},
    {"recovery_code", "second_factor"},
    {"trusted_browser", "second_factor"},
};
const std::map<std::string, std::string> left_out = {
    {"installation", "nobody's"}, {"organization", "nobody's"},     {"maintenance", "nobody's"},
    {"audit_chain", "nobody's"},  {"audit_checkpoint", "nobody's"},
};

class export_data : public ::testing::Test {
 protected:
  export_data() : account(plant_account(site)) { here.login("zebedee@example.org"); }

  Answer ask() { return here.submit(page, {}); }
  json document() { return json::parse(ask().body); }

  Site site;
  AccountId account;
  Browser here{site};
};

TEST_F(export_data, has_everything_that_is_held) {  // M25
  owe_letter(site, account);
  ask();
  plant_factor(site, account);
  const json all = json::parse(*site.admin().export_text(account.str()));
  for (const records::Table& table : records::schema()) {
    const auto part = parts.find(table.name);
    EXPECT_NE(part == parts.end(), !left_out.contains(table.name))
        << table.name << ": put it into flows/export.cpp, or say here why not";
    if (part == parts.end()) continue;
    EXPECT_FALSE(all.value(part->second, json()).empty()) << part->second;
  }
  EXPECT_EQ(all.at("account").at("id"), account.str());
  EXPECT_EQ(all.at("account").at("name"), "Zebedee Quillfeather");
  EXPECT_EQ(all.at("account").at("phone"), "+4930901820");
  EXPECT_NE(all.at("activity").dump().find("account.export"), std::string::npos) << "itself, too";
  EXPECT_EQ(all.at("activity_complete"), true);
}

TEST_F(export_data, has_no_secret) {
  const Answer answer = ask();
  EXPECT_FALSE(answer.says(planted_secret)) << "a digest, or what is sealed";
  for (const auto& [name, value] : here.cookies) EXPECT_FALSE(answer.says(value)) << name;
  EXPECT_FALSE(answer.says("$argon2"));
}

TEST_F(export_data, has_nobody_elses_data) {
  const AccountId bob = site.account("bob@example.org", "Bob");
  site.engine().services().database.write([&](records::Transaction& tx) {
    records::AuditEntry entry;
    entry.id = "bobs-deed";
    entry.at = site.clock().now();
    entry.actor = bob.str();
    entry.subject = account;
    entry.action = "account.disable";
    entry.outcome = "ok";
    entry.address = "203.0.113.99";
    records::AuditChains chains(tx, site.engine().services().keys);
    chains.add(entry);
    entry.id = "zebedees-deed";
    entry.actor = account.str();
    entry.subject = bob;
    entry.action = "account.enable";
    chains.add(entry);
  });
  const Answer answer = ask();
  EXPECT_TRUE(answer.says("account.disable"));
  for (const char* foreign : {"203.0.113.99", "account.enable", "bob@example.org"})
    EXPECT_FALSE(answer.says(foreign)) << foreign;
  EXPECT_FALSE(answer.says(bob.str()));
}

TEST_F(export_data, is_a_file_that_nobody_keeps_on_the_way) {
  const Answer answer = ask();
  EXPECT_EQ(answer.header("Content-Type"), "application/json");
  EXPECT_EQ(answer.header("Content-Disposition"), "attachment; filename=\"doorward-export-2027-01-15.json\"");
  EXPECT_EQ(answer.header("Cache-Control"), "no-store");
  EXPECT_TRUE(answer.header("Content-Security-Policy").ends_with("; sandbox"));
  EXPECT_EQ(here.post_json(page, "{}").header("Content-Disposition"), answer.header("Content-Disposition"))
      << "the same to programs";
}

TEST_F(export_data, is_made_by_nothing_but_a_form_of_a_fresh_session) {
  const Answer look = here.get(page);
  EXPECT_EQ(look.status, 200);
  EXPECT_EQ(look.header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_FALSE(has_happened(site, account.str(), "account.export ok"));
  site.clock().pass(site.engine().settings().session.fresh);
  EXPECT_EQ(here.post(page, {}).location, "/account/reauthenticate?return_to=%2Faccount%2Fexport");
}

TEST_F(export_data, is_recorded_and_limited) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask().status, 200) << i;
  EXPECT_TRUE(has_happened(site, account.str(), "account.export ok"));
  const Answer refused = ask();
  EXPECT_EQ(refused.status, 429);
  EXPECT_NE(refused.header("Retry-After"), "");
  EXPECT_TRUE(has_happened(site, account.str(), "account.export too_many_attempts"));
  site.clock().pass(std::chrono::hours(1));
  here.login("zebedee@example.org");
  EXPECT_EQ(ask().status, 200);
}

TEST_F(export_data, by_the_command_is_the_same_document) {
  const auto printed = site.admin().export_text(account.str());
  ASSERT_TRUE(printed);
  EXPECT_EQ(json::parse(*printed).at("account"), document().at("account"));
  EXPECT_EQ(site.admin().export_text("nobody@example.org").error().code, "no_such_account");
}

}  // namespace
}  // namespace doorward::test
