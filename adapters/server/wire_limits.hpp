// How long a client may take.
#pragma once
#include <chrono>

namespace doorward::server {

struct WireLimits {
  std::chrono::milliseconds body =
      std::chrono::seconds(60);  // to send all of a body for one of Doorward's own pages
  std::chrono::milliseconds write = std::chrono::seconds(60);  // to take the next piece of an answer
};

}  // namespace doorward::server
