#include "server/relay.hpp"

#include <array>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/write.hpp>
#include <chrono>
#include <optional>

namespace doorward::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using http::buffer_body;
using tcp_stream = beast::tcp_stream;

namespace {

constexpr auto connect_limit = std::chrono::seconds(10);
constexpr auto answer_limit = std::chrono::seconds(60);  // between two pieces of either side
constexpr std::size_t piece = 32 * 1024;

// Reads more of a body into `bytes`; how much came. `failed` is set when the connection broke or the body is wrong.
template <class Parser>
asio::awaitable<std::size_t> read_piece(tcp_stream& from, beast::flat_buffer& buffer, Parser& parser,
                                        std::array<char, piece>& bytes, error_code& failed) {
  parser.get().body().data = bytes.data();
  parser.get().body().size = bytes.size();
  from.expires_after(answer_limit);
  co_await http::async_read(from, buffer, parser, asio::redirect_error(asio::use_awaitable, failed));
  if (failed == http::error::need_buffer) failed = {};
  co_return bytes.size() - parser.get().body().size;
}

template <class Serializer, class Body>
asio::awaitable<void> write_piece(tcp_stream& to, Serializer& serializer, Body& body, char* bytes,
                                  std::size_t size, bool more, error_code& failed) {
  body.data = size == 0 ? nullptr : bytes;
  body.size = size;
  body.more = more;
  to.expires_after(answer_limit);
  co_await http::async_write(to, serializer, asio::redirect_error(asio::use_awaitable, failed));
  if (failed == http::error::need_buffer) failed = {};
}

// Copies a message's body. False: it broke off.
template <class Parser, class Serializer, class Body>
asio::awaitable<bool> copy_body(tcp_stream& from, beast::flat_buffer& buffer, Parser& parser, tcp_stream& to,
                                Serializer& serializer, Body& body) {
  std::array<char, piece> bytes;
  error_code failed;
  while (!parser.is_done()) {
    const std::size_t size = co_await read_piece(from, buffer, parser, bytes, failed);
    if (failed) co_return false;
    if (size == 0 && !parser.is_done()) continue;
    co_await write_piece(to, serializer, body, bytes.data(), size, !parser.is_done(), failed);
    if (failed) co_return false;
  }
  if (!serializer.is_done()) co_await write_piece(to, serializer, body, nullptr, 0, false, failed);
  co_return !failed;
}

// One way of a connection that both sides use at once. Whoever ends it ends the other way too: waiting reads of a
// tcp_stream can't be cancelled otherwise.
asio::awaitable<void> pump(tcp_stream& from, beast::flat_buffer& first, tcp_stream& to) {
  try {
    co_await asio::async_write(to, first.data(), asio::use_awaitable);
    std::array<char, piece> bytes;
    for (;;) {
      const std::size_t size = co_await from.async_read_some(asio::buffer(bytes), asio::use_awaitable);
      co_await asio::async_write(to, asio::buffer(bytes.data(), size), asio::use_awaitable);
    }
  } catch (const boost::system::system_error&) {  // the usual end
  }
  error_code ignored;
  static_cast<void>(to.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored));
  from.close();
  to.close();
}

asio::awaitable<void> carry(tcp_stream& client, beast::flat_buffer& from_client, tcp_stream& application,
                            beast::flat_buffer& from_application) {
  using namespace asio::experimental::awaitable_operators;
  client.expires_never();
  application.expires_never();
  co_await (pump(client, from_client, application) && pump(application, from_application, client));
}

// The application's answer as it goes to the client, without what concerns the application's connection only.
http::response<buffer_body> for_client(const http::response_parser<buffer_body>::value_type& from,
                                       unsigned version, bool switches) {
  http::response<buffer_body> to;
  to.version(version);
  to.result(from.result_int());
  to.reason(from.reason());
  const auto listed = connection_lists(from);
  for (const auto& field : from) {
    const std::string_view name(field.name_string().data(), field.name_string().size());
    if (equal(name, "Content-Length") || !is_hop_by_hop(name, listed))
      to.insert(field.name_string(), field.value());
  }
  if (switches) {
    to.set(http::field::connection, "Upgrade");
    to.set(http::field::upgrade, from[http::field::upgrade]);
  }
  to.body().data = nullptr;
  to.body().more = false;
  return to;
}

