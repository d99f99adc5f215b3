// How a connection is opened and made ours: host after host, each with its own limit; then one round trip of settings.
#include <cctype>

#include "connection.hpp"

namespace postgresql_store {

namespace {

constexpr int oldest_version = 130000;

// What our sessions have, whatever the server's, database's and role's defaults are.
//   synchronous_commit  an acknowledged commit is on the disk, and on the synchronous standbys where there are some
//   enable_seqscan      off: an index wherever one fits, also on small tables without statistics, since a serializable transaction
//                       that reads a whole table is in conflict with everybody who writes there
//   plan_cache_mode     our statements have one plan each; planning would cost more than running them
//   jit                 off: the price put on sequential scans would make the server compile trifles
//   idle_in_transaction_session_timeout   a stopped worker doesn't hold locks for ever
constexpr const char* set_up_sql =
    "SELECT pg_catalog.set_config(name, value, false) FROM (VALUES"
    " ('search_path', 'pg_catalog'), ('default_transaction_isolation', 'serializable'),"
    " ('default_transaction_read_only', 'off'), ('default_transaction_deferrable', 'off'),"
    " ('synchronous_commit', CASE pg_catalog.current_setting('synchronous_commit')"
    "   WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END),"
    " ('enable_seqscan', 'off'), ('plan_cache_mode', 'force_generic_plan'), ('jit', 'off'),"
    " ('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', '60000'),"
    " ('client_min_messages', 'warning')) AS settings (name, value)";
// Since 14: a statement whose client is gone ends, instead of going on to wait for a lock.
constexpr const char* newer_set_up_sql =
    "SELECT pg_catalog.set_config('client_connection_check_interval', '1000', false)";
constexpr const char* look_sql =
    "SELECT pg_catalog.current_setting('fsync') = 'on' AND pg_catalog.current_setting('full_page_writes') = "
    "'on', pg_catalog.current_setting('server_encoding')";

// The SQLSTATE of a refused connection stands in the text only: "FATAL:  28P01: password ...". Where libpq itself refuses it, since
// target_session_attrs wants another one, there is none.
std::string state_in(const std::string& text) {
  for (const char* refusal : {"session is read-only", "server is in hot standby mode"})
    if (text.find(refusal) != std::string::npos) return "25006";
  const auto is_letter = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  for (std::size_t at = text.find(":  "); at != std::string::npos; at = text.find(":  ", at + 1)) {
    const std::string word = text.substr(at + 3, 6);
    if (word.size() == 6 && word[5] == ':' && std::all_of(word.begin(), word.begin() + 5, is_letter))
      return word.substr(0, 5);
  }
  return {};
}

// Without the code and the place in the server's source, which libpq's verbose messages have.
std::string plain(std::string text) {
  const std::string state = state_in(text);
  if (const std::size_t at = text.find(state + ": "); !state.empty() && at != std::string::npos)
    text.erase(at, state.size() + 2);
  text = text.substr(0, text.find("LOCATION:"));
  constexpr std::string_view before =
      " failed: ";  // "connection to server at ..., port ...", which the host's name says
  const std::size_t at = text.find(before);
  if (text.starts_with("connection to server ") && at != std::string::npos) text.erase(0, at + before.size());
  return one_line(text);
}

}  // namespace

Connection::Connection(const Options& options, std::atomic<std::size_t>& first, const Limit& limit) {
  const std::size_t count = options.hosts.size(), begin = first;
  std::string sentences, state;
  bool late = false;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t place = (begin + i) % count;
    const Host& host = options.hosts[place];
    const Deadline own = Deadline::clock::now() + options.connecting;
    try {
      open(host, {std::min(own, limit.deadline), limit.wake});
      first = place;
      return;
    } catch (const Lost& lost) {
      state = lost.state();
      sentences += (sentences.empty() ? "" : "; ") + host.name + ": " + advised(state, lost.what());
    } catch (const ServerError& error) {
      state = error.state();
      sentences += (sentences.empty() ? "" : "; ") + host.name + ": " + advised(state, error.what());
    } catch (const Late&) {
      sentences += (sentences.empty() ? "" : "; ") + host.name + ": it didn't answer in time";
      late = Deadline::clock::now() >= limit.deadline;
    } catch (...) {
      PQfinish(raw_);
      throw;
    }
    PQfinish(std::exchange(raw_, nullptr));
    sent_.clear();
    ends_ = 0;
    if (late) break;
  }
  throw Lost(sentences, state);
}

void Connection::open(const Host& host, const Limit& limit) {
  std::vector<const char*> words, values;
  for (const auto& [word, value] : host.parameters) {
    words.push_back(word.c_str());
    values.push_back(value.c_str());
  }
  words.push_back(nullptr);
  values.push_back(nullptr);
  raw_ = PQconnectStartParams(words.data(), values.data(), 0);
  if (raw_ == nullptr) throw std::bad_alloc();
  PQsetErrorVerbosity(raw_, PQERRORS_VERBOSE);
  PQsetNoticeReceiver(raw_, &receive_notice, this);
  const auto refused = [this] {
    const std::string text = PQerrorMessage(raw_);
    return Lost(plain(text), state_in(text));
  };
  if (PQstatus(raw_) == CONNECTION_BAD) throw refused();
  for (auto state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK; state = PQconnectPoll(raw_)) {
    if (state == PGRES_POLLING_FAILED) throw refused();
    wait_for_socket(PQsocket(raw_), state == PGRES_POLLING_WRITING, limit);
  }
  PQsetErrorVerbosity(raw_, PQERRORS_DEFAULT);
  if (PQsetnonblocking(raw_, 1) != 0 || PQenterPipelineMode(raw_) != 1) fail();
  set_up(limit);
}

void Connection::set_up(const Limit& limit) {
  if (version() < oldest_version)
    throw sdk::Failure(sdk::Status::invalid, "the server is PostgreSQL " + std::to_string(version() / 10000) +
                                                 "; 13 or later is needed");
  queue(set_up_sql);
  if (version() >= 140000) queue(newer_set_up_sql);
  queue_rows(look_sql);
  const Result result = finish(limit);
  syncs_to_disk_ = number_of(result.get(), 0, 0) != 0;
  const std::string encoding = text_of(result.get(), 0, 1);
  if (encoding != "UTF8" && encoding != "SQL_ASCII")
    throw sdk::Failure(sdk::Status::invalid,
                       "the database's encoding is " + encoding + "; it has to be made with ENCODING 'UTF8'");
}

// Warnings matter while a commit waits: a synchronous standby may have been given up. The end of an idle session comes in
// as a notice, too.
void Connection::receive_notice(void* self, const PGresult* notice) {
  auto& connection = *static_cast<Connection*>(self);
  const char* state = PQresultErrorField(notice, PG_DIAG_SQLSTATE);
  connection.warned_ = true;
  if (state != nullptr && std::string_view(state).starts_with("57P")) connection.ending_ = true;
}

}  // namespace postgresql_store
