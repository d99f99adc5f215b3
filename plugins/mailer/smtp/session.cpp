#include "session.hpp"

#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <memory>
#include <new>

namespace doorward::smtp {
namespace {

constexpr std::array<std::string_view, 7> verbs{"EHLO", "HELO", "STARTTLS", "AUTH", "MAIL", "RCPT", "DATA"};

template <class Value>
void set(CURL* curl, CURLoption option, Value value) {
  if (curl_easy_setopt(curl, option, value) == CURLE_OUT_OF_MEMORY) throw std::bad_alloc();
}

bool is_loopback(const curl_sockaddr& address) {
  if (address.family == AF_INET) {
    sockaddr_in v4;
    std::memcpy(&v4, &address.addr, sizeof v4);
    return (ntohl(v4.sin_addr.s_addr) >> 24) == 127;
  }
  if (address.family != AF_INET6 || address.addrlen < sizeof(sockaddr_in6)) return false;
  sockaddr_in6 v6;
  std::memcpy(&v6, static_cast<const void*>(&address.addr), sizeof v6);
  return IN6_IS_ADDR_LOOPBACK(&v6.sin6_addr);
}

std::string printable(std::string_view line) {
  std::string out(line.substr(0, 200));
  std::replace_if(out.begin(), out.end(), [](char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return out;
}

}  // namespace

Session::Session(const Options& options) : options_(options), curl_(curl_easy_init()) {
  if (curl_ == nullptr) throw std::bad_alloc();
  try {
    configure();
  } catch (...) {
    curl_easy_cleanup(curl_);
    throw;
  }
}

// libcurl says QUIT and would wait two minutes for the answer: with the reading side shut, there is none to
// wait for.
Session::~Session() {
  for (const curl_socket_t socket : sockets_) ::shutdown(socket, SHUT_RD);
  curl_easy_cleanup(curl_);
}

void Session::configure() {
  set(curl_, CURLOPT_URL, options_.url().c_str());
  set(curl_, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  set(curl_, CURLOPT_NOSIGNAL, 1L);
  set(curl_, CURLOPT_PROXY, "");  // whatever the server's environment says
  set(curl_, CURLOPT_USE_SSL, options_.security == Security::none ? CURLUSESSL_NONE : CURLUSESSL_ALL);
  set(curl_, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  set(curl_, CURLOPT_SSL_VERIFYPEER, 1L);
  set(curl_, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!options_.ca_file.empty()) {
    set(curl_, CURLOPT_CAINFO, options_.ca_file.c_str());
    set(curl_, CURLOPT_CAPATH, static_cast<const char*>(nullptr));  // these authorities alone
  }
  if (!options_.user.empty()) {
    set(curl_, CURLOPT_USERNAME, options_.user.c_str());
    set(curl_, CURLOPT_PASSWORD, options_.password.c_str());
    set(curl_, CURLOPT_LOGIN_OPTIONS,
        "AUTH=PLAIN;AUTH=LOGIN");  // the line is protected, or this machine's own
  }
  if (options_.keep.count() == 0) set(curl_, CURLOPT_FORBID_REUSE, 1L);
  set(curl_, CURLOPT_MAXAGE_CONN, static_cast<long>(options_.keep.count()));
  set(curl_, CURLOPT_UPLOAD, 1L);
  set(curl_, CURLOPT_VERBOSE, 1L);  // for watch_command; nothing is printed
  set(curl_, CURLOPT_NOPROGRESS, 0L);
  set(curl_, CURLOPT_ERRORBUFFER, error_);
  set(curl_, CURLOPT_OPENSOCKETFUNCTION, &Session::open_socket);
  set(curl_, CURLOPT_OPENSOCKETDATA, static_cast<void*>(this));
  set(curl_, CURLOPT_CLOSESOCKETFUNCTION, &Session::close_socket);
  set(curl_, CURLOPT_CLOSESOCKETDATA, static_cast<void*>(this));
  set(curl_, CURLOPT_READFUNCTION, &Session::read_message);
  set(curl_, CURLOPT_READDATA, static_cast<void*>(this));
  set(curl_, CURLOPT_HEADERFUNCTION, &Session::take_reply);
  set(curl_, CURLOPT_HEADERDATA, static_cast<void*>(this));
  set(curl_, CURLOPT_DEBUGFUNCTION, &Session::watch_command);
  set(curl_, CURLOPT_DEBUGDATA, static_cast<void*>(this));
  set(curl_, CURLOPT_XFERINFOFUNCTION, &Session::watch_time);
  set(curl_, CURLOPT_XFERINFODATA, static_cast<void*>(this));
}

void Session::deliver(const Delivery& delivery, std::chrono::milliseconds timeout) {
  const Deadline deadline = std::chrono::steady_clock::now() + timeout;
  CURLcode code = attempt(delivery, deadline);
  if (is_stale_connection(code)) {
    set(curl_, CURLOPT_FRESH_CONNECT, 1L);
    code = attempt(delivery, deadline);
    set(curl_, CURLOPT_FRESH_CONNECT, 0L);
  }
  if (code != CURLE_OK) fail(code);
}

CURLcode Session::attempt(const Delivery& delivery, Deadline deadline) {
  using std::chrono::milliseconds;
  const auto left =
      std::max(milliseconds(1), std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()));
  deadline_ = deadline;
  unread_ = delivery.message;
  message_size_ = delivery.message.size();
  step_ = "connecting";
  reply_.clear();
  quitting_ = false;
  error_[0] = '\0';

  const std::unique_ptr<curl_slist, decltype(&curl_slist_free_all)> recipient(
      curl_slist_append(nullptr, ("<" + delivery.to + ">").c_str()), &curl_slist_free_all);
  if (!recipient) throw std::bad_alloc();
  set(curl_, CURLOPT_MAIL_FROM, ("<" + delivery.from + ">").c_str());
  set(curl_, CURLOPT_MAIL_RCPT, recipient.get());
  set(curl_, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(message_size_));
  set(curl_, CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  set(curl_, CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(std::min(left, options_.connect_timeout).count()));
  // In whole seconds; for what the two above don't bound.
  set(curl_, CURLOPT_SERVER_RESPONSE_TIMEOUT,
      static_cast<long>(std::chrono::ceil<std::chrono::seconds>(left).count()));
  const CURLcode code = curl_easy_perform(curl_);
  set(curl_, CURLOPT_MAIL_RCPT, static_cast<curl_slist*>(nullptr));
  return code;
}

// A kept connection that the server has meanwhile given up, with a 421 or without a word: says nothing
// about the letter, of which nothing has been sent.
bool Session::is_stale_connection(CURLcode code) const {
  if (code == CURLE_OK || code == CURLE_OPERATION_TIMEDOUT || unread_.size() != message_size_) return false;
  long connects = 0;
  curl_easy_getinfo(curl_, CURLINFO_NUM_CONNECTS, &connects);
  return connects == 0 && (reply_.empty() || reply_code() == 421);
}

// A 5xx to a step of the letter's own is about the letter. Before, and where it says that we aren't signed
// in, it is about this server and our settings, and the letter waits until somebody has repaired them.
void Session::fail(CURLcode code) const {
  const int reply = reply_code();
  const bool letters_step = step_ == "MAIL" || step_ == "RCPT" || step_ == "DATA";
  const bool about_us = reply == 530 || reply == 534 || reply == 535 || reply == 538;
  const bool refused = letters_step && reply >= 500 && !about_us;

  std::string why = options_.host + ":" + std::to_string(options_.port) + ": ";
  if (refused || (letters_step && reply >= 400)) {
    why += std::string(refused ? "refused" : "not accepted now") + " at " + std::string(step_);
  } else if (code == CURLE_OPERATION_TIMEDOUT || code == CURLE_ABORTED_BY_CALLBACK) {
    why += "no answer in time, at " + std::string(step_);
  } else if (code == CURLE_LOGIN_DENIED) {
    why += "it does not accept the user and password of the settings";
  } else if (code == CURLE_USE_SSL_FAILED) {
    why += "it offers no STARTTLS, and nothing is sent without";
  } else {
    why += printable(error_[0] != '\0' ? error_ : curl_easy_strerror(code));
  }
  if (!reply_.empty()) why += ": " + reply_for_people();
  throw sdk::Failure(refused ? sdk::Status::refused : sdk::Status::unavailable, why);
}

int Session::reply_code() const {
  const auto is_digit = [&](std::size_t i) {
    return i < reply_.size() && reply_[i] >= '0' && reply_[i] <= '9';
  };
  const bool is_reply =
      is_digit(0) && is_digit(1) && is_digit(2) && !is_digit(3) && reply_[0] >= '2' && reply_[0] <= '5';
  return is_reply ? std::stoi(reply_.substr(0, 3)) : 0;
}

// An answer to AUTH may repeat what it answers: its code and enhanced code (RFC 2034) say enough.
std::string Session::reply_for_people() const {
  std::string_view line = reply_;
  if (step_ == "AUTH") line = line.substr(0, line.find_first_not_of("0123456789. -"));
  while (line.ends_with(' ')) line.remove_suffix(1);
  return printable(line);
}

curl_socket_t Session::open_socket(void* self, curlsocktype, curl_sockaddr* address) noexcept {
  auto& session = *static_cast<Session*>(self);
  if (session.options_.security == Security::none && !is_loopback(*address)) return CURL_SOCKET_BAD;
  const int socket = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (socket < 0) return CURL_SOCKET_BAD;
  try {
    session.sockets_.push_back(socket);
  } catch (const std::bad_alloc&) {
    ::close(socket);
    return CURL_SOCKET_BAD;
  }
  return socket;
}

int Session::close_socket(void* self, curl_socket_t socket) noexcept {
  std::erase(static_cast<Session*>(self)->sockets_, socket);
  return ::close(socket);
}

std::size_t Session::read_message(char* out, std::size_t size, std::size_t count, void* self) noexcept {
  auto& unread = static_cast<Session*>(self)->unread_;
  const std::size_t taken = std::min(size * count, unread.size());
  std::memcpy(out, unread.data(), taken);
  unread.remove_prefix(taken);
  return taken;
}

std::size_t Session::take_reply(char* line, std::size_t size, std::size_t count, void* self) noexcept {
  auto& session = *static_cast<Session*>(self);
  if (session.quitting_) return size * count;
  try {
    auto& reply = session.reply_;
    reply.assign(line, std::min<std::size_t>(size * count, 1000));
    while (reply.ends_with('\n') || reply.ends_with('\r')) reply.pop_back();
    return size * count;
  } catch (const std::bad_alloc&) {
    return 0;  // ends the transfer
  }
}

// Only verbs are kept: what follows AUTH is a secret. The answer to QUIT is of no use: nobody waits for it.
int Session::watch_command(CURL*, curl_infotype type, char* data, std::size_t size, void* self) noexcept {
  if (type != CURLINFO_HEADER_OUT) return 0;
  auto& session = *static_cast<Session*>(self);
  const std::string_view line(data, size);
  if (line == "QUIT\r\n") {
    session.quitting_ = true;
    for (const curl_socket_t socket : session.sockets_) ::shutdown(socket, SHUT_RD);
    return 0;
  }
  session.reply_.clear();
  for (const std::string_view verb : verbs) {
    const bool is_it = line.starts_with(verb) && line.size() > verb.size() &&
                       (line[verb.size()] == ' ' || line[verb.size()] == '\r');
    if (is_it) session.step_ = verb;
  }
  return 0;
}

int Session::watch_time(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept {
  return std::chrono::steady_clock::now() > static_cast<Session*>(self)->deadline_ ? 1 : 0;
}

}  // namespace doorward::smtp
