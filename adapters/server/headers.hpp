// What goes on to the application of a client's headers, and what Doorward adds.
#pragma once
#include <doorward/host.h>

#include <boost/beast/http/fields.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "embedding/surface.hpp"

namespace doorward::server {

using Fields = boost::beast::http::fields;

// Must a client's header be dropped, since only Doorward may say it? In any spelling.
bool is_claimed(const embedding::Surface& surface, std::string_view name) noexcept;

// Does it speak of this connection only (RFC 9110 7.6.1)? `listed` are the values of Connection.
bool is_hop_by_hop(std::string_view name, const std::vector<std::string>& listed);
std::vector<std::string> connection_lists(const Fields& fields);  // names, lower case

std::vector<std::string> values_of(const Fields& fields, std::string_view name);

// Who is asking, as the application may know it.
struct Known {
  const doorward_host& host;
  const doorward_identity* identity = nullptr;  // null: nobody
  std::string assertion;                        // empty: none is wanted
};

struct Forwarded {
  std::string client;  // X-Forwarded-For: the whole list
  std::string scheme;  // X-Forwarded-Proto
  std::string host;    // X-Forwarded-Host
};

// The headers of the request to the application: the client's without what it may not say, without Doorward's
// cookies, with X-Forwarded-* and, where somebody is signed in, X-Doorward-*.
Fields upstream_fields(const Fields& client, const embedding::Surface& surface, const Forwarded& forwarded,
                       const Known& known);

bool equal(std::string_view a, std::string_view b) noexcept;  // ASCII, capitals alike

}  // namespace doorward::server
