// One request on its way to its answer, and how the engine is shown it.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/forward_auth.hpp"
#include "server/site.hpp"
#include "server/target.hpp"
#include "server/wire.hpp"

namespace doorward::server {

inline std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

struct Exchange {
  RequestParser& parser;
  std::shared_ptr<const Site> site;
  Target target;
  std::string client;  // address
  std::string method;
  std::optional<Question> question;  // asked by another server; target and method are the original's

  const RequestParser::value_type& request() const { return parser.get(); }
  bool is_head() const { return parser.get().method() == boost::beast::http::verb::head; }
};

// Points into `exchange` and `body`.
class Shown {
 public:
  Shown(const Exchange& exchange, std::string_view body);
  Shown(const Shown&) = delete;
  Shown& operator=(const Shown&) = delete;
  const doorward_request& get() const { return request_; }

 private:
  std::vector<doorward_pair> pairs_;
  doorward_request request_{};
};

}  // namespace doorward::server
