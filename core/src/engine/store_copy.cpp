#include "engine/store_copy.hpp"

#include <algorithm>
#include <cstring>

#include "engine/founding.hpp"
#include "plugin_host/storage_client.hpp"
#include "records/account.hpp"
#include "records/audit_chain.hpp"
#include "records/schema.hpp"

namespace doorward::engine {

using records::Maintenance;
using records::Maintenances;
using records::Table;
using records::Transaction;
using State = Maintenance::State;

namespace {

constexpr std::chrono::milliseconds patience{60'000};  // for a piece, across a network

// All but what a store says of itself.
std::vector<Table> copied_tables() {
  std::vector<Table> tables = records::schema();
  std::erase_if(tables,
                [](const Table& table) { return std::strcmp(table.name, Maintenance::table.name) == 0; });
  return tables;
}

// Asked in each transaction: whoever opens a store meanwhile, or begins another copy, ends this one.
void must_be_of(Transaction& tx, const OpenedStore& store, const std::string& copy) {
  const auto found = Maintenances(tx).get();
  if (!found || found->takes_writes() || found->copy != copy)
    throw CopyRefused(store.name() +
                      ": the store was opened, or another copy was begun, while this one was under way");
}

void record(Transaction& tx, const OpenedStore& store, const char* action) {
  const Surroundings& around = store.around();
  records::AuditEntry entry;
  entry.at = around.clock.now();
  entry.id = make_uuid(entry.at, around.random);
  entry.actor = "command";
  entry.action = action;
  entry.outcome = "ok";
  records::AuditChains(tx, store.keys()).add(std::move(entry));
}

}  // namespace

struct StoreCopy::Found {
  std::optional<records::Installation> installation;
  std::optional<Maintenance> maintenance;
  bool has_accounts = false;

