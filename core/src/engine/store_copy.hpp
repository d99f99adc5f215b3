// Moves an installation from one store into another while the site goes on reading the first. The first takes no writes from
// the beginning on; the second takes none until every row is in it and was compared. Both say so in their row of
// records/maintenance, under one id, by which a copy that was cut off is known and goes on where it was:
//
//   from   open, leaving, left            to   arriving "", arriving, arrived
//
// Where a copy is, only the target's rows say: of each table they are the first ones in the order of their keys.
#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "engine/opened_store.hpp"
#include "records/rows.hpp"

namespace doorward::engine {

// Understood and not done; what() says why. Thrown, not returned: any step of many may find it out.
struct CopyRefused : std::runtime_error {
  using std::runtime_error::runtime_error;
};

struct CopiedTable {
  std::string name;
  records::Contents from, to;
  bool same() const { return from == to; }
};

struct CopyReport {
  bool done_before = false;         // by an earlier copy: nothing was left to do
  std::vector<CopiedTable> tables;  // compared; empty where it was done before
  bool same() const;
};

class StoreCopy {  // one thread
 public:
  // Told after each piece: which table, and how many of its rows this run has copied.
  using Progress = std::function<void(const std::string& table, std::uint64_t rows)>;

  StoreCopy(OpenedStore& from, OpenedStore& to, Progress progress);  // all outlive it

  // Once it returns a report that is the same(), the target is the installation. One that isn't leaves both closed. Throws
  // CopyRefused, Unavailable, BadSettings; then, too, the same call may be made again.
  CopyReport run();

 private:
  struct Found;  // in a store
  static Found look(records::Transaction& tx);
  bool begin();  // false: it was done before
  void check_source(const Found& found) const;
  void check_free(const Found& found) const;
  void claim_target();
  void empty_target();
  void close_source();
  void must_be_ours(records::Transaction& tx, const OpenedStore& store) const;
  void copy(const records::Table& table);
  std::size_t copy_piece(const records::Table& table);
  records::Contents contents(OpenedStore& store, const records::Table& table) const;
  CopyReport compare();
  void finish();

  OpenedStore& from_;
  OpenedStore& to_;
  Progress progress_;
  std::string id_;
  std::string key_check_;  // of the installation: no two have the same
};

// The way back: a store that a copy has closed takes writes again, and that copy can't go on. Throws CopyRefused where it is
// half a copy itself. False: it takes writes already.
bool open_again(OpenedStore& store);

}  // namespace doorward::engine
