// `doorward serve`: a small web server for sites without one, or behind one that takes no module. TLS is not its job: it
// listens on loopback, or behind a proxy that speaks TLS.
#pragma once
#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "server/wire_limits.hpp"

namespace doorward::server {

// What a server has to know of the settings besides what the engine tells.
struct SiteSettings {
  std::vector<std::string> trusted_proxies;
  std::string public_url;  // "https://example.org"
};

struct ServeOptions {
  std::string library;                 // absolute path of libdoorward.so
  std::string config;                  // absolute path of doorward.yaml
  std::string listen;                  // "127.0.0.1:8080"; port 0: any free one
  std::vector<std::string> upstreams;  // "http://127.0.0.1:3000", "/app=http://127.0.0.1:3000"
  std::string root;                    // a folder for what no upstream has, or empty
  std::vector<std::string> protect;    // "/intranet:role=administrator:fresh=15m"
  std::vector<std::string> optional;   // "/shop"
  std::string forward_auth;            // "/forward-auth": where other servers ask, or empty
  bool assertion = false;              // tell applications X-Doorward-Assertion, too
  WireLimits limits;

  // Before each opening of the engine: checks the settings, in another process where it can, so that a crash there
  // is a sentence. Throws std::runtime_error with the faults.
  std::function<SiteSettings()> check;
};

// The options don't fit together, or the address or folder can't be used. what() is a sentence.
struct BadOptions : std::invalid_argument {
  using std::invalid_argument::invalid_argument;
};

// Until SIGTERM or SIGINT; SIGHUP opens the settings anew and goes on with the old ones where they are faulty. Says
// "listening on ADDRESS:PORT" on standard error once requests are taken. Throws BadOptions, embedding::EngineFailure.
void serve(const ServeOptions& options);

}  // namespace doorward::server
