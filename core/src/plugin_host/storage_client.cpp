#include "plugin_host/storage_client.hpp"

#include <algorithm>
#include <array>
#include <exception>
#include <vector>

#include "base/errors.hpp"

namespace doorward::plugin_host {

namespace {

using records::Cell;
using records::Change;
using records::Match;
using records::Page;
using records::RowVisitor;
using records::Test;
using records::Type;
using records::Value;

static_assert(static_cast<int>(Type::null) == DOORWARD_NULL &&
              static_cast<int>(Type::text) == DOORWARD_TEXT &&
              static_cast<int>(Type::bytes) == DOORWARD_BYTES &&
              static_cast<int>(Type::number) == DOORWARD_NUMBER &&
              static_cast<int>(Type::time) == DOORWARD_TIME && static_cast<int>(Type::flag) == DOORWARD_FLAG);
static_assert(static_cast<int>(Test::is) == DOORWARD_IS &&
              static_cast<int>(Test::is_not) == DOORWARD_IS_NOT &&
              static_cast<int>(Test::below) == DOORWARD_BELOW &&
              static_cast<int>(Test::above) == DOORWARD_ABOVE &&
              static_cast<int>(Test::starts_with) == DOORWARD_STARTS_WITH);

doorward_value c_value(const Value& value) {
  return {static_cast<doorward_type>(value.type), value.number, {value.text.data(), value.text.size()}};
}
doorward_cell c_item(const Cell& cell) { return {cell.field, c_value(cell.value)}; }
doorward_match c_item(const Match& match) {
  return {match.field, static_cast<doorward_test>(match.test), c_value(match.value)};
}
doorward_change c_item(const Change& change) {
  return {change.field, c_value(change.value), change.add ? 1 : 0};
}

// A list of one kind of items as C wants it; the usual few of them cost no allocation.
template <class Item>
class CList {
 public:
  template <class Source>
  explicit CList(std::span<const Source> items) : size_(items.size()) {
    if (size_ > few_.size()) many_.resize(size_);
    std::transform(items.begin(), items.end(), begin(), [](const Source& item) { return c_item(item); });
  }
  const Item* data() const { return many_.empty() ? few_.data() : many_.data(); }
  std::size_t size() const { return size_; }

 private:
  Item* begin() { return many_.empty() ? few_.data() : many_.data(); }
  std::size_t size_;
  std::array<Item, 16> few_;
  std::vector<Item> many_;
};

// Takes rows from the plugin. The visitor's exception waits here until the plugin's function has returned.
class RowTaker {
 public:
  explicit RowTaker(const RowVisitor* visitor) : visitor_(visitor), rows_{this, &RowTaker::take} {}
  RowTaker(const RowTaker&) = delete;
  RowTaker& operator=(const RowTaker&) = delete;
  const doorward_rows* rows() const { return visitor_ == nullptr ? nullptr : &rows_; }
  void rethrow() const {
    if (thrown_ != nullptr) std::rethrow_exception(thrown_);
  }

 private:
  static void take(void* self, const doorward_cell* cells, std::size_t count) noexcept {
    auto& taker = *static_cast<RowTaker*>(self);
    if (taker.thrown_ != nullptr) return;
    try {
      std::array<Value, 32> few;
      std::vector<Value> many(count > few.size() ? count : 0);
      Value* values = many.empty() ? few.data() : many.data();
      for (std::size_t i = 0; i < count; ++i) {
        const doorward_value& value = cells[i].value;
        values[i] = {static_cast<Type>(value.type), value.number, {value.text.data, value.text.size}};
      }
      (*taker.visitor_)(std::span<const Value>(values, count));
    } catch (...) {
      taker.thrown_ = std::current_exception();
    }
  }

  const RowVisitor* visitor_;
  doorward_rows rows_;
  std::exception_ptr thrown_;
};

[[noreturn]] void fail(doorward_status status, const std::string& store, const char* call,
                       const char* table) {
  const std::string where = "the store " + store + ", " + call + (*table == '\0' ? "" : " in ") + table;
  switch (status) {
    case DOORWARD_BUSY: throw records::Busy(where + ": somebody else was in the way");
    case DOORWARD_INVALID: throw std::logic_error(where + ": the call can't be made so");
    case DOORWARD_CONFLICT:
      throw std::logic_error(where + ": a unique value is taken, and nobody asked before");
    case DOORWARD_UNAVAILABLE: throw Unavailable(where + ": it can't be reached, or not in time");
    default: throw Unavailable(where + ": it failed with status " + std::to_string(status));
  }
}

class ClientTransaction final : public records::StoreTransaction {
 public:
  ClientTransaction(const doorward_storage& calls, const std::string& store, void* tx)
      : calls_(calls), store_(store), tx_(tx) {}
  ~ClientTransaction() override {
    if (tx_ != nullptr) calls_.rollback(tx_);
  }

