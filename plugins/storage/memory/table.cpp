#include "table.hpp"

namespace memory_store {

using doorward::sdk::invalid;
using doorward::sdk::Match;
using doorward::sdk::TableSpec;

namespace {

const Match* match_on(const TableSpec& spec, std::span<const Match> matches, std::size_t field) {
  for (const Match& match : matches)
    if (match.test == DOORWARD_IS && spec.find_field(match.field) == field) return &match;
  return nullptr;
}

Value zero(doorward_type type) { return Value(doorward_value{type, 0, {nullptr, 0}}); }

}  // namespace

void Table::prepare(std::shared_ptr<const TableSpec> spec) {
  Table next;
  next.spec_ = std::move(spec);
  next.columns_ = columns_;
  for (const auto& field : next.spec_->fields) {
    const auto same = std::find_if(next.columns_.begin(), next.columns_.end(),
                                   [&](const Column& c) { return c.name == field.name; });
    if (same != next.columns_.end() && same->type != field.type)
      invalid(next.spec_->name + "." + field.name + " is a " + doorward::sdk::type_name(same->type) +
              " and can't become a " + doorward::sdk::type_name(field.type));
    next.columns_of_fields_.push_back(static_cast<std::size_t>(same - next.columns_.begin()));
    if (same == next.columns_.end()) next.columns_.push_back({field.name, field.type});
  }
  if (!columns_.empty() && next.columns_of_fields_.front() != 0)
    invalid(next.spec_->name + ": the key can't be another field");
  for (const auto& index : next.spec_->indexes) {
    Index made{{}, index.unique, {}};
    for (const std::size_t field : index.fields) made.columns.push_back(next.columns_of_fields_[field]);
    next.indexes_.push_back(std::move(made));
  }
  for (const auto& [key, row] : rows_) {
    Row filled = row;
    filled.resize(next.columns_.size());
    for (std::size_t field = 0; field < next.spec_->fields.size(); ++field) {
      Value& value = filled[next.columns_of_fields_[field]];
      if (value.type == DOORWARD_NULL && next.spec_->fields[field].required)
        value = zero(next.spec_->fields[field].type);
    }
    if (!next.insert(std::move(filled)))
      invalid(next.spec_->name + ": a new unique index finds the same value twice");
  }
  *this = std::move(next);
}

std::vector<Value> Table::entry(const Index& index, const Row& row) const {
  std::vector<Value> values;
  for (const std::size_t column : index.columns) values.push_back(row[column]);
  values.push_back(row.front());
  return values;
}

bool Table::is_taken(const Index& index, const Row& row) const {
  std::vector<Value> values = entry(index, row);
  values.pop_back();
  if (std::any_of(values.begin(), values.end(),
                  [](const Value& value) { return value.type == DOORWARD_NULL; }))
    return false;
  const auto found = index.entries.lower_bound(values);
  if (found == index.entries.end()) return false;
  return std::equal(values.begin(), values.end(), found->first.begin(),
                    [](const Value& a, const Value& b) { return compare(a, b) == 0; });
}

bool Table::insert(Row row) {
  if (rows_.contains(row.front())) return false;
  for (const Index& index : indexes_)
    if (index.unique && is_taken(index, row)) return false;
  for (Index& index : indexes_) index.entries.emplace(entry(index, row), row.front());
  Value key = row.front();
  rows_.emplace(std::move(key), std::move(row));
  return true;
}

void Table::erase(const Row& row) {
  for (Index& index : indexes_) index.entries.erase(entry(index, row));
  rows_.erase(rows_.find(row.front()));
}

bool Table::replace(const Row& old, Row row) {
  Row kept = old;
  erase(old);
  if (insert(std::move(row))) return true;
  insert(std::move(kept));
  return false;
}

std::vector<const Row*> Table::candidates(std::span<const Match> matches) const {
  std::vector<const Row*> found;
  if (const Match* by_key = match_on(*spec_, matches, 0)) {
    const auto row = rows_.find(Value(by_key->value));
    if (row != rows_.end()) found.push_back(&row->second);
    return found;
  }
  const Index* best = nullptr;
  std::vector<Value> best_prefix;
  for (std::size_t i = 0; i < indexes_.size(); ++i) {
    std::vector<Value> prefix;
    for (const std::size_t field : spec_->indexes[i].fields) {
      const Match* match = match_on(*spec_, matches, field);
      if (match == nullptr) break;
      prefix.emplace_back(match->value);
    }
    if (prefix.size() <= best_prefix.size()) continue;
    best = &indexes_[i];
    best_prefix = std::move(prefix);
  }
  if (best == nullptr) {
    for (const auto& [key, row] : rows_) found.push_back(&row);
    return found;
  }
  for (auto at = best->entries.lower_bound(best_prefix); at != best->entries.end(); ++at) {
    const auto same = [](const Value& a, const Value& b) { return compare(a, b) == 0; };
    if (!std::equal(best_prefix.begin(), best_prefix.end(), at->first.begin(), same)) break;
    found.push_back(&rows_.find(at->second)->second);
  }
  return found;
}

std::vector<const Row*> Table::select(std::span<const Match> matches) const {
  std::vector<std::size_t> columns;
  for (const Match& match : matches) columns.push_back(column(spec_->check(match)));
  std::vector<const Row*> found = candidates(matches);
  std::erase_if(found, [&](const Row* row) {
    for (std::size_t i = 0; i < matches.size(); ++i)
      if (!holds(matches[i].test, (*row)[columns[i]], matches[i].value)) return true;
    return false;
  });
  return found;
}

void Table::sort(std::vector<const Row*>& rows, const doorward::sdk::Page* page) const {
  const std::size_t by =
      page != nullptr && page->order_by != nullptr ? column(spec_->field(page->order_by)) : 0;
  const bool descending = page != nullptr && page->descending != 0;
  std::sort(rows.begin(), rows.end(), [&](const Row* a, const Row* b) {
    int order = compare((*a)[by], (*b)[by]);
    if (order == 0) order = compare(a->front(), b->front());
    return descending ? order > 0 : order < 0;
  });
  if (page == nullptr) return;
  rows.erase(rows.begin(),
             rows.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(page->offset, rows.size())));
  if (page->limit != 0 && rows.size() > page->limit) rows.resize(page->limit);
}

