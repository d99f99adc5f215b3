#include "storage_calls.hpp"

#include <algorithm>
#include <chrono>

namespace kit {

namespace {

doorward_value c_value(const Value& value) {
  return {value.type, value.number, {value.text.data(), value.text.size()}};
}

std::vector<doorward_match> c_matches(const std::vector<Match>& matches) {
  std::vector<doorward_match> list;
  for (const Match& match : matches) list.push_back({match.field.c_str(), match.test, c_value(match.value)});
  return list;
}

// Copies rows and checks what the border says of them: every field, in the table's order, with its own type or NULL.
struct Taker {
  const Table& table;
  Rows* rows;
  std::string fault;

  static void take(void* self, const doorward_cell* cells, std::size_t count) noexcept {
    auto& taker = *static_cast<Taker*>(self);
    const auto& fields = taker.table.fields;
    if (count != fields.size()) {
      taker.fault = "a row of " + std::to_string(count) + " cells, wanted " + std::to_string(fields.size());
      return;
    }
    Row row;
    for (std::size_t i = 0; i < count; ++i) {
      const doorward_value& value = cells[i].value;
      if (fields[i].name != cells[i].field)
        taker.fault = std::string("found field ") + cells[i].field + ", wanted " + fields[i].name;
      if (value.type != DOORWARD_NULL && value.type != fields[i].type)
        taker.fault = fields[i].name + " came with another type";
      const bool has_text = value.type == DOORWARD_TEXT || value.type == DOORWARD_BYTES;
      const bool has_number = value.type != DOORWARD_NULL && !has_text;
      row.push_back(
          {value.type, has_number ? value.number : 0,
           has_text && value.text.size != 0 ? std::string(value.text.data, value.text.size) : std::string()});
    }
    taker.rows->push_back(std::move(row));
  }
};

void append(void* self, doorward_text text) noexcept {
  if (text.size != 0) static_cast<std::string*>(self)->append(text.data, text.size);
}

}  // namespace

std::string to_string(const Value& value) {
  switch (value.type) {
    case DOORWARD_NULL: return "NULL";
    case DOORWARD_TEXT:
    case DOORWARD_BYTES:
      return '"' + (value.text.size() > 60 ? value.text.substr(0, 60) + "..." : value.text) + '"';
    default: return std::to_string(value.number);
  }
}

std::string to_string(const Row& row) {
  std::string text;
  for (const Value& value : row) text += (text.empty() ? "(" : ", ") + to_string(value);
  return text + ")";
}

void expect_rows_in_order(const Rows& found, const Rows& wanted, const std::string& of,
                          std::source_location where) {
  if (found == wanted) return;
  const auto list = [](const Rows& rows) {
    std::string text;
    for (std::size_t i = 0; i < rows.size() && i < 5; ++i) text += " " + to_string(rows[i]);
    return std::to_string(rows.size()) + " rows:" + text + (rows.size() > 5 ? " ..." : "");
  };
  fail(of + ": found " + list(found) + "; wanted " + list(wanted), where);
}

void expect_rows(Rows found, Rows wanted, const std::string& of, std::source_location where) {
  std::sort(found.begin(), found.end());
  std::sort(wanted.begin(), wanted.end());
  expect_rows_in_order(found, wanted, of, where);
}

doorward_status Tx::insert_cells(const std::string& table, const std::vector<Cell>& cells) {
  std::vector<doorward_cell> list;
  for (const Cell& cell : cells) list.push_back({cell.field.c_str(), c_value(cell.value)});
  return calls_->insert(tx_, table.c_str(), list.data(), list.size());
}

doorward_status Tx::insert(const Table& table, const Row& row) {
  std::vector<Cell> cells;
  for (std::size_t i = 0; i < row.size(); ++i) cells.push_back({table.fields[i].name, row[i]});
  return insert_cells(table.name, cells);
}

doorward_status Tx::find(const Table& table, const std::vector<Match>& matches, const Page* page,
                         Rows& rows) {
  const auto list = c_matches(matches);
  Taker taker{table, &rows, {}};
  const doorward_rows sink{&taker, &Taker::take};
  doorward_page c_page{};
  if (page != nullptr)
    c_page = {page->order_by ? page->order_by->c_str() : nullptr, page->descending ? 1 : 0, page->limit,
              page->offset};
  const auto status = calls_->find(tx_, table.name.c_str(), list.data(), list.size(),
                                   page == nullptr ? nullptr : &c_page, &sink);
  expect(taker.fault.empty(), taker.fault);
  return status;
}

doorward_status Tx::update(const Table& table, const std::vector<Match>& matches,
                           const std::vector<Change>& changes, std::int64_t& changed) {
  const auto list = c_matches(matches);
  std::vector<doorward_change> c_changes;
  for (const Change& change : changes)
    c_changes.push_back({change.field.c_str(), c_value(change.value), change.add ? 1 : 0});
  return calls_->update(tx_, table.name.c_str(), list.data(), list.size(), c_changes.data(), c_changes.size(),
                        &changed);
}

doorward_status Tx::remove(const Table& table, const std::vector<Match>& matches, Rows* taken,
                           std::int64_t& removed) {
  const auto list = c_matches(matches);
  Taker taker{table, taken, {}};
  const doorward_rows sink{&taker, &Taker::take};
  const auto status = calls_->remove(tx_, table.name.c_str(), list.data(), list.size(),
                                     taken == nullptr ? nullptr : &sink, &removed);
  expect(taker.fault.empty(), taker.fault);
  return status;
}

doorward_status Tx::announce(const std::string& message) {
  return calls_->announce(tx_, {message.data(), message.size()});
}
doorward_status Tx::commit() { return calls_->commit(std::exchange(tx_, nullptr)); }

void Tx::rollback() {
  if (tx_ != nullptr) calls_->rollback(std::exchange(tx_, nullptr));
}

void Tx::must_insert(const Table& table, const Row& row, std::source_location where) {
  expect_status(insert(table, row), DOORWARD_OK, "insert", where);
}
Rows Tx::must_find(const Table& table, const std::vector<Match>& matches, const Page* page,
                   std::source_location where) {
  Rows rows;
  expect_status(find(table, matches, page, rows), DOORWARD_OK, "find", where);
  return rows;
}
std::int64_t Tx::must_update(const Table& table, const std::vector<Match>& matches,
                             const std::vector<Change>& changes, std::source_location where) {
  std::int64_t changed = -1;
  expect_status(update(table, matches, changes, changed), DOORWARD_OK, "update", where);
  return changed;
}
std::int64_t Tx::must_remove(const Table& table, const std::vector<Match>& matches, Rows* taken,
                             std::source_location where) {
  std::int64_t removed = -1;
  expect_status(remove(table, matches, taken, removed), DOORWARD_OK, "remove", where);
  return removed;
}
void Tx::must_commit(std::source_location where) { expect_status(commit(), DOORWARD_OK, "commit", where); }

Store::Store(std::unique_ptr<doorward::plugin_host::Plugin> plugin)
    : plugin_(std::move(plugin)), calls_(plugin_->grown_table<doorward_storage>(DOORWARD_STORAGE_LEAST)) {}
Store::Store(Subject& subject) : Store(subject.create()) { plugin_->start(); }
Store::~Store() = default;

doorward_status Store::prepare(const std::vector<Table>& tables, std::string* why) {
  std::vector<std::vector<doorward_field>> fields(tables.size());
  std::vector<std::vector<doorward_index>> indexes(tables.size());
  std::vector<doorward_table> list;
  for (std::size_t i = 0; i < tables.size(); ++i) {
    for (const Field& field : tables[i].fields)
      fields[i].push_back({field.name.c_str(), field.type, field.required ? 1 : 0});
    for (const Index& index : tables[i].indexes)
      indexes[i].push_back({index.fields.c_str(), index.unique ? 1 : 0});
    list.push_back(
        {tables[i].name.c_str(), fields[i].data(), fields[i].size(), indexes[i].data(), indexes[i].size()});
  }
  std::string lines;
  const doorward_sink sink{why == nullptr ? &lines : why, &append};
  return calls_.prepare(plugin_->self(), list.data(), list.size(), &sink);
}

void Store::must_prepare(const std::vector<Table>& tables, std::source_location where) {
  std::string why;
  const doorward_status status = prepare(tables, &why);
  expect_status(status, DOORWARD_OK, "prepare" + (why.empty() ? "" : " (" + why + ")"), where);
}

doorward_status Store::try_begin(doorward_mode mode, std::uint32_t timeout_ms, std::optional<Tx>& tx) {
  void* raw = nullptr;
  const doorward_status status = calls_.begin(plugin_->self(), mode, timeout_ms, &raw);
  if (status == DOORWARD_OK) tx.emplace(calls_, raw);
  return status;
}

Tx Store::read(std::source_location where) {
  std::optional<Tx> tx;
  expect_status(try_begin(DOORWARD_READ, 60000, tx), DOORWARD_OK, "begin", where);
  return std::move(*tx);
}
Tx Store::write(std::source_location where) {
  std::optional<Tx> tx;
  expect_status(try_begin(DOORWARD_WRITE, 60000, tx), DOORWARD_OK, "begin", where);
  return std::move(*tx);
}

doorward_status Store::retry(doorward_mode mode, const std::function<doorward_status(Tx&)>& work) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (true) {
    std::optional<Tx> tx;
    doorward_status status = try_begin(mode, 60000, tx);
    if (status == DOORWARD_OK) status = work(*tx);
    if (status == DOORWARD_OK) status = tx->commit();
    if (status != DOORWARD_BUSY || std::chrono::steady_clock::now() > give_up) return status;
  }
}
void Store::must_retry(doorward_mode mode, const std::function<doorward_status(Tx&)>& work,
                       std::source_location where) {
  expect_status(retry(mode, work), DOORWARD_OK, "a transaction, tried again while it was busy,", where);
}

Rows Store::all(const Table& table) {
  Rows rows;
  must_retry(DOORWARD_READ, [&](Tx& tx) {
    rows.clear();
    return tx.find(table, {}, nullptr, rows);
  });
  return rows;
}

void Store::add(const Table& table, const std::vector<Row>& rows) {
  must_retry(DOORWARD_WRITE, [&](Tx& tx) {
    for (const Row& row : rows)
      if (const doorward_status status = tx.insert(table, row); status != DOORWARD_OK) return status;
    return DOORWARD_OK;
  });
}

Table accounts(Subject& subject) {
  return {subject.new_name("accounts"),
          {{"id", DOORWARD_TEXT},
           {"email", DOORWARD_TEXT, false},
           {"organization", DOORWARD_TEXT, false},
           {"visits", DOORWARD_NUMBER}},
          {{"email", true}, {"organization"}}};
}

Row account(const std::string& id, std::int64_t visits) {
  return {text(id), text(id + "@example.org"), text("acme"), number(visits)};
}

}  // namespace kit
