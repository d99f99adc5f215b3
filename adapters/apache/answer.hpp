#pragma once
#include "apache/apache.hpp"

#include "embedding/answer.hpp"

namespace doorward::apache {

// Sends the engine's answer as the whole answer to this request.
void send(request_rec* r, const embedding::Answer& answer);

// For what the engine can't answer itself.
void send_plain(request_rec* r, int status, std::string_view text);

}  // namespace doorward::apache
