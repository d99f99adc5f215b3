// A client's connection as bytes: heads and bodies of requests in, answers out. What they mean is Connection's.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/file_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <string>

#include "server/wire_limits.hpp"

namespace doorward::server {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;
using TextAnswer = boost::beast::http::response<boost::beast::http::string_body>;
using FileAnswer = boost::beast::http::response<boost::beast::http::file_body>;

// All its code runs on the executor of its socket, which is a strand. Every call throws boost::system::system_error where the
// client is gone or too slow.
class Wire {
 public:
  Wire(boost::asio::ip::tcp::socket socket, const WireLimits& limits)
      : stream_(std::move(socket)), limits_(limits) {}

  // The next request's head. False: there is none, or it was none and has been answered.
  boost::asio::awaitable<bool> read_head(RequestParser& parser);
  // All of the body, of `most` bytes at most: an HTTP status to refuse with; 0: it is there.
  boost::asio::awaitable<int> read_body(RequestParser& parser, std::uint64_t most, std::string& body);
  // The same, and nothing of it is kept: without its body read, a client may lose the answer.
  boost::asio::awaitable<int> drop_body(RequestParser& parser, std::uint64_t most);
  // "100 Continue", where the client waits for it.
  boost::asio::awaitable<void> send_continue(const RequestParser& parser);
  // Answers to the request of `parser`; of a HEAD the head alone.
  boost::asio::awaitable<void> send(TextAnswer answer, const RequestParser& parser);
  boost::asio::awaitable<void> send(FileAnswer& answer, const RequestParser& parser);
  boost::asio::awaitable<void> hang_up();

  bool keeps() const noexcept { return keep_; }  // the connection has a next request
  void keep(bool also) noexcept { keep_ = keep_ && also; }
  void begin(const RequestParser& parser) noexcept { keep_ = parser.keep_alive(); }
  void close_if_idle() {  // between two requests
    if (waiting_) stream_.close();
  }

  boost::beast::tcp_stream& stream() noexcept { return stream_; }
  boost::beast::flat_buffer& buffer() noexcept { return buffer_; }  // what came and wasn't read yet
  boost::asio::ip::address client() const { return stream_.socket().remote_endpoint().address(); }

 private:
  template <class Take>
  boost::asio::awaitable<int> read_pieces(RequestParser& parser, std::uint64_t most, Take take);
  template <class Body>
  boost::asio::awaitable<void> write(boost::beast::http::response<Body>& answer, bool head_alone);

  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  WireLimits limits_;
  bool waiting_ = false, keep_ = true;
};

}  // namespace doorward::server
