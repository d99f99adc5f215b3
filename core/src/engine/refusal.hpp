// The answer for somebody who may not pass, by what kind of client asks: a navigation goes to sign in, a script or a socket
// is told with a status it can read, who is signed in without the right is told so and not sent round in circles.
#pragma once
#include <map>
#include <string>

#include "base/log.hpp"
#include "base/random.hpp"
#include "engine/answer.hpp"
#include "engine/guard.hpp"
#include "http/request.hpp"

namespace doorward::engine {

// Strangers and robots get these answers all day long, so what can be is made once for each language.
class Refusals {  // any thread
 public:
  Refusals(const settings::Settings& settings, const pages::Renderer& renderer, const Answers& answers,
           Random& random, Log& log);

  // A ready answer, or the one that is put together in `made`. `id`: what a page calls the request; empty: it is made here.
  const http::Response& answer(const http::Request& request, Verdict verdict, http::Response& made,
                               const std::string& id = {}) const;

 private:
  http::Response ready_problem(Verdict verdict, const std::string& locale) const;
  void to_page(const http::Request& request, Verdict verdict, http::Response& made) const;

  const settings::Settings& settings_;
  const pages::Renderer& renderer_;
  const Answers& answers_;
  Random& random_;
  Log& log_;
  std::map<std::pair<std::string, std::string_view>, http::Response> problems_;  // by locale and code
};

}  // namespace doorward::engine
