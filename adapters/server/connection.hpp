// One connection of a client: its requests one after another, each answered by Doorward, from a file, by the
// application, or by a refusal.
#pragma once
#include <memory>

#include "embedding/answer.hpp"
#include "server/exchange.hpp"
#include "server/headers.hpp"
#include "server/service.hpp"
#include "server/wire.hpp"

namespace doorward::server {

// All its code runs on the executor of its socket, which is a strand.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(boost::asio::ip::tcp::socket socket, Service& service);

  boost::asio::awaitable<void> run();  // until the client goes, or misbehaves; never throws
  void stop();                         // [any thread] no further request after this one

 private:
  boost::asio::awaitable<void> exchange(RequestParser& parser);
  boost::asio::awaitable<void> own_page(Exchange& exchange);
  boost::asio::awaitable<bool> may_send_file(Exchange& exchange);
  boost::asio::awaitable<void> refuse_body(Exchange& exchange, int status);  // as Wire::read_body says
  boost::asio::awaitable<void> guarded(Exchange& exchange);
  boost::asio::awaitable<void> forward_auth(Exchange& exchange);
  boost::asio::awaitable<bool> decide(const Exchange& exchange, const doorward_rule& rule,
                                      Decision& decision);
  void cannot_answer(const std::string& why) const;  // in the log
  Known known(const Exchange& exchange, const Decision& decision) const;
  boost::asio::awaitable<void> refuse(Exchange& exchange, const doorward_rule& rule,
                                      const doorward_decision& decision);
  boost::asio::awaitable<void> application(Exchange& exchange, const Upstream& upstream, const Known& known,
                                           bool is_guarded);
  boost::asio::awaitable<void> file(Exchange& exchange, bool is_guarded);

  boost::asio::awaitable<void> send(Exchange& exchange, const embedding::Answer& answer);
  boost::asio::awaitable<void> send_plain(Exchange& exchange, unsigned status, std::string_view line);
  boost::asio::awaitable<void> send_text(Exchange& exchange, TextAnswer response);
  template <class Work>
  boost::asio::awaitable<bool> block(Work work);  // false: the pool is full, nothing was done

  Service& service_;
  Wire wire_;
};

}  // namespace doorward::server