void Table::hand_out(const Row& row, const doorward::sdk::Rows& rows) const {
  std::vector<doorward::sdk::Cell> cells;
  cells.reserve(spec_->fields.size());
  for (std::size_t field = 0; field < spec_->fields.size(); ++field)
    cells.push_back({spec_->fields[field].name.c_str(), row[column(field)].borrowed()});
  rows(cells);
}

Row Table::make_row(std::span<const doorward::sdk::Cell> cells) const {
  Row row(columns_.size());
  std::vector<bool> given(spec_->fields.size());
  for (const auto& cell : cells) {
    const std::size_t field = spec_->check(cell);
    if (given[field]) invalid(spec_->name + "." + cell.field + " is given twice");
    given[field] = true;
    row[column(field)] = Value(cell.value);
  }
  for (std::size_t field = 0; field < given.size(); ++field)
    if (!given[field] && spec_->fields[field].required)
      invalid(spec_->name + "." + spec_->fields[field].name + " is missing");
  return row;
}

Row Table::changed_row(const Row& row, std::span<const doorward::sdk::Change> changes) const {
  Row changed = row;
  for (const auto& change : changes) {
    Value& value = changed[column(spec_->check(change))];
    if (change.add == 0)
      value = Value(change.value);
    else if (__builtin_add_overflow(value.number, change.value.number, &value.number))
      invalid(spec_->name + "." + change.field + " would be greater than a number can be");
  }
  return changed;
}

}  // namespace memory_store