  bool is(State state, const std::string& copy) const {
    return maintenance && maintenance->state == state && maintenance->copy == copy;
  }
  bool is(State state) const { return maintenance && maintenance->state == state; }
};

bool CopyReport::same() const {
  return std::all_of(tables.begin(), tables.end(), [](const CopiedTable& table) { return table.same(); });
}

StoreCopy::StoreCopy(OpenedStore& from, OpenedStore& to, Progress progress)
    : from_(from), to_(to), progress_(std::move(progress)) {}

CopyReport StoreCopy::run() {
  if (!begin()) return {true, {}};
  claim_target();
  close_source();
  for (const Table& table : copied_tables()) copy(table);
  CopyReport report = compare();
  if (report.same()) finish();
  return report;
}

StoreCopy::Found StoreCopy::look(Transaction& tx) {
  return {records::Installations(tx).get(), Maintenances(tx).get(),
          records::last_row(tx, records::Account::table).has_value()};
}

bool StoreCopy::begin() {
  const Found source = from_.database().read(look, patience);
  check_source(source);
  key_check_ = source.installation->key_check;
  const bool closed = source.maintenance && !source.maintenance->takes_writes();
  id_ = closed ? source.maintenance->copy : make_uuid(from_.around().clock.now(), from_.around().random);
  if (!source.is(State::left)) return true;
  const Found target = to_.database().read(look, patience);
  if (target.is(State::arrived, id_)) return false;
  if (!target.is(State::arriving, id_))
    throw CopyRefused(from_.name() +
                      ": its installation was moved to another store already, and not to that of " +
                      to_.name() + ". `doorward storage open` lets it take writes again.");
  return true;
}

void StoreCopy::check_source(const Found& found) const {
  if (found.is(State::arriving)) throw CopyRefused(from_.name() + ": the store is half a copy itself");
  if (!found.installation) throw CopyRefused(from_.name() + ": the store holds no installation");
  for (const OpenedStore* store : {&from_, &to_}) {
    if (!belongs(store->keys(), *found.installation))
      throw CopyRefused(store->settings().state_dir +
                        "/key_ring: this key ring isn't the one that the passwords in the store of " +
                        from_.name() + " were sealed with");
  }
}

// What may be overwritten: a store with nothing in it, one that a start has founded and nobody has used, or what an earlier
// copy has left half done.
void StoreCopy::check_free(const Found& found) const {
  if (found.is(State::leaving) || found.is(State::left))
    throw CopyRefused(to_.name() + ": the store is being copied, or was moved, itself");
  if (found.installation && !belongs(to_.keys(), *found.installation))
    throw CopyRefused(to_.name() + ": the store holds another installation");
  if (found.is(State::arriving)) return;
  if (found.installation && found.installation->key_check == key_check_)
    throw CopyRefused(to_.name() + ": the store is that of " + from_.name() +
                      ", or a copy of it that is in use");
  if (found.has_accounts) throw CopyRefused(to_.name() + ": the store holds accounts of its own");
}

void StoreCopy::claim_target() {
  const bool ours = to_.database().maintain(
      [&](Transaction& tx) {
        const Found found = look(tx);
        if (found.is(State::arriving, id_)) return true;
        check_free(found);
        // Without the id as long as something of before may be in it: a copy that goes on would keep that.
        Maintenances(tx).set({State::arriving, {}, to_.around().clock.now()});
        return false;
      },
      patience);
  if (ours) return;
  empty_target();
  to_.reopen();
  const Found found = to_.database().read(look, patience);
  if (!found.is(State::arriving, id_))
    throw CopyRefused(to_.name() + ": the store doesn't keep what is written into it");
}

void StoreCopy::empty_target() {
  for (const Table& table : copied_tables()) {
    const auto remove_piece = [&](Transaction& tx) {
      must_be_of(tx, to_, {});
      const auto rows = records::next_rows(tx, table, nullptr);
      if (!rows.empty()) records::remove_rows_up_to(tx, table, rows.back().key());
      return !rows.empty();
    };
    while (to_.database().maintain(remove_piece, patience)) {}
  }
  to_.database().maintain([&](Transaction& tx) {
    must_be_of(tx, to_, {});
    Maintenances(tx).set({State::arriving, id_, to_.around().clock.now()});
  });
}

void StoreCopy::close_source() {
  from_.database().maintain(
      [&](Transaction& tx) {
        const auto found = Maintenances(tx).get();
        if (found && !found->takes_writes()) return must_be_ours(tx, from_);
        Maintenances(tx).set({State::leaving, id_, from_.around().clock.now()});
      },
      patience);
}

void StoreCopy::must_be_ours(Transaction& tx, const OpenedStore& store) const { must_be_of(tx, store, id_); }

void StoreCopy::copy(const Table& table) {
  std::uint64_t rows = 0;
  while (const std::size_t more = copy_piece(table)) progress_(table.name, rows += more);
}

// From where on is asked in the transaction that writes: of two commands that go on with one copy, neither is in the way.
std::size_t StoreCopy::copy_piece(const Table& table) {
  return to_.database().maintain(
      [&](Transaction& target) {
        must_be_ours(target, to_);
        const auto last = records::last_row(target, table);
        const auto rows = from_.database().read(
            [&](Transaction& source) {
              must_be_ours(source, from_);
              return records::next_rows(source, table, last ? &last->key() : nullptr);
            },
            patience);
        for (const records::KeptRow& row : rows) {
          if (!records::insert_row(target, table, row))
            throw CopyRefused(std::string(table.name) +
                              ": two rows have the same unique value; see `doorward storage check`");
        }
        return rows.size();
      },
      patience);
}

records::Contents StoreCopy::contents(OpenedStore& store, const Table& table) const {
  records::Contents contents;
  std::vector<records::KeptRow> rows;
  do {
    rows = store.database().read(
        [&](Transaction& tx) {
          must_be_ours(tx, store);
          return records::next_rows(tx, table, rows.empty() ? nullptr : &rows.back().key());
        },
        patience);
    for (const records::KeptRow& row : rows) contents.add(row.values());
  } while (!rows.empty());
  return contents;
}

CopyReport StoreCopy::compare() {
  CopyReport report;
  for (const Table& table : copied_tables())
    report.tables.push_back({table.name, contents(from_, table), contents(to_, table)});
  return report;
}

// The old one first: at no moment do both take writes.
void StoreCopy::finish() {
  from_.database().maintain(
      [&](Transaction& tx) {
        must_be_ours(tx, from_);
        Maintenances(tx).set({State::left, id_, from_.around().clock.now()});
      },
      patience);
  to_.database().maintain(
      [&](Transaction& tx) {
        must_be_ours(tx, to_);
        Maintenances(tx).set({State::arrived, id_, to_.around().clock.now()});
        record(tx, to_, "storage.copy");
      },
      patience);
}

bool open_again(OpenedStore& store) {
  return store.database().maintain([&](Transaction& tx) {
    const auto found = Maintenances(tx).get();
    if (!found || found->takes_writes()) return false;
    if (found->state == State::arriving)
      throw CopyRefused(store.name() + ": the store is half a copy. Finish it with `doorward storage copy`.");
    Maintenances(tx).remove();
    record(tx, store, "storage.open");
    return true;
  });
}

}  // namespace doorward::engine
