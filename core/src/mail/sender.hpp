// Who takes a finished letter, as the outbox wants it. plugin_host implements it over doorward/mailer.h.
#pragma once
#include <chrono>
#include <string>

#include "base/clock.hpp"

namespace doorward::mail {

struct Letter {            // written, ready to be sent
  std::string message_id;  // "<id@host>": the same at every try
  Time date;
  std::string from_name, from_address;
  std::string to_name, to_address;
  std::string subject, text, html;
  std::string language;
};

struct Sent {
  enum class Outcome { accepted, refused, later } outcome;
  std::string why;  // for the log and the dead letter; without secrets
};

class Sender {  // any thread
 public:
  virtual ~Sender() = default;
  virtual Sent send(const Letter& letter,
                    std::chrono::milliseconds timeout) = 0;  // does not throw for an expected failure
};

}  // namespace doorward::mail
