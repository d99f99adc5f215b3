#include "records/rows.hpp"

#include "crypto/digest.hpp"

namespace doorward::records {
namespace {

void append_number(std::string& to, std::uint64_t number) {
  for (int shift = 56; shift >= 0; shift -= 8)
    to += static_cast<char>(number >> static_cast<unsigned>(shift));
}

bool is_text(const Value& value) { return value.type == Type::text || value.type == Type::bytes; }

}  // namespace

KeptRow::KeptRow(std::span<const Value> row) : values_(row.begin(), row.end()) {
  for (Value& value : values_) {
    if (!is_text(value)) value.text = {};
    texts_.insert(texts_.end(), value.text.begin(), value.text.end());
  }
  std::size_t at = 0;
  for (Value& value : values_) {
    const std::size_t size = value.text.size();
    value.text = size == 0 ? std::string_view() : std::string_view(texts_.data() + at, size);
    at += size;
  }
}

std::vector<KeptRow> next_rows(Transaction& tx, const Table& table, const Value* after, std::uint32_t limit) {
  std::vector<KeptRow> rows;
  std::vector<Match> matches;
  if (after != nullptr) matches.push_back({table.fields.front().name, Test::above, *after});
  const Page page{nullptr, false, limit, 0};
  tx.store().find(table.name, matches, &page, [&](std::span<const Value> row) { rows.emplace_back(row); });
  return rows;
}

std::optional<KeptRow> last_row(Transaction& tx, const Table& table) {
  std::optional<KeptRow> last;
  const Page page{nullptr, true, 1, 0};
  tx.store().find(table.name, {}, &page, [&](std::span<const Value> row) { last.emplace(row); });
  return last;
}

bool insert_row(Transaction& tx, const Table& table, const KeptRow& row) {
  std::vector<Cell> cells;
  cells.reserve(table.fields.size());
  for (std::size_t i = 0; i < table.fields.size(); ++i)
    cells.push_back({table.fields[i].name, row.values()[i]});
  return tx.store().insert(table.name, cells);
}

// Each by its key, and only where it matches still: another host may have changed it since it was found.
std::int64_t remove_some(Transaction& tx, const Table& table, std::span<const Match> matches,
                         const char* order_by, std::uint32_t limit) {
  std::vector<KeptRow> found;
  const Page page{order_by, false, limit, 0};
  tx.store().find(table.name, matches, &page,
                  [&](std::span<const Value> row) { found.emplace_back(row.first(1)); });
  std::int64_t removed = 0;
  for (const KeptRow& row : found) {
    std::vector<Match> all = {{table.fields.front().name, Test::is, row.key()}};
    all.insert(all.end(), matches.begin(), matches.end());
    removed += tx.store().remove(table.name, all, nullptr);
  }
  return removed;
}

void remove_rows_up_to(Transaction& tx, const Table& table, const Value& key) {
  for (const Test test : {Test::below, Test::is}) {
    const Match match{table.fields.front().name, test, key};
    tx.store().remove(table.name, std::span(&match, 1), nullptr);
  }
}

// Each value with its type and its length, so that no two rows are written alike.
void Contents::add(std::span<const Value> row) {
  std::string bytes = digest_;
  for (const Value& value : row) {
    bytes += static_cast<char>(value.type);
    if (is_text(value)) {
      append_number(bytes, value.text.size());
      bytes += value.text;
    } else if (!value.is_null()) {
      append_number(bytes, static_cast<std::uint64_t>(value.number));
    }
  }
  digest_ = crypto::sha256(bytes);
  ++rows_;
}

}  // namespace doorward::records
