#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "flows/export.hpp"
#include "mail/outbox.hpp"
#include "planted.hpp"
#include "records/account.hpp"
#include "records/audit_chain.hpp"
#include "records/email.hpp"
#include "records/outbox_message.hpp"
#include "records/token.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

using nlohmann::json;

constexpr const char* page = "/account/export";

// Where the document tells of a field.
const std::map<std::string, std::string> told = {
    {"account.id", "/account/id"},
    {"account.login_name", "/account/login_name"},
    {"account.name", "/account/name"},
    {"account.disabled", "/account/active"},
    {"account.password_changed_at", "/account/password_changed_at"},
    {"account.must_change_password", "/account/must_change_password"},
    {"account.created_at", "/account/created_at"},
    {"account.phone", "/account/phone"},
    {"account.password", "/account/password_set"},
    {"account.locale", "/preferences/language"},
    {"account.time_zone", "/preferences/time_zone"},
    {"account.clock", "/preferences/clock"},
    {"account.mac_format", "/preferences/mac_format"},
    {"account.theme", "/preferences/theme"},
    {"account.notifications", "/preferences/notifications"},
    {"email.address", "/emails/0/address"},
    {"email.is_primary", "/emails/0/primary"},
    {"email.created_at", "/emails/0/created_at"},
    {"email.verified_at", "/emails/0/verified_at"},
    {"session.id", "/sessions/0/id"},
    {"session.browser", "/sessions/0/browser"},
    {"session.address", "/sessions/0/address"},
    {"session.methods", "/sessions/0/methods"},
    {"session.backup", "/sessions/0/backup_login"},
    {"session.created_at", "/sessions/0/created_at"},
    {"session.authenticated_at", "/sessions/0/authenticated_at"},
    {"session.last_seen_at", "/sessions/0/last_seen_at"},
    {"session.expires_at", "/sessions/0/expires_at"},
    {"session.idle_seconds", "/sessions/0/expires_at"},
    {"token.purpose", "/links/0/purpose"},
    {"token.recipient", "/links/0/recipient"},
    {"token.created_at", "/links/0/created_at"},
    {"token.expires_at", "/links/0/expires_at"},
    {"membership.organization", "/roles/0/organization"},
    {"membership.role", "/roles/0/role"},
    {"membership.created_at", "/roles/0/since"},
    {"outbox_message.kind", "/letters/0/kind"},
    {"outbox_message.recipient", "/letters/0/recipient"},
    {"outbox_message.locale", "/letters/0/language"},
    {"outbox_message.created_at", "/letters/0/created_at"},
    {"outbox_message.expires_at", "/letters/0/expires_at"},
    {"audit_entry.at", "/activity/0/at"},
    {"audit_entry.actor", "/activity/0/by"},
    {"audit_entry.action", "/activity/0/action"},
    {"audit_entry.outcome", "/activity/0/outcome"},
    {"audit_entry.address", "/activity/0/address"},
    {"audit_entry.details", "/activity/0/details"},
    {"avatar.content_type", "/picture/content_type"},
    {"avatar.picture", "/picture/base64url"},
    {"avatar.changed_at", "/picture/changed_at"},
    {"factor.kind", "/second_factor/kind"},
    {"factor.created_at", "/second_factor/since"},
    {"factor.last_step", "/second_factor/last_code_of"},
    {"factor.failures", "/second_factor/wrong_codes"},
    {"recovery_code.created_at", "/second_factor/recovery_codes_since"},
    {"trusted_browser.created_at", "/trusted_browsers/0/created_at"},
    {"trusted_browser.expires_at", "/trusted_browsers/0/expires_at"},
};

// What else is stored, and why the document doesn't tell of it.
constexpr const char* whose = "says whose the row is";
constexpr const char* inner = "joins rows, or keeps count for Doorward";
constexpr const char* digest = "a digest, or sealed: a secret could be found from it";
constexpr const char* again = "what another field says, as it is compared";
const std::map<std::string, std::string> untold = {
    {"account.login_key", again},
    {"account.avatar", inner},
    {"email.id", inner},
    {"email.account", whose},
    {"email.key", again},
    {"email.owner_key", again},
    {"session.hash", digest},
    {"session.account", whose},
    {"token.hash", digest},
    {"token.id", digest},
    {"token.account", whose},
    {"token.binding", digest},
    {"token.payload", digest},
    {"token.key_id", inner},
    {"token.code_attempts", inner},
    {"membership.id", inner},
    {"membership.account", whose},
    {"outbox_message.id", inner},
    {"outbox_message.subject", whose},
    {"outbox_message.payload", "what the letter will say"},
    {"outbox_message.attempts", inner},
    {"outbox_message.next_at", inner},
    {"outbox_message.lease_until", inner},
    {"outbox_message.lease_holder", inner},
    {"outbox_message.state", inner},
    {"outbox_message.last_error", "the mail server's"},
    {"audit_entry.id", inner},
    {"audit_entry.subject", whose},
    {"audit_entry.request", inner},
    {"audit_entry.chain", inner},
    {"audit_entry.number", inner},
    {"audit_entry.link", digest},
    {"avatar.account", whose},
    {"avatar.version", digest},
    {"factor.id", inner},
    {"factor.account", whose},
    {"factor.secret", digest},
    {"factor.only", whose},
    {"recovery_code.id", whose},
    {"recovery_code.account", whose},
    {"recovery_code.hash", digest},
    {"trusted_browser.hash", digest},
    {"trusted_browser.id", inner},
    {"trusted_browser.account", whose},
};
const std::set<std::string> nobodys = {"installation", "organization", "maintenance", "audit_chain",
                                       "audit_checkpoint"};

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
  std::size_t fields = 0;
  for (const records::Table& table : records::schema()) {
    if (nobodys.contains(table.name)) continue;
    for (const records::Field& field : table.fields) {
      ++fields;
      const std::string name = std::string(table.name) + "." + field.name;
      const auto part = told.find(name);
      EXPECT_NE(part == told.end(), !untold.contains(name))
          << name << ": put it into flows/export.cpp, or say here why not";
      if (part == told.end()) continue;
      EXPECT_TRUE(all.contains(json::json_pointer(part->second))) << name << " at " << part->second;
    }
  }
  EXPECT_EQ(fields, told.size() + untold.size()) << "one of them is of no table";
  EXPECT_EQ(all.at("account").at("id"), account.str());
  EXPECT_EQ(all.at("account").at("name"), "Zebedee Quillfeather");
  EXPECT_EQ(all.at("account").at("phone"), "+4930901820");
  EXPECT_NE(all.at("activity").dump().find("account.export"), std::string::npos) << "itself, too";
  EXPECT_EQ(all.at("activity_complete"), true);
}

