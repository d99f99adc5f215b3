#include "options.hpp"

#include <doorward/sdk/schema.hpp>
#include <libpq-fe.h>

#include <algorithm>
#include <map>

namespace postgresql_store {

namespace {

using sdk::Failure;
using sdk::Status;
using Words = std::map<std::string, std::string>;

constexpr std::size_t longest_schema = 40;  // the channel's name and the database's own limit of 63 bytes

constexpr sdk::Setting declared[] = {
    sdk::text_setting("connection", nullptr,
                      "Where the database is, as libpq has it: \"host=db1,db2 dbname=doorward user=doorward "
                      "sslmode=verify-full\", or a URI"),
    sdk::secret_setting("password", "",
                        "The role's password; without it, what pg_hba.conf asks for otherwise"),
    sdk::text_setting("schema", "doorward",
                      "The schema of the database that holds the tables; made where it is missing"),
    sdk::number_setting("pool", "8",
                        "Connections of each worker at most, besides the one that listens (1 to 100)"),
    sdk::number_setting(
        "feed_interval", "250",
        "Milliseconds between two questions whether everything announced was heard (20 to 10000)"),
};

// What a site would have to think of itself. A dead network is noticed after some ten seconds, also by connections that wait for
// nothing but an answer. And a web server's workers have no home, but may have that of who started it in their environment, where
// libpq would look for a certificate and end at not being allowed to: who wants one names it.
const std::pair<const char*, const char*> defaults[] = {
    {"target_session_attrs", "read-write"},
    {"connect_timeout", "3"},
    {"keepalives_idle", "5"},
    {"keepalives_interval", "2"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "10000"},
    {"fallback_application_name", "doorward"},
    {"client_encoding", "UTF8"},
    {"sslcert", "/dev/null/none"},  // below a file there is nothing: libpq goes on without
};

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t comma = list.find(','); comma != std::string::npos; comma = list.find(',', begin)) {
    parts.push_back(list.substr(begin, comma - begin));
    begin = comma + 1;
  }
  parts.push_back(list.substr(begin));
  return parts;
}

// libpq's own sentence about a string that it can't read quotes parts of it, which may be a password's.
Words parse(const std::string& connection) {
  Words words;
  char* fault = nullptr;
  const std::unique_ptr<PQconninfoOption, void (*)(PQconninfoOption*)> parsed(
      PQconninfoParse(connection.c_str(), &fault), &PQconninfoFree);
  std::string sentence = fault == nullptr ? "" : fault;
  PQfreemem(fault);
  if (parsed == nullptr) {
    const bool may_hold_secrets =
        connection.find("pass") != std::string::npos || connection.find('@') != std::string::npos;
    while (!sentence.empty() && sentence.back() == '\n') sentence.pop_back();
    throw Failure(Status::invalid,
                  "connection: libpq can't read it" + (may_hold_secrets ? std::string() : ": " + sentence));
  }
  for (const PQconninfoOption* option = parsed.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) words[option->keyword] = option->val;
  for (const char* secret : {"password", "sslpassword"})
    if (words.contains(secret))
      throw Failure(Status::invalid,
                    std::string("connection: it holds a ") + secret +
                        ", which everybody who may read this file would know; the password belongs into "
                        "`password`, as {file: /path} or {env: NAME}");
  if (words.contains("replication"))
    throw Failure(Status::invalid, "connection: replication is not for Doorward");
  return words;
}

std::string part(const std::vector<std::string>& list, std::size_t i) {
  return list.size() == 1 ? list.front() : list[i];
}

// libpq tries several hosts by itself, but without a limit for each where it may not block. So each is a try of its own.
std::vector<Host> hosts_of(const Words& words) {
  const auto list = [&](const char* word) {
    const auto found = words.find(word);
    return found == words.end() ? std::vector<std::string>() : split(found->second);
  };
  const auto names = list("host"), addresses = list("hostaddr"), ports = list("port");
  const std::size_t count = std::max({std::size_t{1}, names.size(), addresses.size()});
  if ((!names.empty() && !addresses.empty() && names.size() != addresses.size()) ||
      (ports.size() > 1 && ports.size() != count))
    throw Failure(Status::invalid, "connection: there are not as many of host, hostaddr and port");
  std::vector<Host> hosts;
  for (std::size_t i = 0; i < count; ++i) {
    Words own = words;
    if (!names.empty()) own["host"] = names[i];
    if (!addresses.empty()) own["hostaddr"] = addresses[i];
    if (!ports.empty()) own["port"] = part(ports, i);
    Host host;
    host.name = !names.empty() && !names[i].empty() ? names[i] : addresses.empty() ? "" : addresses[i];
    if (host.name.empty()) host.name = "this machine";
    if (own.contains("port") && !own["port"].empty()) host.name += " port " + own["port"];
    host.parameters.assign(own.begin(), own.end());
    hosts.push_back(std::move(host));
  }
  return hosts;
}

}  // namespace

const std::span<const sdk::Setting> setting_list = declared;

Options read_options(const sdk::Settings& settings) {
  Options options;
  Words words = parse(settings.text("connection"));
  for (const auto& [word, value] : defaults) words.try_emplace(word, value);
  if (!settings.secret("password").empty()) words["password"] = settings.secret("password");
  options.hosts = hosts_of(words);
  const std::string& connecting = words["connect_timeout"];
  const bool is_number =
      !connecting.empty() && connecting.size() < 6 &&
      std::all_of(connecting.begin(), connecting.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!is_number || std::stol(connecting) == 0)
    throw Failure(Status::invalid, "connection: connect_timeout has to be a number of seconds above 0");
  options.connecting = std::chrono::seconds(std::stol(connecting));
  options.schema = settings.text("schema");
  if (!sdk::is_name(options.schema) || options.schema.size() > longest_schema ||
      options.schema.starts_with("pg_"))
    throw Failure(Status::invalid,
                  "schema: \"" + options.schema +
                      "\" has to be [a-z][a-z0-9_]*, of 40 letters at most, and not to begin "
                      "with pg_");
  options.channel = "doorward:" + options.schema;
  options.pool = static_cast<std::size_t>(settings.number("pool", 1, 100));
  options.feed_interval = std::chrono::milliseconds(settings.number("feed_interval", 20, 10000));
  return options;
}

}  // namespace postgresql_store
