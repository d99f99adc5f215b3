// doorward/sdk/storage.hpp - a store as two classes. Derive one from Storage and one from Transaction, and end the
// file with DOORWARD_STORAGE_PLUGIN. doorward/storage.h is the contract and says what each function promises;
// doorward-conformance asks for it. schema.hpp checks the arguments of calls against the declared tables.
//
// Failures are thrown: Failure(Status::busy, ...) where somebody else was in the way and nothing was done,
// Status::unavailable where the other side can't be reached or not in time, Status::invalid for wrong arguments.
// A sentence that no caller gets to see (the calls of a transaction have no `why`) goes to the engine's log.
#ifndef DOORWARD_SDK_STORAGE_HPP
#define DOORWARD_SDK_STORAGE_HPP
#include <doorward/sdk/plugin.hpp>
#include <doorward/storage.h>

#include <chrono>
#include <type_traits>

namespace doorward::sdk {

using Value = doorward_value;
using Cell = doorward_cell;
using Match = doorward_match;
using Change = doorward_change;
using Page = doorward_page;
enum class Mode { read = DOORWARD_READ, write = DOORWARD_WRITE };

// Where found or removed rows go. The cells are borrowed by the receiver for the call only.
class Rows {
 public:
  Rows(const doorward_rows& rows, bool& inside) : rows_(rows), inside_(inside) {}
  void operator()(std::span<const Cell> cells) const {
    inside_ = true;
    rows_.row(rows_.self, cells.data(), cells.size());
    inside_ = false;
  }

 private:
  const doorward_rows& rows_;
  bool& inside_;
};

// RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF.
inline bool is_utf8(std::string_view text) {
  const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size();) {
    const unsigned first = byte(at);
    const std::size_t more = first < 0x80   ? 0
                             : first < 0xc2 ? 9
                             : first < 0xe0 ? 1
                             : first < 0xf0 ? 2
                             : first < 0xf5 ? 3
                                            : 9;
    if (more >= text.size() - at) return false;
    for (std::size_t i = 1; i <= more; ++i)
      if ((byte(at + i) & 0xc0U) != 0x80) return false;
    const unsigned second = more > 1 ? byte(at + 1) : 0;
    if ((first == 0xe0 && second < 0xa0) || (first == 0xed && second > 0x9f) ||
        (first == 0xf0 && second < 0x90) || (first == 0xf4 && second > 0x8f))
      return false;
    at += more + 1;
  }
  return true;
}

// Who hears what is announced. Call from one thread, one call at a time, and not after stop; a copy is as good.
class Listener {
 public:
  explicit Listener(const doorward_listener& listener) : listener_(listener) {}
  void restarted() const { listener_.restarted(listener_.self); }
  void heard(std::string_view message) const { listener_.heard(listener_.self, text(message)); }
  void asking() const { listener_.asking(listener_.self); }
  void caught_up() const { listener_.caught_up(listener_.self); }

 private:
  doorward_listener listener_;
};

// On one thread, from begin to commit or rollback. A call that throws has done nothing, and the transaction goes on.
class Transaction {
 public:
  Transaction() = default;
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  virtual ~Transaction() = default;
  virtual bool insert(const char* table,
                      std::span<const Cell> cells) = 0;  // false: the key or a unique index is taken
  virtual void find(const char* table, std::span<const Match> matches, const Page* page,
                    const Rows& rows) = 0;
  virtual std::int64_t update(const char* table, std::span<const Match> matches,
                              std::span<const Change> changes) = 0;
  virtual std::int64_t remove(const char* table, std::span<const Match> matches, const Rows* taken) = 0;
  // Only of stores that override Storage::listen. The message has been checked.
  virtual void announce(std::string_view) { throw Failure(Status::fault, "this store has no change feed"); }
  virtual void commit() = 0;  // durable when it returns; rolls back before it throws
  virtual void rollback() noexcept = 0;
  virtual void release() noexcept {
    delete this;
  }  // after commit or rollback; a pool may keep the object instead

  // True while a row is handed out: the receiver must not call into the same transaction.
  bool inside_row = false;
};

class Storage : public Plugin {
 public:
  virtual void prepare(std::span<const doorward_table> tables) = 0;              // [each worker, after start]
  virtual Transaction* begin(Mode mode, std::chrono::milliseconds timeout) = 0;  // [any thread]
  // [each worker, after prepare] Overridden, publicly, where the store has a change feed; Transaction::announce then, too.
  virtual void listen(const Listener&) { throw Failure(Status::fault, "this store has no change feed"); }
};

// Whether the class overrides listen(): its member's type then names another class than Storage.
template <class Class>
inline constexpr bool has_feed =
    !std::is_same_v<decltype(&Class::listen), void (Storage::*)(const Listener&)>;

