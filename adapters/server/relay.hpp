// Handing a request on to the application, and its answer back, without holding either in memory.
#pragma once
#include "server/headers.hpp"
#include "server/wire.hpp"

namespace doorward::server {

struct Relayed {
  bool keep = false;    // the client's connection is in order and may be used again
  unsigned failed = 0;  // nothing was sent to the client yet: answer with this status
};

// `head` has the method, the target and the fields for the application; the body, where there is one, still waits
// in `client`, `buffer` and `parser`. A WebSocket that the application accepts is carried until one side ends it.
boost::asio::awaitable<Relayed> relay(boost::beast::tcp_stream& client, boost::beast::flat_buffer& buffer,
                                      RequestParser& parser, boost::beast::http::request_header<> head,
                                      boost::asio::ip::tcp::endpoint upstream, bool is_guarded);

}  // namespace doorward::server
