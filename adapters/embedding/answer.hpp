// An answer of the engine, collected on whatever thread it is made, to be sent by the server's own.
#pragma once
#include <doorward/host.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace doorward::embedding {

// Can this be sent as a header? No control characters but the tab in the value: a line break would let what
// follows become a header of its own. The name is an HTTP token.
bool sendable_header(std::string_view name, std::string_view value) noexcept;

class Answer {
 public:
  // Where the engine writes; `self` is this object, which must outlive the call. Nothing throws: what can't
  // be kept makes the answer unusable.
  doorward_response sink() noexcept;

  // One status, from 200 to 599, and headers that can be sent.
  bool usable() const noexcept { return !broken_ && status_ != 0; }
  int status() const noexcept { return status_; }
  const std::vector<std::pair<std::string, std::string>>& headers() const noexcept { return headers_; }
  const std::string& body() const noexcept { return body_; }

 private:
  int status_ = 0;
  bool broken_ = false;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string body_;
};

}  // namespace doorward::embedding
