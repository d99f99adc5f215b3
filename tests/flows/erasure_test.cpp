// What is left of an account that was deleted: asked of the schema, so that a table that is added is asked of, too.
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "mail/outbox.hpp"
#include "planted.hpp"
#include "records/audit_entry.hpp"
#include "records/erasure.hpp"
#include "records/token.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

using records::Table;
using records::Transaction;
using records::Value;

// Tables that don't say by a field `account` whose a row is, and what erase_account does with them.
const std::set<std::string> other_tables = {
    "account",                             // its key is the account's id
    "outbox_message",                      // found by what a letter is about, and by whom it was asked for
    "audit_entry",                         // stays for audit.retention: ids, no names
    "audit_chain",    "audit_checkpoint",  // digests
    "installation",   "organization",     "maintenance",  // nobody's
};

bool is_erased(const Table& table) {
  const auto tables = records::tables_of_accounts();
  return std::any_of(tables.begin(), tables.end(),
                     [&](const Table* known) { return std::string_view(known->name) == table.name; });
}

TEST(erasure, knows_every_table) {
  for (const Table& table : records::schema()) {
    if (has_field(table, "account")) {
      EXPECT_TRUE(is_erased(table)) << table.name << " isn't named in records/erasure.cpp";
    } else {
      EXPECT_TRUE(other_tables.contains(table.name))
          << table.name
          << ": say here and in records/erasure.cpp what becomes of it when an account is deleted";
    }
  }
}

std::string joined(const std::vector<std::string>& lines) {
  std::string all;
  for (const std::string& line : lines) all += line + "\n";
  return all;
}

// An account that has everything, with sessions, links and letters that are half-way.
class erased : public ::testing::Test {
 protected:
  explicit erased(const std::string& more = {}) : site(more), account(plant_account(site)) {
    site.account("bob@example.org", "Bob", true);
    Browser here(site), phone(site), forgetful(site), stranger(site);
    here.login("zebedee@example.org");
    phone.login("quillfeather");
    forgetful.submit("/account/recovery", {{"identifier", "zebedee@example.org"}});
    stranger.submit("/account/signup", signup_form("zebedee@example.org"));
    site.letters();
    forgetful.submit("/account/recovery", {{"identifier", "Zebedee@example.org"}});  // not written yet
    forgetful.submit("/account/recovery", {{"identifier", "QuillFeather"}});
    stranger.submit("/account/signup", signup_form("zebedee@example.org"));
    owe_letter(site, account);
    plant_factor(site, account);
  }

  void erase() {
    ASSERT_TRUE(site.admin().remove(account.str()));
    site.letters();
  }

  // "table.field: value" of every value that tells of the account.
  std::vector<std::string> left() {
    std::vector<std::string> found;
    site.database().read([&](Transaction& tx) {
      for (const Table& table : records::schema()) {
        tx.store().find(table.name, {}, nullptr, [&](std::span<const Value> row) {
          for (std::size_t i = 0; i < row.size(); ++i) {
            if (!tells_names(row[i].text) && !tells_id(row[i].text, account)) continue;
            found.push_back(std::string(table.name) + "." + table.fields[i].name + ": " +
                            std::string(row[i].text));
          }
        });
      }
    });
    return found;
  }
  std::vector<std::string> left_outside_the_audit() {
    auto found = left();
    std::erase_if(found, [](const std::string& line) { return line.starts_with("audit_entry."); });
    return found;
  }

  Site site;
  AccountId account;
};

TEST_F(erased, an_account_was_in_every_table_that_has_some) {
  std::set<std::string> tables;
  for (const std::string& line : left()) tables.insert(line.substr(0, line.find('.')));
  for (const Table& table : records::schema()) {
    const std::string name = table.name;
    const bool has_some = !other_tables.contains(name) || name == "account" || name == "outbox_message" ||
                          name == "audit_entry";
    EXPECT_EQ(tables.contains(name), has_some) << name;
  }
}

TEST_F(erased, an_account_is_in_no_table) {  // M25, T227
  erase();
  EXPECT_EQ(joined(left_outside_the_audit()), "");
  EXPECT_FALSE(left().empty()) << "what happened stays";
  EXPECT_EQ(site.admin().show("bob@example.org")->roles, "administrator") << "and nobody else's is gone";
}

TEST_F(erased, an_account_is_an_id_to_the_audit) {
  erase();
  for (const std::string& line : left()) {
    EXPECT_TRUE(line.starts_with("audit_entry.actor: ") || line.starts_with("audit_entry.subject: ")) << line;
  }
}

TEST_F(erased, an_account_owes_its_last_letter) {
  ASSERT_TRUE(site.admin().remove(account.str()));
  EXPECT_EQ(joined(left_outside_the_audit()), "outbox_message.recipient: Zebedee@example.org\n");
}

// What somebody else asked for with an address of this account, they keep: it may be theirs one day.
TEST_F(erased, an_account_leaves_others_their_links) {
  const auto bob = site.admin().show("bob@example.org")->account.id;
  const auto& keys = site.keys();
  site.database().write([&](Transaction& tx) {
    records::Tokens(tx, keys).issue({"bobs",
                                     records::TokenPurpose::email_confirm,
                                     bob,
                                     "zebedee@example.org",
                                     {},
                                     {},
                                     site.clock().now() + std::chrono::hours(1)},
                                    site.clock().now());
  });
  erase();
  EXPECT_TRUE(site.database().read(
      [&](Transaction& tx) { return records::Tokens(tx, keys).by_id("bobs").has_value(); }));
}

// The link of a letter that no mail server took has ended; the letter has the address still.
TEST_F(erased, an_account_whose_address_was_never_confirmed_leaves_no_letter_either) {
  ASSERT_TRUE(site.admin().create({"Zed", "zebedee@new.example", "", {}, false, false}));
  const auto bob = site.admin().show("bob@example.org")->account.id;
  site.database().write([&](Transaction& tx) {
    for (const std::string& about : {std::string("a token that has ended"), bob.str(), std::string()})
      mail::enqueue(tx, {"invitation", about, "zebedee@new.example", {}, {}, site.clock().now()},
                    site.clock().now(), site.random());
  });
  const auto about = [&] {
    std::set<std::string> subjects;
    site.database().read([&](Transaction& tx) {
      for (const auto& message : records::find_all<records::OutboxMessage>(tx, {}))
        if (message.recipient == "zebedee@new.example") subjects.insert(message.subject);
    });
    return subjects;
  };
  ASSERT_EQ(about().size(), 4U);
  ASSERT_TRUE(site.admin().remove("zebedee@new.example"));
  EXPECT_EQ(about(), (std::set<std::string>{bob.str(), ""})) << "those are somebody else's";
}

// Removed values are overwritten in the file (secure_delete), and the log beside it is emptied while the site runs on.
class erased_file : public erased {
 protected:
  erased_file() : erased("storage:\n  plugin: sqlite\n  path: store.sqlite\n") {}

  bool tells() const {
    bool found = false;
    for (const auto& entry : std::filesystem::directory_iterator(site.folder())) {
      if (!entry.path().filename().string().starts_with("store.sqlite")) continue;
      std::ostringstream out;
      out << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      found = found || tells_names(out.str());
    }
    return found;
  }
};

TEST_F(erased_file, an_account_is_not_among_the_bytes_either) {
  EXPECT_TRUE(tells());
  erase();
  EXPECT_EQ(joined(left_outside_the_audit()), "");
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (tells() && std::chrono::steady_clock::now() < deadline) wait_for(std::chrono::milliseconds(10));
  EXPECT_FALSE(tells());
}

}  // namespace
}  // namespace doorward::test
