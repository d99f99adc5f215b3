#include "engine/sweep.hpp"

#include <string>

#include "base/errors.hpp"
#include "records/rows.hpp"
#include "records/session.hpp"
#include "records/token.hpp"
#include "records/trusted_browser.hpp"

namespace doorward::engine {
namespace {

using records::Transaction;

struct Kind {
  const char* name;
  std::function<std::int64_t(Transaction&)> remove_piece;  // how many rows
};

// False: it was told to end.
bool remove_all(records::Database& database, const Kind& kind, const std::function<bool()>& go_on) {
  while (database.write(kind.remove_piece) == records::rows_in_a_piece) {
    if (!go_on()) return false;
  }
  return true;
}

}  // namespace

void sweep(records::Database& database, const crypto::KeyRing& keys, Log& log, Time now,
           const std::function<bool()>& go_on) {
  const Kind kinds[] = {
      {"sessions", [&](Transaction& tx) { return records::Sessions(tx).remove_expired(now); }},
      {"links", [&](Transaction& tx) { return records::Tokens(tx, keys).remove_expired(now); }},
      {"trusted browsers", [&](Transaction& tx) { return records::TrustedBrowsers(tx).remove_expired(now); }},
  };
  for (const Kind& kind : kinds) {
    try {
      if (!remove_all(database, kind, go_on)) return;
    } catch (const ReadOnly&) {
      throw;
    } catch (const std::exception& error) {
      log.warning(std::string("removing ") + kind.name + " that have ended: " + error.what());
    }
  }
}

}  // namespace doorward::engine