// The C functions over a Storage class.
template <class Class>
struct StorageCalls {
  static doorward_status prepare(void* self, const doorward_table* tables, std::size_t count,
                                 const doorward_sink* why) noexcept {
    return fence(why, [&] { store(self).prepare(std::span(tables, count)); });
  }
  static doorward_status begin(void* self, doorward_mode mode, std::uint32_t timeout_ms, void** tx) noexcept {
    return fence(nullptr, [&] {
      if (mode != DOORWARD_READ && mode != DOORWARD_WRITE)
        throw Failure(Status::invalid, "a mode that doesn't exist");
      *tx = store(self).begin(static_cast<Mode>(mode), std::chrono::milliseconds(timeout_ms));
    });
  }
  static doorward_status commit(void* tx) noexcept {
    Transaction& transaction = of(tx);
    const doorward_status status = fence(nullptr, [&] { transaction.commit(); });
    transaction.release();
    return status;
  }
  static void rollback(void* tx) noexcept {
    of(tx).rollback();
    of(tx).release();
  }
  static doorward_status insert(void* tx, const char* table, const doorward_cell* cells,
                                std::size_t count) noexcept {
    return call(tx, [&](Transaction& transaction) {
      if (!transaction.insert(table, std::span(cells, count))) throw Failure(Status::conflict, "taken");
    });
  }
  static doorward_status find(void* tx, const char* table, const doorward_match* matches, std::size_t count,
                              const doorward_page* page, const doorward_rows* rows) noexcept {
    return call(tx, [&](Transaction& transaction) {
      transaction.find(table, std::span(matches, count), page, Rows(*rows, transaction.inside_row));
    });
  }
  static doorward_status update(void* tx, const char* table, const doorward_match* matches,
                                std::size_t match_count, const doorward_change* changes,
                                std::size_t change_count, std::int64_t* changed) noexcept {
    return call(tx, [&](Transaction& transaction) {
      *changed = transaction.update(table, std::span(matches, match_count), std::span(changes, change_count));
    });
  }
  static doorward_status remove(void* tx, const char* table, const doorward_match* matches, std::size_t count,
                                const doorward_rows* taken, std::int64_t* removed) noexcept {
    return call(tx, [&](Transaction& transaction) {
      if (taken == nullptr) {
        *removed = transaction.remove(table, std::span(matches, count), nullptr);
      } else {
        const Rows rows(*taken, transaction.inside_row);
        *removed = transaction.remove(table, std::span(matches, count), &rows);
      }
    });
  }
  static doorward_status announce(void* tx, doorward_text message) noexcept {
    return call(tx, [&](Transaction& transaction) {
      const std::string_view words = view(message);
      if (words.empty() || words.size() > DOORWARD_ANNOUNCEMENT_MOST ||
          words.find('\0') != std::string_view::npos || !is_utf8(words))
        throw Failure(Status::invalid, "an announcement has 1 to 200 bytes of UTF-8 and no NUL");
      transaction.announce(words);
    });
  }
  static doorward_status listen(void* self, const doorward_listener* listener) noexcept {
    return fence(nullptr, [&] {
      if (listener->size < sizeof(doorward_listener))
        throw Failure(Status::invalid, "a listener that lacks functions");
      store(self).listen(Listener(*listener));
    });
  }

 private:
  static Class& store(void* self) { return Life<Class>::of(self); }
  static Transaction& of(void* tx) { return *static_cast<Transaction*>(tx); }
  template <class Work>
  static doorward_status call(void* tx, Work&& work) noexcept {
    Transaction& transaction = of(tx);
    if (transaction.inside_row) return DOORWARD_INVALID;
    return fence(nullptr, [&] { work(transaction); });
  }
};

template <class Class, std::uint32_t traits = 0>
inline constexpr doorward_storage storage_table{sizeof(doorward_storage),
                                                traits,
                                                &StorageCalls<Class>::prepare,
                                                &StorageCalls<Class>::begin,
                                                &StorageCalls<Class>::commit,
                                                &StorageCalls<Class>::rollback,
                                                &StorageCalls<Class>::insert,
                                                &StorageCalls<Class>::find,
                                                &StorageCalls<Class>::update,
                                                &StorageCalls<Class>::remove,
                                                has_feed<Class> ? &StorageCalls<Class>::announce : nullptr,
                                                has_feed<Class> ? &StorageCalls<Class>::listen : nullptr};

}  // namespace doorward::sdk

// `traits` is 0 or DOORWARD_STORAGE_QUICK.
#define DOORWARD_STORAGE_PLUGIN(Class, name, version, summary, settings, traits) \
  DOORWARD_SDK_PLUGIN(Class, "storage/1", name, version, summary, settings,      \
                      (::doorward::sdk::storage_table<Class, traits>))
#endif