  bool insert(const char* table, std::span<const Cell> cells) override {
    const CList<doorward_cell> list(cells);
    const doorward_status status = calls_.insert(open(), table, list.data(), list.size());
    if (status == DOORWARD_CONFLICT) return false;
    check(status, "insert", table);
    return true;
  }
  void find(const char* table, std::span<const Match> matches, const Page* page,
            const RowVisitor& row) override {
    const CList<doorward_match> list(matches);
    doorward_page c_page{};
    if (page != nullptr) c_page = {page->order_by, page->descending ? 1 : 0, page->limit, page->offset};
    const RowTaker taker(&row);
    const doorward_status status = calls_.find(open(), table, list.data(), list.size(),
                                               page == nullptr ? nullptr : &c_page, taker.rows());
    taker.rethrow();
    check(status, "find", table);
  }
  std::int64_t update(const char* table, std::span<const Match> matches,
                      std::span<const Change> changes) override {
    const CList<doorward_match> list(matches);
    const CList<doorward_change> change_list(changes);
    std::int64_t changed = 0;
    check(calls_.update(open(), table, list.data(), list.size(), change_list.data(), change_list.size(),
                        &changed),
          "update", table);
    return changed;
  }
  std::int64_t remove(const char* table, std::span<const Match> matches, const RowVisitor* taken) override {
    const CList<doorward_match> list(matches);
    const RowTaker taker(taken);
    std::int64_t removed = 0;
    const doorward_status status =
        calls_.remove(open(), table, list.data(), list.size(), taker.rows(), &removed);
    taker.rethrow();
    check(status, "remove", table);
    return removed;
  }
  void announce(std::string_view message) override {
    if (calls_.announce == nullptr) throw std::logic_error("the store " + store_ + " has no change feed");
    check(calls_.announce(open(), {message.data(), message.size()}), "announce", "");
  }
  void commit() override {
    void* tx = open();
    tx_ = nullptr;
    check(calls_.commit(tx), "commit", "");
  }

 private:
  void* open() const {
    if (tx_ == nullptr)
      throw std::logic_error("a transaction of the store " + store_ + " is used after its end");
    return tx_;
  }
  void check(doorward_status status, const char* call, const char* table) const {
    if (status != DOORWARD_OK) fail(status, store_, call, table);
  }

  const doorward_storage& calls_;
  const std::string& store_;
  void* tx_;
};

records::Listener& listener_of(void* self) { return *static_cast<records::Listener*>(self); }

void append(void* self, doorward_text text) noexcept {
  try {
    if (text.size != 0) static_cast<std::string*>(self)->append(text.data, text.size);
  } catch (...) {  // out of memory: a shorter sentence
  }
}

}  // namespace

StorageClient::StorageClient(std::unique_ptr<Plugin> plugin)
    : plugin_(std::move(plugin)), calls_(plugin_->grown_table<doorward_storage>(DOORWARD_STORAGE_LEAST)) {
  if (calls_.prepare == nullptr || calls_.begin == nullptr || calls_.commit == nullptr ||
      calls_.rollback == nullptr || calls_.insert == nullptr || calls_.find == nullptr ||
      calls_.update == nullptr || calls_.remove == nullptr)
    throw BadSettings("the plugin " + plugin_->name() + " lacks one of the eight functions of storage/1");
  if ((calls_.announce == nullptr) != (calls_.listen == nullptr))
    throw BadSettings("the plugin " + plugin_->name() + " has one half of the change feed of storage/1");
}

void StorageClient::prepare(std::span<const records::Table> tables) {
  std::vector<std::vector<doorward_field>> fields;
  std::vector<std::vector<doorward_index>> indexes;
  std::vector<doorward_table> list;
  fields.reserve(tables.size());
  indexes.reserve(tables.size());
  for (const records::Table& table : tables) {
    auto& own_fields = fields.emplace_back();
    for (const records::Field& field : table.fields)
      own_fields.push_back({field.name, static_cast<doorward_type>(field.type), field.required ? 1 : 0});
    auto& own_indexes = indexes.emplace_back();
    for (const records::Index& index : table.indexes)
      own_indexes.push_back({index.fields, index.unique ? 1 : 0});
    list.push_back(
        {table.name, own_fields.data(), own_fields.size(), own_indexes.data(), own_indexes.size()});
  }
  std::string why;
  const doorward_sink sink{&why, &append};
  const doorward_status status = calls_.prepare(plugin_->self(), list.data(), list.size(), &sink);
  if (status == DOORWARD_OK) return;
  const std::string sentence = "the store " + plugin_->name() + " can't be brought up to the schema: " +
                               (why.empty() ? "it doesn't say why" : why);
  if (status == DOORWARD_INVALID) throw BadSettings(sentence);
  throw Unavailable(sentence);
}

std::unique_ptr<records::StoreTransaction> StorageClient::begin(records::Mode mode,
                                                                std::chrono::milliseconds timeout) {
  constexpr std::int64_t longest = 24 * 3600 * 1000;
  const auto timeout_ms = static_cast<std::uint32_t>(std::clamp<std::int64_t>(timeout.count(), 0, longest));
  void* tx = nullptr;
  const doorward_mode c_mode = mode == records::Mode::read ? DOORWARD_READ : DOORWARD_WRITE;
  const doorward_status status = calls_.begin(plugin_->self(), c_mode, timeout_ms, &tx);
  if (status != DOORWARD_OK) fail(status, plugin_->name(), "begin", "");
  return std::make_unique<ClientTransaction>(calls_, plugin_->name(), tx);
}

void StorageClient::listen(records::Listener& listener) {
  if (!has_feed()) throw std::logic_error("the store " + plugin_->name() + " has no change feed");
  const doorward_listener calls{sizeof(doorward_listener),
                                &listener,
                                [](void* self) noexcept { listener_of(self).restarted(); },
                                [](void* self, doorward_text message) noexcept {
                                  listener_of(self).heard({message.data, message.size});
                                },
                                [](void* self) noexcept { listener_of(self).asking(); },
                                [](void* self) noexcept { listener_of(self).caught_up(); }};
  const doorward_status status = calls_.listen(plugin_->self(), &calls);
  if (status != DOORWARD_OK) fail(status, plugin_->name(), "listen", "");
}

std::unique_ptr<StorageClient> make_storage(const settings::PluginEntry& entry, const std::string& plugin_dir,
                                            Log& log, const Clock& clock) {
  return std::make_unique<StorageClient>(Plugin::load("storage/1", entry, plugin_dir, log, clock));
}

}  // namespace doorward::plugin_host
