// Pages: order, ties by key, limit and offset.
#include "storage_model.hpp"
#include "suites.hpp"

namespace kit {

namespace {

Table posts(Subject& subject, Store& store, Rows& rows) {
  const Table table{
      subject.new_name("posts"),
      {{"id", DOORWARD_TEXT}, {"rank", DOORWARD_NUMBER, false}, {"title", DOORWARD_TEXT, false}},
      {{"rank"}}};
  store.must_prepare({table});
  for (int i = 0; i < 50; ++i)
    rows.push_back({text("id" + std::to_string(i * 7919 % 50)), i % 9 == 0 ? null() : number(i % 5),
                    i % 4 == 0 ? null() : text(std::string(1, static_cast<char>('z' - i % 20)))});
  store.add(table, rows);
  return table;
}

void ordered(Subject& subject) {
  Store store(subject);
  Rows rows;
  const Table table = posts(subject, store, rows);
  Tx tx = store.read();
  for (const char* by : {"", "id", "rank", "title"})
    for (const bool descending : {false, true}) {
      const Page page{*by == '\0' ? std::nullopt : std::optional<std::string>(by), descending};
      expect_rows_in_order(tx.must_find(table, {}, &page), model_find(table, rows, {}, &page),
                           std::string("by \"") + by + (descending ? "\" descending" : "\" ascending"));
    }
}

void cut(Subject& subject) {
  Store store(subject);
  Rows rows;
  const Table table = posts(subject, store, rows);
  Tx tx = store.read();
  for (const std::uint32_t limit : {0u, 1u, 7u, 50u, 51u, UINT32_MAX})
    for (const std::uint32_t offset : {0u, 1u, 49u, 50u, 51u, UINT32_MAX}) {
      const Page page{"rank", true, limit, offset};
      expect_rows_in_order(tx.must_find(table, {}, &page), model_find(table, rows, {}, &page),
                           "limit " + std::to_string(limit) + ", offset " + std::to_string(offset));
    }
}

void walked(Subject& subject) {
  Store store(subject);
  Rows rows;
  const Table table = posts(subject, store, rows);
  Tx tx = store.read();
  Rows seen;
  for (std::uint32_t offset = 0;; offset += 7) {
    const Page page{"rank", false, 7, offset};
    const Rows part = tx.must_find(table, {{"rank", DOORWARD_IS_NOT, number(3)}}, &page);
    if (part.empty()) break;
    seen.insert(seen.end(), part.begin(), part.end());
  }
  const Page whole{"rank"};
  expect_rows_in_order(seen, model_find(table, rows, {{"rank", DOORWARD_IS_NOT, number(3)}}, &whole),
                       "pages put together");
}

void unknown_order(Subject& subject) {
  Store store(subject);
  Rows rows, found;
  const Table table = posts(subject, store, rows);
  Tx tx = store.read();
  const Page page{"absent"};
  expect_status(tx.find(table, {}, &page, found), DOORWARD_INVALID, "order by a field that doesn't exist");
}

}  // namespace

std::vector<Case> storage_pages_cases() {
  return {
      {"pages", "rows come in order, NULL first, ties by key, all turned round by descending", ordered},
      {"pages", "limit and offset cut where they say", cut},
      {"pages", "pages put together are the whole, each row once", walked},
      {"pages", "an order by an unknown field is refused", unknown_order},
  };
}

}  // namespace kit
