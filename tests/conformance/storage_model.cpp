#include "storage_model.hpp"

#include <algorithm>

namespace kit {

namespace {

std::size_t place(const Table& table, const std::string& field) {
  std::size_t i = 0;
  while (i < table.fields.size() && table.fields[i].name != field) ++i;
  expect(i < table.fields.size(), "the kit asked for an unknown field " + field);
  return i;
}

// std::string compares as unsigned bytes, and NULL, type 0, stands below everything.
bool below(const Value& a, const Value& b) { return a < b; }

bool holds(const Value& value, doorward_test test, const Value& wanted) {
  switch (test) {
    case DOORWARD_IS: return value == wanted;
    case DOORWARD_IS_NOT: return value != wanted;
    case DOORWARD_BELOW: return value.type != DOORWARD_NULL && below(value, wanted);
    case DOORWARD_ABOVE: return value.type != DOORWARD_NULL && below(wanted, value);
    case DOORWARD_STARTS_WITH: return value.type != DOORWARD_NULL && value.text.starts_with(wanted.text);
  }
  return false;
}

}  // namespace

bool holds(const Table& table, const Row& row, const std::vector<Match>& matches) {
  return std::all_of(matches.begin(), matches.end(), [&](const Match& match) {
    return holds(row[place(table, match.field)], match.test, match.value);
  });
}

Rows model_find(const Table& table, const Rows& rows, const std::vector<Match>& matches, const Page* page) {
  Rows found;
  std::copy_if(rows.begin(), rows.end(), std::back_inserter(found),
               [&](const Row& row) { return holds(table, row, matches); });
  if (page == nullptr) return found;
  const std::size_t by = page->order_by ? place(table, *page->order_by) : 0;
  std::sort(found.begin(), found.end(), [&](const Row& a, const Row& b) {
    const bool less = a[by] != b[by] ? below(a[by], b[by]) : below(a[0], b[0]);
    return page->descending ? !less && a[0] != b[0] : less;
  });
  found.erase(found.begin(),
              found.begin() + static_cast<std::ptrdiff_t>(std::min<std::size_t>(page->offset, found.size())));
  if (page->limit != 0 && found.size() > page->limit) found.resize(page->limit);
  return found;
}

}  // namespace kit
