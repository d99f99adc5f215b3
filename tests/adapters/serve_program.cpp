// `doorward serve` without the command around it, so that it runs with the scripted engine, whose settings are no
// doorward.yaml: serve_program LIBRARY SETTINGS LISTEN [upstream|root|protect|optional|forward-auth|assertion|
// body-milliseconds|write-milliseconds|trust VALUE]...
#include <cstdio>
#include <fstream>
#include <string>

#include "embedding/check.hpp"
#include "embedding/engine.hpp"
#include "server/serve.hpp"

int main(int count, char** arguments) {
  if (count < 4 || count % 2 != 0) return 2;
  doorward::server::ServeOptions options;
  options.library = arguments[1];
  options.config = arguments[2];
  options.listen = arguments[3];
  std::vector<std::string> trusted;
  for (int i = 4; i + 1 < count; i += 2) {
    const std::string word = arguments[i], value = arguments[i + 1];
    if (word == "upstream") options.upstreams.push_back(value);
    if (word == "root") options.root = value;
    if (word == "protect") options.protect.push_back(value);
    if (word == "optional") options.optional.push_back(value);
    if (word == "forward-auth") options.forward_auth = value;
    if (word == "body-milliseconds") options.limits.body = std::chrono::milliseconds(std::stoi(value));
    if (word == "write-milliseconds") options.limits.write = std::chrono::milliseconds(std::stoi(value));
    if (word == "assertion") options.assertion = value == "on";
    if (word == "trust") trusted.push_back(value);
  }
  options.check = [&trusted] { return doorward::server::SiteSettings{trusted, "https://site.example"}; };
  try {
    doorward::server::serve(options);
    return 0;
  } catch (const std::exception& fault) {
    std::fprintf(stderr, "%s\n", fault.what());
    return 3;
  }
}
