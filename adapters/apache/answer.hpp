#pragma once
#include "apache/apache.hpp"

#include "embedding/answer.hpp"

namespace doorward::apache {

// Reads past the body of a request that will be refused. Whoever waits to be told to go on with it isn't, since Apache knows by
// then (RFC 9110 10.1.1): `status` says so, of 400 and more, and of none that Apache drops the connection for (400, 408, 411,
// 413, 414, 500, 501, 503). OK, or what a handler returns.
int discard_body(request_rec* r, int status);

// Sends the engine's answer as the whole answer to this request.
void send(request_rec* r, const embedding::Answer& answer);

// For what the engine can't answer itself.
void send_plain(request_rec* r, int status, std::string_view text);

}  // namespace doorward::apache
