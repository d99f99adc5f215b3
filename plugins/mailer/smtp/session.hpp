// A conversation with the mail server, over a connection that is kept for the next letter. It is libcurl's;
// what is decided here is what may be trusted, how long things may take, and what a failure means for the
// letter.
#pragma once
#include <curl/curl.h>

#include <chrono>
#include <doorward/sdk/plugin.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "options.hpp"

namespace doorward::smtp {

struct Delivery {
  std::string from, to;      // addr-specs, checked
  std::string_view message;  // lines end in CRLF
};

class Session {  // one thread at a time
 public:
  explicit Session(const Options& options);  // which outlives it
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session();  // doesn't wait for the server

  // Throws sdk::Failure: refused, unavailable. A session that threw is of no further use.
  void deliver(const Delivery& delivery, std::chrono::milliseconds timeout);

 private:
  using Deadline = std::chrono::steady_clock::time_point;

  void configure();
  CURLcode attempt(const Delivery& delivery, Deadline deadline);
  bool is_stale_connection(CURLcode code) const;
  [[noreturn]] void fail(CURLcode code) const;
  int reply_code() const;  // 200 to 599; 0: there is no reply, or it is none
  std::string reply_for_people() const;

  // What libcurl calls; `self` is the session.
  static curl_socket_t open_socket(void* self, curlsocktype purpose, curl_sockaddr* address) noexcept;
  static int close_socket(void* self, curl_socket_t socket) noexcept;
  static std::size_t read_message(char* out, std::size_t size, std::size_t count, void* self) noexcept;
  static std::size_t take_reply(char* line, std::size_t size, std::size_t count, void* self) noexcept;
  static int watch_command(CURL* curl, curl_infotype type, char* data, std::size_t size, void* self) noexcept;
  static int watch_time(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) noexcept;

  const Options& options_;
  CURL* curl_;
  std::vector<curl_socket_t> sockets_;  // open now
  std::string_view unread_;             // what of the message hasn't been handed to libcurl
  std::size_t message_size_ = 0;
  std::string_view step_ = "connecting";  // the verb sent last: "EHLO", "AUTH", "MAIL", ...
  std::string reply_;                     // the line received last; empty since a command was sent
  bool quitting_ = false;
  Deadline deadline_;
  char error_[CURL_ERROR_SIZE] = {};
};

}  // namespace doorward::smtp
