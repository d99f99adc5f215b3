#include "errors.hpp"

#include <array>

namespace postgresql_store {

namespace {

struct Advice {
  std::string_view state, text;
};
constexpr Advice advices[] = {
    {"28P01", "`password` or `user` is wrong, or the role has no password"},
    {"28000", "pg_hba.conf doesn't let this user, database and host in this way"},
    {"3D000", "make the database first: createdb --encoding UTF8 --owner ROLE NAME"},
    {"53300",
     "max_connections of the server, or the role's limit, is less than what all workers may open: lower "
     "`pool` or raise it"},
    {"42501", "the role needs CREATE on the database, or to own the schema and its tables"},
    {"25006", "this server is a standby, or its database is read-only: writes go to the primary"},
    {"57P03", "the server is starting, stopping or recovering"},
    {"53100", "the server's disk is full"},
    {"53200",
     "the server lacks memory for so many transactions at once, which are tried again: raise max_connections "
     "or "
     "max_pred_locks_per_transaction, or lower `pool`"},
};

}  // namespace

// Most often that of serialization ("not enough elements in RWConflictPool"): what many transactions at once take up is free again
// a moment later.
bool lacks_memory(std::string_view state) { return state == "53200"; }

sdk::Status status_of(const ServerError& error) {
  const std::string_view state = error.state();
  if (state == "23505") return sdk::Status::conflict;
  if (state == "40001" || state == "40P01" || state == "55P03" || lacks_memory(state))
    return sdk::Status::busy;
  // A number or text that doesn't fit; a statement beyond a limit of the program; the encoding.
  if (state.starts_with("22") || state.starts_with("54")) return sdk::Status::invalid;
  if (state.starts_with("08") || state.starts_with("57") || state == "53300" || state == "25006")
    return sdk::Status::unavailable;
  return sdk::Status::fault;
}

bool ends_connection(const ServerError& error) {
  const std::string_view state = error.state();
  return state.starts_with("08") || state.starts_with("57P") || state == "25006" || state == "25P03";
}

std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : text)
    if (static_cast<unsigned char>(c) > ' ')
      line += c;
    else if (!line.empty() && line.back() != ' ')
      line += ' ';
  while (!line.empty() && line.back() == ' ') line.pop_back();
  return line;
}

std::string advised(const std::string& state, const std::string& sentence) {
  std::string text = one_line(sentence);
  if (!state.empty()) text += " (" + state + ")";
  for (const Advice& advice : advices)
    if (advice.state == state) text += "; " + std::string(advice.text);
  return text;
}

}  // namespace postgresql_store
