// One of Doorward's own pages or calls, from request to answer: the same steps for every route, in one order, so that none is
// forgotten on one of them. Exceptions end here.
#pragma once
#include <string>
#include <vector>

#include "engine/answer.hpp"
#include "engine/refused_requests.hpp"
#include "flows/flow.hpp"
#include "http/request.hpp"
#include "http/accept.hpp"
#include "http/response.hpp"

namespace doorward::engine {

class Front {  // any thread; blocks on the store and on hashing
 public:
  Front(const flows::Services& services, const pages::Renderer& renderer, std::vector<flows::Route> routes);

  http::Response handle(const http::Request& request) const;
  const std::vector<flows::Route>& routes() const { return routes_; }
  const Answers& answers() const { return answers_; }

 private:
  struct Visit;  // what is known so far
  http::Response respond(Visit& visit) const;
  void recognize(Visit& visit) const;
  http::Response turn_away(Visit& visit, std::string_view code, int status) const;
  void record_refusal(const Visit& visit, int status) const;
  const flows::Route* route(std::string_view path) const;
  flows::Visitor visitor(const http::Request& request, Time now) const;
  void note_use(const records::Session& session, Time now) const;
  Result<http::Fields> fields(Visit& visit) const;
  Result<http::Fields> body(Visit& visit, http::BodyKind kind) const;
  std::optional<http::Response> keep_out(Visit& visit, const flows::Route& route,
                                         const http::Fields& fields) const;
  std::string way_back(const Visit& visit, const flows::Route& route, const http::Fields& fields) const;
  std::optional<http::Fields> bring_back(const Visit& visit, const flows::Route& route,
                                         const http::Fields& fields) const;
  http::Response public_keys(Visit& visit) const;
  std::string_view take_notice(const Visit& visit, flows::Outcome& outcome) const;
  http::Response finish(const Visit& visit, flows::Outcome& outcome) const;
  http::Response read_only(Visit& visit) const;
  http::Response unexpected(Visit& visit, const char* code, int status, const std::string& what) const;

  const flows::Services& services_;
  const pages::Renderer& renderer_;
  Answers answers_;
  RefusedRequests refused_requests_;
  std::vector<flows::Route> routes_;
};

// A short id that the log, the audit and the person's error page share.
std::string make_request_id(Random& random);

}  // namespace doorward::engine