bool asks_for_websocket(const RequestParser& parser) {
  const auto& request = parser.get();
  if (request.method() != http::verb::get || request.version() != 11) return false;
  const auto upgrade = request[http::field::upgrade];
  const auto listed = connection_lists(request);
  return equal({upgrade.data(), upgrade.size()}, "websocket") &&
         std::find(listed.begin(), listed.end(), "upgrade") != listed.end();
}

// Sends the request; false when the application can't be reached or hung up, and it may still have answered.
asio::awaitable<bool> send_request(tcp_stream& client, beast::flat_buffer& buffer, RequestParser& parser,
                                   tcp_stream& application, http::request<buffer_body>& request) {
  request.body().data = nullptr;
  request.body().more = !parser.is_done();
  http::request_serializer<buffer_body> serializer(request);
  error_code failed;
  application.expires_after(answer_limit);
  co_await http::async_write_header(application, serializer,
                                    asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return false;
  co_return co_await copy_body(client, buffer, parser, application, serializer, request.body());
}

}  // namespace

asio::awaitable<Relayed> relay(tcp_stream& client, beast::flat_buffer& buffer, RequestParser& parser,
                               http::request_header<> head, asio::ip::tcp::endpoint upstream,
                               bool is_guarded) {
  tcp_stream application(client.get_executor());
  error_code failed;
  application.expires_after(connect_limit);
  co_await application.async_connect(upstream, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return Relayed{false, 502};
  // Head and body are written by themselves: the body would wait for the application's delayed acknowledgement.
  static_cast<void>(application.socket().set_option(asio::ip::tcp::no_delay(true), failed));

  const bool websocket = asks_for_websocket(parser);
  http::request<buffer_body> request(std::move(head));
  if (parser.chunked()) request.chunked(true);
  request.set(http::field::connection, websocket ? "Upgrade" : "close");
  if (websocket) request.set(http::field::upgrade, "websocket");
  const bool sent = co_await send_request(client, buffer, parser, application, request);

  // An application may answer and hang up before it has read everything: what it says counts.
  beast::flat_buffer answer_buffer;
  std::optional<http::response_parser<buffer_body>> answer;
  do {
    answer.emplace();
    answer->header_limit(64 * 1024);
    answer->body_limit(boost::none);
    if (request.method() == http::verb::head) answer->skip(true);
    application.expires_after(answer_limit);
    co_await http::async_read_header(application, answer_buffer, *answer,
                                     asio::redirect_error(asio::use_awaitable, failed));
    if (failed) co_return Relayed{false, failed == beast::error::timeout ? 504U : 502U};
  } while (answer->get().result_int() >= 100 && answer->get().result_int() < 200 &&
           answer->get().result_int() != 101);

  const unsigned status = answer->get().result_int();
  if (status == 101 && !websocket) co_return Relayed{false, 502};
  auto response = for_client(answer->get(), parser.get().version(), status == 101);
  if (is_guarded && response.find(http::field::cache_control) == response.end())
    response.set(http::field::cache_control,
                 "private");  // RFC 9111 3.5: a shared cache may keep what has no say

  bool keep = sent && parser.is_done() && parser.keep_alive() && status != 101;
  const bool length_known = answer->is_done() || answer->content_length() || status == 204 || status == 304 ||
                            request.method() == http::verb::head || status == 101;
  if (!length_known && response.version() == 11) response.chunked(true);
  if (!length_known && response.version() != 11) keep = false;
  if (answer->is_done() && !answer->content_length() && status >= 200 && status != 204 && status != 304 &&
      request.method() != http::verb::head)
    response.content_length(0);
  if (status != 101) response.keep_alive(keep);
  response.body().more = !answer->is_done();

  http::response_serializer<buffer_body> serializer(response);
  client.expires_after(answer_limit);
  co_await http::async_write_header(client, serializer, asio::redirect_error(asio::use_awaitable, failed));
  if (failed) co_return Relayed{};
  if (status == 101) {
    co_await carry(client, buffer, application, answer_buffer);
    co_return Relayed{};
  }
  const bool whole =
      co_await copy_body(application, answer_buffer, *answer, client, serializer, response.body());
  co_return Relayed{keep && whole, 0};
}

}  // namespace doorward::server
