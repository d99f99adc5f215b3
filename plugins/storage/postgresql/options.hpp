// The plugin's settings, and what they come to as parameters of libpq: one set for each host of the connection string.
#pragma once
#include <doorward/sdk/plugin.hpp>

#include <chrono>
#include <string>
#include <vector>

namespace postgresql_store {

namespace sdk = doorward::sdk;

extern const std::span<const sdk::Setting> setting_list;

struct Host {
  std::string name;                                             // for sentences: "db1.example.org port 5432"
  std::vector<std::pair<std::string, std::string>> parameters;  // of PQconnectStartParams
};

struct Options {
  std::vector<Host> hosts;               // one at least, in the order of the connection string
  std::chrono::milliseconds connecting;  // how long one host may take
  std::string schema;                    // [a-z][a-z0-9_]*, 40 bytes at most
  std::string channel;                   // of LISTEN and NOTIFY
  std::size_t pool;                      // connections of this worker, besides the one that listens
  std::chrono::milliseconds feed_interval;
};

// Throws Failure(invalid): one line a fault, none of which holds a part of a connection string that may be secret.
Options read_options(const sdk::Settings& settings);

}  // namespace postgresql_store
