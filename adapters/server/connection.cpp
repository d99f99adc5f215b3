#include "server/connection.hpp"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/file_posix.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/file_body.hpp>
#include <chrono>

#include "embedding/identity.hpp"
#include "embedding/rule.hpp"
#include "embedding/text.hpp"
#include "server/headers.hpp"
#include "server/relay.hpp"

namespace doorward::server {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using boost::system::error_code;
using embedding::somebody;

namespace {

constexpr std::size_t most_head = 32 * 1024;
// Of a file that is too long for the page, so that whoever sent a camera's picture reads the engine's words, not of a lost connection.
constexpr std::uint64_t most_dropped = std::uint64_t{64} * 1024 * 1024;

}  // namespace

Connection::Connection(asio::ip::tcp::socket socket, Service& service)
    : service_(service), wire_(std::move(socket), service.limits) {}

void Connection::stop() {
  asio::post(wire_.stream().get_executor(), [self = shared_from_this()] { self->wire_.close_if_idle(); });
}

asio::awaitable<void> Connection::run() {
  try {
    error_code ignored;
    (void)wire_.stream().socket().set_option(asio::ip::tcp::no_delay(true), ignored);
    while (wire_.keeps() && !service_.stopping) {
      RequestParser parser;
      parser.header_limit(most_head);
      parser.body_limit(boost::none);  // whoever reads the body has a limit of its own
      if (!co_await wire_.read_head(parser)) break;
      co_await exchange(parser);
    }
    co_await wire_.hang_up();
  } catch (const boost::system::system_error&) {  // the client went, or was too slow
  } catch (const std::exception& fault) {
    log_line(DOORWARD_ERROR, std::string("a request ended with: ") + fault.what());
  }
}

asio::awaitable<void> Connection::exchange(RequestParser& parser) {
  const auto& request = parser.get();
  Exchange exchange{parser, service_.site(), {}, {}, std::string(view(request.method_string())), {}};
  wire_.begin(parser);
  const bool is_question = service_.forward_auth.is_asked(view(request.target()));
  auto target = is_question ? Target() : parse_target(view(request.target()));
  const auto hosts = values_of(request, "Host");
  const auto expects = values_of(request, "Expect");
  const auto codings = values_of(request, "Transfer-Encoding");
  const bool coded =
      !codings.empty() && (codings.size() > 1 || !equal(codings[0], "chunked") || request.version() != 11);
  if (!target || hosts.size() > 1 || (hosts.empty() && request.version() == 11) || coded)
    co_return co_await send_plain(exchange, 400, "This request can't be understood.");
  if (expects.size() > 1 || (expects.size() == 1 && !equal(expects[0], "100-continue")))
    co_return co_await send_plain(exchange, 417, "Only 100-continue can be expected.");
  if (request.method() == http::verb::connect || request.method() == http::verb::trace)
    co_return co_await send_plain(exchange, 405, "This method is not offered.");
  exchange.target = std::move(*target);

  std::string forwarded;
  for (const std::string& each : values_of(request, "X-Forwarded-For"))
    forwarded += (forwarded.empty() ? "" : ",") + each;
  exchange.client = client_address(wire_.client(), forwarded, exchange.site->trusted_proxies()).to_string();

  if (is_question) {
    co_await forward_auth(exchange);
  } else if (exchange.site->surface().owns(exchange.target.path)) {
    co_await own_page(exchange);
  } else {
    co_await guarded(exchange);
  }
}

// Work that may block, on the pool.
template <class Work>
asio::awaitable<bool> Connection::block(Work work) {
  if (service_.blocked.fetch_add(1) >= most_blocked) {
    service_.blocked.fetch_sub(1);
    co_return false;
  }
  auto task = [&work]() -> asio::awaitable<void> {
    work();
    co_return;
  };
  co_await asio::co_spawn(service_.blocking, task, asio::use_awaitable);
  service_.blocked.fetch_sub(1);
  co_return true;
}

// A file is held in memory while it comes, for whoever is signed in only. Of anybody else it is read past. False: the request is
// answered.
asio::awaitable<bool> Connection::may_send_file(Exchange& exchange) {
  Decision decision(*exchange.site);
  if (!co_await decide(exchange, somebody, decision)) {
    co_await send_plain(exchange, 503, "Too many are waiting. Please try again.");
    co_return false;
  }
  if (decision.verdict() == DOORWARD_ALLOW) co_return true;
  const std::uint64_t most = exchange.site->surface().max_body(exchange.target.path);
  const int refused = co_await wire_.drop_body(exchange.parser, most);
  if (refused == 0) {
    co_await refuse(exchange, somebody, decision.get());
  } else {
    co_await refuse_body(exchange, refused);
  }
  co_return false;
}

asio::awaitable<void> Connection::refuse_body(Exchange& exchange, int status) {
  return status == 413 ? send_plain(exchange, 413, "This is more than the page takes.")
                       : send_plain(exchange, 400, "This request can't be understood.");
}

asio::awaitable<void> Connection::own_page(Exchange& exchange) {
  const embedding::Surface& surface = exchange.site->surface();
  const bool is_file = surface.takes_upload(exchange.target.path) && !exchange.parser.is_done();
  if (is_file && !co_await may_send_file(exchange)) co_return;
  std::string body;
  const std::uint64_t most = surface.max_body(exchange.target.path);
  int refused = 0;
  if (is_file && exchange.parser.content_length().value_or(0) > most) {
    refused = co_await wire_.drop_body(exchange.parser, most_dropped);
  } else {
    refused = co_await wire_.read_body(exchange.parser, most, body);
  }
  if (refused != 0) co_return co_await refuse_body(exchange, refused);

  embedding::Answer answer;
  doorward_status status = DOORWARD_FAULT;
  const bool done = co_await block([&] {
    const Shown shown(exchange, body);
    const doorward_response sink = answer.sink();
    status = exchange.site->engine().host().handle(exchange.site->engine().handle(), &shown.get(), &sink);
  });
  if (!done || status != DOORWARD_OK || !answer.usable())
    co_return co_await send_plain(exchange, 503, "This page can't be shown at the moment. Please try again.");
  co_await send(exchange, answer);
}

// False: too many are waiting to be asked about.
asio::awaitable<bool> Connection::decide(const Exchange& exchange, const doorward_rule& rule,
                                         Decision& decision) {
  const auto cookies = values_of(exchange.request(), "Cookie");
  decision.check(cookies, rule);
  if (decision.verdict() != DOORWARD_ASK) co_return true;
  co_return co_await block([&] { decision.resolve(cookies, rule); });
}

// What a server is told that asks about a request it holds.
asio::awaitable<void> Connection::forward_auth(Exchange& exchange) {
  const auto peer = plain(wire_.client());
  if (!exchange.site->trusted_proxies().contain(peer)) {
    cannot_answer("asked by " + peer.to_string() + ", which trusted_proxies doesn't name");
    co_return co_await send_plain(exchange, 403, "Only this site's own servers may ask this.");
  }
  exchange.question =
      service_.forward_auth.read(exchange.method, view(exchange.request().target()), exchange.request());
  const Question& question = *exchange.question;
  if (!question.fault.empty()) {
    cannot_answer(question.fault);
    co_return co_await send_plain(exchange, 400, "This request can't be understood.");
  }
  exchange.method = question.method;
  exchange.target = question.target;

  Decision decision(*exchange.site);
  if (!exchange.site->surface().owns(exchange.target.path)) {
    for (const doorward_rule& rule : rules_for(service_.protections, question)) {
      if (!co_await decide(exchange, rule, decision))
        co_return co_await send_plain(exchange, 503, "Too many are waiting. Please try again.");
      if (rule.required != 0 && decision.verdict() != DOORWARD_ALLOW)
        co_return co_await refuse(exchange, rule, decision.get());
    }
  }
  TextAnswer response(http::status::ok, exchange.request().version());
  tell_proxy(response, known(exchange, decision));
  response.set(http::field::cache_control, "no-store");
  co_await send_text(exchange, std::move(response));
}

void Connection::cannot_answer(const std::string& why) const {
  if (const auto more = service_.unanswered.turn(std::chrono::steady_clock::now()))
    log_line(DOORWARD_WARNING, "forward auth: " + why + *more);
}

Known Connection::known(const Exchange& exchange, const Decision& decision) const {
  const auto& engine = exchange.site->engine();
  Known known{engine.host(), decision.verdict() == DOORWARD_ALLOW ? decision.identity() : nullptr, {}};
  if (service_.assertion && known.identity != nullptr)
    known.assertion = embedding::assertion_text(engine, known.identity);
  return known;
}

asio::awaitable<void> Connection::guarded(Exchange& exchange) {
  const doorward_rule* rule = service_.protections.rule_for(exchange.target.place);
  const Upstream* upstream = service_.upstream_for(exchange.target.place);
  const bool is_required = rule != nullptr && rule->required != 0;
  Decision decision(*exchange.site);
  if (is_required || (rule != nullptr && upstream != nullptr)) {
    if (!co_await decide(exchange, *rule, decision))
      co_return co_await send_plain(exchange, 503, "Too many are waiting. Please try again.");
    if (is_required && decision.verdict() != DOORWARD_ALLOW)
      co_return co_await refuse(exchange, *rule, decision.get());
  }
  if (upstream == nullptr) co_return co_await file(exchange, is_required);
  const Known who = known(exchange, decision);
  co_await application(exchange, *upstream, who, is_required || who.identity != nullptr);
}

asio::awaitable<void> Connection::application(Exchange& exchange, const Upstream& upstream,
                                              const Known& known, bool is_guarded) {
  const auto& request = exchange.request();
  const auto hosts = values_of(request, "Host");
  const auto schemes = values_of(request, "X-Forwarded-Proto");
  const auto peer = plain(wire_.client());
  const bool is_secure =
      exchange.site->trusted_proxies().contain(peer) && schemes.size() == 1 && schemes[0] == "https";
  const Forwarded forwarded{exchange.client, is_secure ? "https" : "http", hosts.empty() ? "" : hosts[0]};

  http::request_header<> head;
  static_cast<Fields&>(head) = upstream_fields(request, exchange.site->surface(), forwarded, known);
  head.method_string(request.method_string());
  head.target(exchange.target.encoded + (exchange.target.has_query ? "?" + exchange.target.query : ""));
  head.version(11);
  co_await wire_.send_continue(exchange.parser);
  const Relayed relayed = co_await relay(wire_.stream(), wire_.buffer(), exchange.parser, std::move(head),
                                         upstream.endpoint, is_guarded);
  wire_.keep(relayed.keep);
  if (relayed.failed == 504)
    co_return co_await send_plain(exchange, 504, "The site took too long to answer.");
  if (relayed.failed != 0)
    co_return co_await send_plain(exchange, 502, "The site can't be reached at the moment.");
}

asio::awaitable<void> Connection::refuse(Exchange& exchange, const doorward_rule& rule,
                                         const doorward_decision& decision) {
  embedding::Answer answer;
  const Shown shown(exchange, {});
  const doorward_response sink = answer.sink();
  const auto& engine = exchange.site->engine();
  const doorward_status status = engine.host().refuse(engine.handle(), &shown.get(), &rule, &decision, &sink);
  if (status != DOORWARD_OK || !answer.usable() || answer.status() < 300)
    co_return co_await send_plain(exchange, 503, "This page can't be shown at the moment. Please try again.");
  co_await send(exchange, answer);
}

asio::awaitable<void> Connection::file(Exchange& exchange, bool is_guarded) {
  const auto method = exchange.request().method();
  if (method != http::verb::get && method != http::verb::head)
    co_return co_await send_plain(exchange, 405, "This can only be read.");
  StaticFiles::Found found;
  if (service_.files) found = service_.files->find(exchange.target.path);
  if (found.is_folder) {
    TextAnswer response(http::status::moved_permanently, exchange.request().version());
    response.set(http::field::location, exchange.target.encoded + "/" +
                                            (exchange.target.has_query ? "?" + exchange.target.query : ""));
    co_return co_await send_text(exchange, std::move(response));
  }
  if (found.descriptor < 0) co_return co_await send_plain(exchange, 404, "There is nothing here.");

  beast::file_posix opened;
  opened.native_handle(found.descriptor);
  error_code failed;
  FileAnswer response(http::status::ok, exchange.request().version());
  response.body().reset(std::move(opened), failed);
  if (failed) throw boost::system::system_error(failed);
  response.set(http::field::content_type, found.type);
  response.set("X-Content-Type-Options", "nosniff");
  response.set(http::field::cache_control, is_guarded ? "private, no-cache" : "no-cache");
  wire_.keep(!service_.stopping);
  co_await wire_.send(response, exchange.parser);
}

asio::awaitable<void> Connection::send(Exchange& exchange, const embedding::Answer& answer) {
  TextAnswer response;
  response.version(exchange.request().version());
  response.result(static_cast<unsigned>(answer.status()));
  for (const auto& [name, value] : answer.headers())
    if (!is_hop_by_hop(name, {}) && !equal(name, "Content-Length")) response.insert(name, value);
  response.body() = answer.body();
  co_await send_text(exchange, std::move(response));
}

asio::awaitable<void> Connection::send_plain(Exchange& exchange, unsigned status, std::string_view line) {
  TextAnswer response;
  response.version(std::clamp(exchange.request().version(), 10U, 11U));
  response.result(status);
  response.set(http::field::content_type, "text/plain; charset=utf-8");
  response.set(http::field::cache_control, "no-store");
  response.set("X-Content-Type-Options", "nosniff");
  if (status == 503) response.set(http::field::retry_after, "2");
  if (status == 405) response.set(http::field::allow, "GET, HEAD");
  response.body() = std::string(line) + "\n";
  co_await send_text(exchange, std::move(response));
}

asio::awaitable<void> Connection::send_text(Exchange& exchange, TextAnswer response) {
  if (exchange.question) for_proxy(response, *exchange.question, exchange.site->public_url());
  wire_.keep(!service_.stopping);
  co_await wire_.send(std::move(response), exchange.parser);
}

}  // namespace doorward::server
