#include "engine/sealed_values.hpp"

#include <algorithm>
#include <optional>
#include <stdexcept>

#include "base/errors.hpp"
#include "engine/founding.hpp"
#include "records/account.hpp"
#include "records/audit_checkpoint.hpp"
#include "records/factor.hpp"
#include "records/rows.hpp"
#include "records/token.hpp"
#include "signin/passwords.hpp"

namespace doorward::engine {
namespace {

using crypto::KeyRing;
using records::KeptRow;
using records::Table;
using records::Test;
using records::Transaction;
using records::Value;

constexpr std::chrono::milliseconds patience{60'000};
constexpr std::chrono::milliseconds breath{5};  // in which whoever waits for the store gets it
constexpr std::uint64_t told_every = 20'000;

std::string of_account(std::span<const Value> row) {
  return signin::Passwords::context(AccountId(std::string(row[0].text)));
}
std::string of_factor(std::span<const Value> row) { return records::Factor::context(row[0].text); }
std::string of_installation(std::span<const Value>) { return key_check_context; }
std::string of_last_checkpoint(std::span<const Value>) { return records::AuditNote::context; }

std::size_t position(const Table& table, const char* field) {
  const auto found = std::find_if(table.fields.begin(), table.fields.end(),
                                  [&](const auto& each) { return each.name == std::string_view(field); });
  if (found == table.fields.end()) throw std::logic_error(std::string(table.name) + " has no " + field);
  return static_cast<std::size_t>(found - table.fields.begin());
}

// The key that a row of the column needs; empty: none.
std::string_view key_needed(const SealedColumn& column, std::span<const Value> row, Time now) {
  if (column.ends_at != nullptr && row[position(column.table, column.ends_at)].time() <= now) return {};
  const Value& value = row[position(column.table, column.field)];
  return column.names_key ? value.text.substr(0, value.text.find(' ')) : KeyRing::key_of(value.text);
}

// A key of bytes is a digest that nobody needs to see; an id stands beside it.
std::string name_of(const Table& table, std::span<const Value> row) {
  const auto& key = row[table.fields.front().type == records::Type::bytes ? 1 : 0];
  return std::string(table.name) + " " + std::string(key.text);
}

template <class Visit>
void for_each_piece(records::Database& database, const Table& table, const Visit& visit) {
  std::vector<KeptRow> rows;
  do {
    rows = database.read(
        [&](Transaction& tx) {
          return records::next_rows(tx, table, rows.empty() ? nullptr : &rows.back().key());
        },
        patience);
    visit(rows);
  } while (!rows.empty());
}

class Resealing {
 public:
  Resealing(records::Database& database, const KeyRing& keys, Random& random,
            const std::function<void(std::uint64_t)>& tell)
      : database_(database), keys_(keys), random_(random), tell_(tell) {}

  Resealed run() {
    for (const SealedColumn& column : sealed_columns()) {
      if (column.context == nullptr) continue;
      for_each_piece(database_, column.table, [&](const std::vector<KeptRow>& rows) { piece(column, rows); });
    }
    return std::move(done_);
  }

 private:
  struct Change {
    const KeptRow* row;
    std::string_view old_value;
    std::string new_value;
  };

  void piece(const SealedColumn& column, const std::vector<KeptRow>& rows) {
    const std::string current = keys_.current();
    std::vector<Change> changes;
    for (const KeptRow& row : rows) {
      const std::string_view sealed = row.values()[position(column.table, column.field)].text;
      if (sealed.empty() || KeyRing::key_of(sealed) == current) continue;
      if (auto fresh = sealed_anew(column, row, sealed)) changes.push_back({&row, sealed, std::move(*fresh)});
    }
    if (changes.empty()) return;
    const std::uint64_t before = done_.values;
    done_.values += database_.write([&](Transaction& tx) { return write(tx, column, changes); }, patience);
    if (tell_ && before / told_every != done_.values / told_every) tell_(done_.values);
    wait_for(breath);
  }

  std::optional<std::string> sealed_anew(const SealedColumn& column, const KeptRow& row,
                                         std::string_view sealed) {
    const std::string context = column.context(row.values());
    try {
      return keys_.seal(keys_.open_sealed(sealed, context), context, random_);
    } catch (const std::runtime_error&) {
      done_.unreadable.push_back(name_of(column.table, row.values()));
      return std::nullopt;
    }
  }

  // Only where the old value still stands there.
  static std::uint64_t write(Transaction& tx, const SealedColumn& column,
                             const std::vector<Change>& changes) {
    std::uint64_t written = 0;
    for (const Change& change : changes) {
      written += static_cast<std::uint64_t>(
          records::update(tx, column.table,
                          {{column.table.fields.front().name, Test::is, change.row->key()},
                           {column.field, Test::is, Value::of_bytes(change.old_value)}},
                          {{column.field, Value::of_bytes(change.new_value)}}));
    }
    return written;
  }

  records::Database& database_;
  const KeyRing& keys_;
  Random& random_;
  const std::function<void(std::uint64_t)>& tell_;
  Resealed done_;
};

}  // namespace

std::span<const SealedColumn> sealed_columns() {
  static const SealedColumn all[] = {
      {records::Installation::table, "key_check", of_installation},
      {records::Installation::table, "last_checkpoint", of_last_checkpoint},
      {records::Account::table, "password", of_account},
      {records::Factor::table, "secret", of_factor},
      // A link is derived from the key that its token names, and so needs it until it ends, whatever its payload is sealed with.
      {records::Token::table, "key_id", nullptr, "expires_at", true},
      {records::Token::table, "payload", nullptr, "expires_at"},
      // What they say can be verified while the key is there; they go with audit.retention.
      {records::AuditEntry::table, "link", nullptr, nullptr, true},
      {records::AuditCheckpoint::table, "key", nullptr, nullptr, true},
      {records::AuditCheckpoint::table, "removal_key", nullptr, nullptr, true},
  };
  return all;
}

std::map<std::string, KeyUse> key_uses(records::Database& database, const KeyRing& keys, Time now) {
  std::map<std::string, KeyUse> uses;
  for (const std::string& id : keys.ids()) uses[id];
  for (const SealedColumn& column : sealed_columns()) {
    for_each_piece(database, column.table, [&](const std::vector<KeptRow>& rows) {
      for (const KeptRow& row : rows) {
        const std::string_view key = key_needed(column, row.values(), now);
        if (!key.empty()) ++uses[std::string(key)][column.name()];
      }
    });
  }
  return uses;
}

Resealed reseal(records::Database& database, const KeyRing& keys, Random& random,
                const std::function<void(std::uint64_t)>& tell) {
  return Resealing(database, keys, random, tell).run();
}

}  // namespace doorward::engine
