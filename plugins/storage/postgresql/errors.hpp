// What can go wrong with a server, as exceptions inside of the plugin, and what each comes to at the border.
#pragma once
#include <doorward/sdk/plugin.hpp>

#include <string>
#include <string_view>

namespace postgresql_store {

namespace sdk = doorward::sdk;

// The server refused a statement; the connection goes on. `state` is SQLSTATE, five letters (PostgreSQL's Appendix A). The
// sentence is the server's primary message, which holds no values of rows; its details do and are left out.
class ServerError : public std::runtime_error {
 public:
  ServerError(std::string state, const std::string& sentence)
      : std::runtime_error(sentence), state_(std::move(state)) {}
  const std::string& state() const { return state_; }
  bool is(std::string_view state) const { return state_ == state; }

 private:
  std::string state_;
};

// The connection is gone, or couldn't be made. Whether the last statement was done isn't known.
class Lost : public std::runtime_error {
 public:
  explicit Lost(const std::string& sentence, std::string state = {})
      : std::runtime_error(sentence), state_(std::move(state)) {}
  const std::string& state() const { return state_; }  // SQLSTATE, where the server said one

 private:
  std::string state_;
};

// No answer in time. The connection can't be used again: the answer may still come.
class Late : public std::runtime_error {
 public:
  Late() : std::runtime_error("the server didn't answer in time") {}
};

// The descriptor became readable that ends a wait.
class Woken : public std::exception {};

sdk::Status status_of(const ServerError& error);  // conflict, busy, invalid, unavailable or fault
bool lacks_memory(std::string_view state);
bool ends_connection(const ServerError& error);  // the server closes it, or it is of no use any more
// The sentence with what to do about it, where there is something; no line break.
std::string advised(const std::string& state, const std::string& sentence);
std::string one_line(std::string_view text);

}  // namespace postgresql_store
