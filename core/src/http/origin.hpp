// Does a request that changes something come from one of our own pages? By Fetch metadata, by Origin, and only where a
// client sends neither, by a token in the form. The one file that reads Host.
#pragma once
#include <string>
#include <string_view>

#include "http/request.hpp"

namespace doorward::http {

enum class Provenance {
  own,      // the browser says that our own page sent it
  foreign,  // it says that another site did, or a sandboxed page: refuse
  unknown   // it doesn't say: a token is needed
};

// `origin`: "https://example.org" as in public_url.
Provenance provenance(const Request& request, std::string_view origin);

// The Host header names another place than public_url: a wrong address, or a proxy that doesn't pass Host on.
bool addressed_to(const Request& request, std::string_view public_host);

}  // namespace doorward::http
