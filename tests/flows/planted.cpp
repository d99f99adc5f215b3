#include "planted.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "base/text.hpp"
#include "mail/outbox.hpp"
#include "records/account.hpp"

namespace doorward::test {
namespace {

using records::Table;
using records::Type;
using records::Value;

constexpr const char* phone = "+4930901820";

std::string planted_text(const Table& table, const records::Field& field, const AccountId& account) {
  const std::string_view name = field.name;
  if (name == "account") return account.str();
  if (name == "purpose") return "recovery";
  if (name == "kind") return "totp";
  const std::string where = std::string(" ") + table.name + " " + field.name;
  return (field.type == Type::bytes ? planted_secret : "quillfeather") + where;
}

void plant_row(records::Transaction& tx, const Table& table, const AccountId& account) {
  std::vector<std::string> texts;
  texts.reserve(table.fields.size());
  std::vector<records::Cell> cells;
  for (const records::Field& field : table.fields) {
    Value value{field.type, 1, {}};
    if (field.type == Type::text || field.type == Type::bytes)
      value = {field.type, 0, texts.emplace_back(planted_text(table, field, account))};
    cells.push_back({field.name, value});
  }
  EXPECT_TRUE(tx.store().insert(table.name, cells)) << table.name;
}

bool is_factor(const Table& table) { return table.name == std::string_view("factor"); }

}  // namespace

bool has_field(const Table& table, std::string_view name) {
  return std::any_of(table.fields.begin(), table.fields.end(),
                     [&](const records::Field& field) { return field.name == name; });
}

AccountId plant_account(Site& site) {
  const auto created = site.admin().create(
      {"Zebedee Quillfeather", "Zebedee@example.org", "quillfeather", Site::password, true, false});
  EXPECT_TRUE(created);
  site.database().write([&](records::Transaction& tx) {
    records::update(tx, records::Account::table, {{"id", records::Test::is, Value::of_text(created->str())}},
                    {{"phone", Value::of_text(phone)}});
    for (const Table& table : records::schema()) {
      if (has_field(table, "account") && !is_factor(table)) plant_row(tx, table, *created);
    }
  });
  return *created;
}

void plant_factor(Site& site, const AccountId& account) {
  site.database().write([&](records::Transaction& tx) {
    for (const Table& table : records::schema()) {
      if (is_factor(table)) plant_row(tx, table, account);
    }
  });
}

void owe_letter(Site& site, const AccountId& account) {
  const Time now = site.clock().now();
  mail::Draft draft{"password_changed",         account.str(), {},
                    R"({"at":0,"address":""})", "en",          now + std::chrono::hours(1)};
  site.database().write([&](records::Transaction& tx) { mail::enqueue(tx, draft, now, site.random()); });
}

bool tells_names(std::string_view text) {
  const std::string lower = ascii_lower(text);
  return lower.find("zebedee") != std::string::npos || lower.find("quillfeather") != std::string::npos ||
         lower.find(phone) != std::string::npos;
}

bool tells_id(std::string_view text, const AccountId& account) {
  return text.find(account.str()) != std::string_view::npos;
}

}  // namespace doorward::test
