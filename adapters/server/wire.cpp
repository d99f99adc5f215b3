#include "server/wire.hpp"

#include <algorithm>
#include <array>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <string_view>

namespace doorward::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;

namespace {

constexpr auto idle_limit = std::chrono::seconds(60);  // for the first byte of a request
constexpr auto head_limit = std::chrono::seconds(15);  // for the whole head
constexpr auto farewell_limit = std::chrono::seconds(2);

bool waits_to_go_on(const RequestParser& parser) {
  return !parser.is_done() && parser.get().version() == 11 &&
         parser.get().find(http::field::expect) != parser.get().end();
}

bool is_head(const RequestParser& parser) { return parser.get().method() == http::verb::head; }

}  // namespace

asio::awaitable<bool> Wire::read_head(RequestParser& parser) {
  error_code failed;
  waiting_ = true;
  if (buffer_.size() == 0) {
    stream_.expires_after(idle_limit);
    const std::size_t size = co_await stream_.async_read_some(
        buffer_.prepare(4096), asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return false;
    buffer_.commit(size);
  }
  waiting_ = false;
  stream_.expires_after(head_limit);
  co_await http::async_read_header(stream_, buffer_, parser,
                                   asio::redirect_error(asio::use_awaitable, failed));
  if (!failed) co_return true;
  if (failed.category() == make_error_code(http::error::bad_version).category() &&
      failed != http::error::end_of_stream && failed != http::error::partial_message) {
    keep_ = false;
    const bool large = failed == http::error::header_limit || failed == http::error::buffer_overflow;
    static constexpr std::string_view too_large =
        "HTTP/1.1 431 Request Header Fields Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    static constexpr std::string_view bad =
        "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    const std::string_view answer = large ? too_large : bad;
    co_await asio::async_write(stream_, asio::buffer(answer.data(), answer.size()), asio::use_awaitable);
    co_await hang_up();
  }
  co_return false;
}

// One timer for all of the body: however its bytes are spread, a sender holds its connection no longer.
template <class Take>
asio::awaitable<int> Wire::read_pieces(RequestParser& parser, std::uint64_t most, Take take) {
  if (parser.content_length() && *parser.content_length() > most) co_return 413;
  if (parser.is_done()) co_return 0;
  co_await send_continue(parser);
  stream_.expires_after(limits_.body);
  std::array<char, 8192> bytes;
  std::uint64_t size = 0;
  while (!parser.is_done()) {
    parser.get().body().data = bytes.data();
    parser.get().body().size = bytes.size();
    error_code failed;
    co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, failed));
    if (failed && failed != http::error::need_buffer) {
      if (failed == beast::error::timeout) throw boost::system::system_error(failed);
      co_return 400;
    }
    const std::string_view piece(bytes.data(), bytes.size() - parser.get().body().size);
    size += piece.size();
    if (size > most) co_return 413;
    take(piece);
  }
  co_return 0;
}

asio::awaitable<int> Wire::read_body(RequestParser& parser, std::uint64_t most, std::string& body) {
  return read_pieces(parser, most, [&body](std::string_view piece) { body += piece; });
}

asio::awaitable<int> Wire::drop_body(RequestParser& parser, std::uint64_t most) {
  if (waits_to_go_on(parser))
    co_return 0;  // it isn't told to (RFC 9110 10.1.1): the connection ends with the answer
  co_return co_await read_pieces(parser, most, [](std::string_view) {});
}

asio::awaitable<void> Wire::send_continue(const RequestParser& parser) {
  if (!waits_to_go_on(parser)) co_return;
  static constexpr std::string_view line = "HTTP/1.1 100 Continue\r\n\r\n";
  stream_.expires_after(limits_.write);
  co_await asio::async_write(stream_, asio::buffer(line.data(), line.size()), asio::use_awaitable);
}

// The time runs anew with each piece that the client takes: a slow one gets all of a large file, one that stopped reading doesn't
// hold its connection.
template <class Body>
asio::awaitable<void> Wire::write(http::response<Body>& answer, bool head_alone) {
  http::response_serializer<Body> serializer(answer);
  serializer.split(head_alone);
  while (head_alone ? !serializer.is_header_done() : !serializer.is_done()) {
    stream_.expires_after(limits_.write);
    co_await http::async_write_some(stream_, serializer, asio::use_awaitable);
  }
}

asio::awaitable<void> Wire::send(TextAnswer answer, const RequestParser& parser) {
  keep(parser.is_done());  // an unread body would be taken for a request
  answer.keep_alive(keep_);
  const unsigned status = answer.result_int();
  const bool has_none = status == 204 || status == 304;
  if (!has_none) answer.content_length(answer.body().size());
  co_await write(answer, is_head(parser) || has_none);
}

asio::awaitable<void> Wire::send(FileAnswer& answer, const RequestParser& parser) {
  keep(parser.is_done());
  answer.content_length(answer.body().size());
  answer.keep_alive(keep_);
  co_await write(answer, is_head(parser));
}

// Without this, what the client still sends would make the system reset the connection, and the client lose the answer.
asio::awaitable<void> Wire::hang_up() {
  error_code failed;
  (void)stream_.socket().shutdown(asio::ip::tcp::socket::shutdown_send, failed);
  stream_.expires_after(farewell_limit);
  std::array<char, 4096> ignored;
  for (std::size_t left = 256 * 1024; !failed && left > 0;)
    left -= std::min(left, co_await stream_.async_read_some(
                               asio::buffer(ignored), asio::redirect_error(asio::use_awaitable, failed)));
  stream_.close();
}

}  // namespace doorward::server