TEST_F(export_data, has_what_was_asked_for_by_its_addresses_only) {
  Browser forgetful(site);
  forgetful.submit("/account/recovery",
                   {{"identifier", "zebedee@example.org"}});  // nobody's until its letter is written
  const json all = document();
  const auto counts = [&](const char* part, const char* member, const char* value) {
    return std::count_if(all.at(part).begin(), all.at(part).end(),
                         [&](const json& one) { return one.at(member) == value; });
  };
  EXPECT_EQ(counts("links", "recipient", "zebedee@example.org"), 1) << all.at("links");
  EXPECT_EQ(counts("letters", "kind", "recovery"), 1) << all.at("letters");
}

TEST_F(export_data, has_each_letter_once_and_nothing_of_an_address_that_was_never_confirmed) {
  const Time now = site.clock().now(), later = now + std::chrono::hours(1);
  site.database().write([&](records::Transaction& tx) {
    mail::enqueue(
        tx,
        {"password_changed", account.str(), "zebedee@example.org", R"({"at":0,"address":""})", "en", later},
        now, site.random());
    records::Emails(tx).insert(
        {EmailId("more"), account, "somebody@example.com", "somebody@example.com", {}, false, now});
    records::Tokens(tx, site.keys())
        .issue({"theirs", records::TokenPurpose::recovery, {}, "somebody@example.com", {}, {}, later}, now);
  });
  const json all = document();
  EXPECT_EQ(std::count_if(all.at("letters").begin(), all.at("letters").end(),
                          [](const json& one) { return one.at("kind") == "password_changed"; }),
            1)
      << all.at("letters");
  EXPECT_EQ(all.at("links").dump().find("somebody@example.com"), std::string::npos) << all.at("links");
}

TEST_F(export_data, can_be_made_of_a_text_that_was_damaged) {
  site.database().write([&](records::Transaction& tx) {
    records::update(tx, records::Account::table,
                    {{"id", records::Test::is, records::Value::of_text(account.str())}},
                    {{"phone", records::Value::of_text("\xff")}});
  });
  EXPECT_EQ(json::parse(*site.admin().export_text(account.str())).at("account").at("phone"), "\ufffd");
}

TEST_F(export_data, says_whether_all_of_the_activity_is_in_it) {
  const auto add = [&](std::size_t records) {
    site.database().write(
        [&](records::Transaction& tx) {
          records::AuditChains chains(tx, site.keys());
          for (std::size_t i = 0; i < records; ++i) {
            records::AuditEntry entry;
            entry.id = "deed-" + std::to_string(i) + "-" + std::to_string(records);
            entry.at = site.clock().now();
            entry.subject = account;
            entry.action = "login";
            entry.outcome = "ok";
            chains.add(entry);
          }
        },
        std::chrono::minutes(1));
  };
  const auto exported = [&] { return json::parse(*site.admin().export_text(account.str())); };
  const std::size_t most = flows::most_exported_records;
  add(most - exported().at("activity").size() - 1);  // each export is one, too
  const json exactly = exported(), one_more = exported();
  EXPECT_EQ(exactly.at("activity").size(), most);
  EXPECT_EQ(exactly.at("activity_complete"), true);
  EXPECT_EQ(one_more.at("activity").size(), most);
  EXPECT_EQ(one_more.at("activity_complete"), false);
}

TEST_F(export_data, has_no_secret) {
  const Answer answer = ask();
  EXPECT_FALSE(answer.says(planted_secret)) << "a digest, or what is sealed";
  for (const auto& [name, value] : here.cookies) EXPECT_FALSE(answer.says(value)) << name;
  EXPECT_FALSE(answer.says("$argon2"));
}

TEST_F(export_data, has_nobody_elses_data) {
  const AccountId bob = site.account("bob@example.org", "Bob");
  site.database().write([&](records::Transaction& tx) {
    records::AuditEntry entry;
    entry.id = "bobs-deed";
    entry.at = site.clock().now();
    entry.actor = bob.str();
    entry.subject = account;
    entry.action = "account.disable";
    entry.outcome = "ok";
    entry.address = "203.0.113.99";
    records::AuditChains chains(tx, site.keys());
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
