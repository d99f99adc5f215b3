// One connection of a client: its requests one after another, each answered by Doorward, from a file, by the
// application, or by a refusal.
#pragma once
#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/buffer_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <memory>

#include "embedding/answer.hpp"
#include "server/headers.hpp"
#include "server/service.hpp"
#include "server/target.hpp"

namespace doorward::server {

using RequestParser = boost::beast::http::request_parser<boost::beast::http::buffer_body>;

// All its code runs on the executor of its socket, which is a strand.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Service& service);

  boost::asio::awaitable<void> run();  // until the client goes, or misbehaves; never throws
  void stop();                         // [any thread] no further request after this one

 private:
  struct Exchange;  // one request on its way to its answer

  boost::asio::awaitable<bool> read_head(RequestParser& parser);
  boost::asio::awaitable<void> exchange(RequestParser& parser);
  boost::asio::awaitable<void> own_page(Exchange& exchange);
  boost::asio::awaitable<void> guarded(Exchange& exchange);
  boost::asio::awaitable<void> forward_auth(Exchange& exchange);
  boost::asio::awaitable<bool> decide(const Exchange& exchange, const doorward_rule& rule,
                                      Decision& decision);
  Known known(const Exchange& exchange, const Decision& decision) const;
  boost::asio::awaitable<void> refuse(Exchange& exchange, const doorward_rule& rule,
                                      const doorward_decision& decision);
  boost::asio::awaitable<void> application(Exchange& exchange, const Upstream& upstream, const Known& known,
                                           bool is_guarded);
  boost::asio::awaitable<void> file(Exchange& exchange, bool is_guarded);

  boost::asio::awaitable<int> read_body(Exchange& exchange,
                                        std::string& body);  // an HTTP status; 0: all is there
  boost::asio::awaitable<void> send_continue(const Exchange& exchange);
  boost::asio::awaitable<void> send(Exchange& exchange, const embedding::Answer& answer);
  boost::asio::awaitable<void> send_plain(Exchange& exchange, unsigned status, std::string_view line);
  boost::asio::awaitable<void> send_text(
      Exchange& exchange, boost::beast::http::response<boost::beast::http::string_body> response);
  boost::asio::awaitable<void> hang_up();
  template <class Work>
  boost::asio::awaitable<bool> block(Work work);  // false: the pool is full, nothing was done

  Service& service_;
  boost::beast::tcp_stream stream_;
  boost::beast::flat_buffer buffer_;
  bool waiting_ = false;  // between two requests
  bool keep_ = true;      // the connection has a next request
};

}  // namespace doorward::server
