#include "server/serve.hpp"

#include <signal.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <set>
#include <sstream>
#include <thread>

#include "server/connection.hpp"

namespace doorward::server {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::size_t most_connections = 1024;
constexpr auto stop_limit = std::chrono::seconds(10);  // for requests under way
constexpr auto retry_accept = std::chrono::milliseconds(100);
constexpr auto retire_check = std::chrono::milliseconds(50);

class Server {
 public:
  explicit Server(const ServeOptions& options);
  void run();

 private:
  asio::awaitable<void> accept();
  asio::awaitable<void> listen_to_signals();
  asio::awaitable<void> reload();
  asio::awaitable<void> retire(std::shared_ptr<const Site> site);
  asio::awaitable<void> stop();
  std::shared_ptr<const Site> open_site() const;
  template <class Work>
  asio::awaitable<void> on_pool(Work work);

  // In this order: what waits in io_ uses the service, and everything below uses io_.
  const ServeOptions& options_;
  Service service_;
  asio::io_context io_;
  asio::strand<asio::io_context::executor_type> control_{
      io_.get_executor()};  // everything but connections' own
  tcp::acceptor acceptor_{control_};
  asio::signal_set signals_{control_, SIGTERM, SIGINT, SIGHUP};
  asio::steady_timer pause_{control_};
  std::set<std::shared_ptr<Connection>> connections_;
  bool reloading_ = false;
};

std::string spelled(const tcp::endpoint& endpoint) {
  std::ostringstream text;
  text << endpoint;
  return text.str();
}

Server::Server(const ServeOptions& options) : options_(options) {
  try {
    if (options.upstreams.empty() && options.root.empty() && options.forward_auth.empty())
      throw BadOptions(
          "--upstream, --root or --forward-auth must be given: what is it that Doorward stands before?");
    if (!options.forward_auth.empty()) service_.forward_auth = ForwardAuth(options.forward_auth);
    service_.assertion = options.assertion;
    service_.limits = options.limits;
    for (const std::string& text : options.upstreams) service_.upstreams.push_back(parse_upstream(text));
    if (!options.root.empty()) service_.files = std::make_unique<StaticFiles>(options.root);
    for (const std::string& text : options.protect) service_.protections.protect(text);
    for (const std::string& text : options.optional) service_.protections.optional(text);
    const tcp::endpoint endpoint = parse_listen(options.listen);
    acceptor_.open(endpoint.protocol());
    acceptor_.set_option(tcp::acceptor::reuse_address(true));
    acceptor_.bind(endpoint);
    acceptor_.listen();
  } catch (const boost::system::system_error& fault) {
    throw BadOptions("--listen " + options.listen + ": " + fault.code().message());
  } catch (const BadOptions&) {
    throw;
  } catch (const std::invalid_argument& fault) {
    throw BadOptions(fault.what());
  }
  service_.replace(open_site());
}

void Server::run() {
  asio::co_spawn(control_, accept(), asio::detached);
  asio::co_spawn(control_, listen_to_signals(), asio::detached);
  log_line(DOORWARD_INFO, "listening on " + spelled(acceptor_.local_endpoint()));
  std::vector<std::jthread> threads;
  for (unsigned i = std::max(2U, std::thread::hardware_concurrency()); i > 1; --i)
    threads.emplace_back([this] { io_.run(); });
  io_.run();
  threads.clear();
  service_.blocking.join();
  connections_.clear();
  service_.replace(nullptr);  // stops the engine, now that nobody calls it
}

std::shared_ptr<const Site> Server::open_site() const {
  const SiteSettings settings = options_.check();
  const std::string& asked = service_.forward_auth.path();
  if (!asked.empty() && settings.trusted_proxies.empty())
    throw embedding::EngineFailure({"--forward-auth: trusted_proxies names nobody, so nobody may ask"});
  auto site = std::make_shared<const Site>(options_.library, options_.config, settings);
  if (!asked.empty() && site->surface().owns(asked))
    throw embedding::EngineFailure({"--forward-auth " + asked + ": this is one of Doorward's own pages"});
  return site;
}

template <class Work>
asio::awaitable<void> Server::on_pool(Work work) {
  auto task = [&work]() -> asio::awaitable<void> {
    work();
    co_return;
  };
  co_await asio::co_spawn(service_.blocking, task, asio::use_awaitable);
}

asio::awaitable<void> Server::accept() {
  while (!service_.stopping) {
    error_code failed;
    tcp::socket socket = co_await acceptor_.async_accept(asio::make_strand(io_),
                                                         asio::redirect_error(asio::use_awaitable, failed));
    if (service_.stopping) break;
    if (failed ||
        connections_.size() >= most_connections) {  // no descriptors left, for one: a pause, and again
      pause_.expires_after(retry_accept);
      co_await pause_.async_wait(asio::redirect_error(asio::use_awaitable, failed));
      continue;
    }
    const auto executor = socket.get_executor();
    auto connection = std::make_shared<Connection>(std::move(socket), service_);
    connections_.insert(connection);
    asio::co_spawn(executor, connection->run(),
                   asio::bind_executor(control_, [this, connection](const std::exception_ptr&) {
                     connections_.erase(connection);
                   }));
  }
}

asio::awaitable<void> Server::listen_to_signals() {
  for (;;) {
    const int signal = co_await signals_.async_wait(asio::use_awaitable);
    if (signal == SIGHUP) {
      if (!reloading_) asio::co_spawn(control_, reload(), asio::detached);
    } else if (service_.stopping) {
      io_.stop();  // asked a second time: at once
      co_return;
    } else {
      asio::co_spawn(control_, stop(), asio::detached);
    }
  }
}

asio::awaitable<void> Server::reload() {
  reloading_ = true;
  std::shared_ptr<const Site> site;
  std::string why;
  co_await on_pool([&] {
    try {
      site = open_site();
    } catch (const std::exception& fault) {
      why = fault.what();
    }
  });
  reloading_ = false;
  if (site == nullptr) {
    std::istringstream lines(why);
    for (std::string line; std::getline(lines, line);) log_line(DOORWARD_ERROR, line);
    log_line(DOORWARD_ERROR, "the new settings can't be used; the old ones stay in force");
    co_return;
  }
  log_line(DOORWARD_INFO, "new settings are in force");
  co_await retire(service_.replace(std::move(site)));
}

// Closes an engine once the last request that began with it is done.
asio::awaitable<void> Server::retire(std::shared_ptr<const Site> site) {
  asio::steady_timer timer(control_);
  while (site.use_count() > 1 && !service_.stopping) {
    timer.expires_after(retire_check);
    co_await timer.async_wait(asio::use_awaitable);
  }
  co_await on_pool([&] { site.reset(); });
}

asio::awaitable<void> Server::stop() {
  service_.stopping = true;
  error_code ignored;
  (void)acceptor_.close(ignored);
  pause_.cancel();
  for (const auto& connection : connections_) connection->stop();
  asio::steady_timer timer(control_);
  for (auto left = stop_limit; left.count() > 0 && !connections_.empty(); left -= std::chrono::seconds(1)) {
    for (int tenth = 0; tenth < 10 && !connections_.empty(); ++tenth) {
      timer.expires_after(std::chrono::milliseconds(100));
      co_await timer.async_wait(asio::use_awaitable);
    }
  }
  io_.stop();
}

}  // namespace

void serve(const ServeOptions& options) {
  ::signal(SIGPIPE, SIG_IGN);  // a log that nobody reads any more must not end the site
  Server(options).run();
}

}  // namespace doorward::server
