#include "engine/store_check.hpp"

#include <iterator>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "engine/invariants.hpp"
#include "records/rows.hpp"

namespace doorward::engine {
namespace {

using records::Table;
using records::Transaction;
using records::Type;
using records::Value;

constexpr std::chrono::milliseconds patience{60'000};  // for a piece, across a network

// A key of bytes is a digest that nobody needs to see; an id stands beside it.
std::string name_of(const Table& table, std::span<const Value> row) {
  return std::string(row[table.fields.front().type == Type::bytes ? 1 : 0].text);
}

bool is_as_declared(const Table& table, std::span<const Value> row, std::vector<std::string>& wrong) {
  for (std::size_t i = 0; i < table.fields.size(); ++i) {
    const records::Field& field = table.fields[i];
    if (row[i].is_null() ? field.required : row[i].type != field.type)
      wrong.push_back(std::string(field.name) + " has no value of its type");
    else if (row[i].type == Type::text && !is_utf8(row[i].text))
      wrong.push_back(std::string(field.name) + " isn't UTF-8");
  }
  return wrong.empty();
}

class Check {
 public:
  Check(records::Database& database, const crypto::KeyRing& keys, Time now)
      : database_(database), keys_(keys), now_(now) {}

  StoreChecked run() {
    for (const Invariants& noun : all_invariants()) {
      checked_.tables.push_back({noun.table.name, 0});
      check_table(noun);
      if (noun.must_have != nullptr) look_for(noun);
    }
    return std::move(checked_);
  }

 private:
  struct Piece {
    std::vector<records::KeptRow> rows;
    std::vector<StoreFault> faults;
  };

  void check_table(const Invariants& noun) {
    Piece piece;
    do {
      piece = database_.read(
          [&](Transaction& tx) {
            Piece next;
            next.rows =
                records::next_rows(tx, noun.table, piece.rows.empty() ? nullptr : &piece.rows.back().key());
            for (const records::KeptRow& row : next.rows) check_row(tx, noun, row.values(), next.faults);
            return next;
          },
          patience);
      checked_.tables.back().rows += piece.rows.size();
      std::move(piece.faults.begin(), piece.faults.end(), std::back_inserter(checked_.faults));
    } while (!piece.rows.empty());
  }

  void check_row(Transaction& tx, const Invariants& noun, std::span<const Value> row,
                 std::vector<StoreFault>& faults) const {
    std::vector<std::string> wrong;
    const std::function<void(const std::string&)> fault = [&](const std::string& what) {
      wrong.push_back(what);
    };
    if (is_as_declared(noun.table, row, wrong)) {
      try {
        noun.check({tx, keys_, now_, row, fault});
      } catch (const Unavailable&) {
        throw;  // the store, not the row
      } catch (const records::Busy&) {
        throw;
      } catch (const std::runtime_error& unreadable) {
        wrong.emplace_back(unreadable.what());
      }
    }
    for (std::string& what : wrong)
      faults.push_back({noun.table.name, name_of(noun.table, row), std::move(what)});
  }

  void look_for(const Invariants& noun) {
    bool found = false;
    database_.read([&](Transaction& tx) {
      const records::Match match{noun.table.fields.front().name, records::Test::is,
                                 Value::of_text(noun.must_have)};
      tx.store().find(noun.table.name, std::span(&match, 1), nullptr, [&](auto) { found = true; });
    });
    if (!found) checked_.faults.push_back({noun.table.name, noun.must_have, "is missing"});
  }

  records::Database& database_;
  const crypto::KeyRing& keys_;
  const Time now_;
  StoreChecked checked_;
};

}  // namespace

StoreChecked check_store(records::Database& database, const crypto::KeyRing& keys, Time now) {
  return Check(database, keys, now).run();
}

}  // namespace doorward::engine
