// Forward auth: another server holds a request and asks whether it may pass. What it says of that request is read here.
//
//   PATH[?WORDS]      nginx, Traefik, Caddy: the original request is in X-Forwarded-Method, -Host and -Uri, each given once.
//   PATH/ORIGINAL     Envoy: method, Host and what follows PATH are the original request's own.
//
// One name for each thing, and never both ways at once: proxies pass their client's headers on, so whatever else would be
// read here, a client could write.
#pragma once
#include <doorward/host.h>

#include <boost/beast/http/message.hpp>
#include <boost/beast/http/string_body.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "server/headers.hpp"
#include "server/protection.hpp"
#include "server/target.hpp"

namespace doorward::server {

struct Question {
  std::string method, host;  // of the original request
  Target target;
  // What the proxy asks for besides the rules of this server, which it can't relax.
  bool is_required = false;
  std::uint32_t fresh_seconds = 0, level = 0;
  std::string role;
  bool in_401_and_403 = false;  // the only refusals that nginx's auth_request knows
  std::string fault;            // why it can't be answered, a sentence for the log; empty: it can
};

class ForwardAuth {
 public:
  ForwardAuth() = default;                      // nobody may ask
  explicit ForwardAuth(std::string_view path);  // throws std::invalid_argument with a sentence

  const std::string& path() const noexcept {
    return path_;
  }  // without a slash at its end; empty: nobody may ask

  // Is a request for this target, as received, a question?
  bool is_asked(std::string_view target) const noexcept;
  // Of a request that is one. Who sent it has been found trustworthy already.
  Question read(std::string_view method, std::string_view target, const Fields& fields) const;

 private:
  std::string path_;
};

// What is asked of whoever sent the original request: one rule after the other, all have to let pass. Where this server has
// none, who is asked about has to be signed in: a server that asks wants to know. They point into both arguments.
std::vector<doorward_rule> rules_for(const Protections& protections, const Question& question);

using ProxyAnswer = boost::beast::http::response<boost::beast::http::string_body>;

// A refusal of the engine as a server that asks can hand it on. It may sit elsewhere (Traefik completes a Location with the
// address it asked at), and nginx takes what isn't 401 or 403 for a breakdown.
void for_proxy(ProxyAnswer& response, const Question& question, const std::string& public_url);

// What isn't known is said, too, as an empty header: where one is left out, servers hand on what
// their client wrote (Envoy, newer Caddys), or the name of a variable (Caddy 2.6).
void tell_proxy(ProxyAnswer& response, const Known& known);

}  // namespace doorward::server
