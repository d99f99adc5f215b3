// The two faces of an outcome: a page for people, JSON (errors as RFC 9457 problem details) for programs.
#pragma once
#include <string>
#include <string_view>

#include "flows/flow.hpp"
#include "http/response.hpp"
#include "pages/renderer.hpp"

namespace doorward::engine {

// What is known of a request where there may be no Call yet: an error can come before everything else.
struct Asker {
  bool json = false;
  std::string locale;
  std::string id;  // of the request
  const flows::Visitor* visitor = nullptr;
  std::string return_to;
};

class Answers {  // any thread
 public:
  Answers(const settings::Settings& settings, const pages::Renderer& renderer,
          const http::CookieNames& cookies);

  // `csrf`: the token for the page's forms.
  http::Response of(const flows::Outcome& outcome, const Asker& asker, std::string_view action,
                    std::string_view notice, std::string_view csrf) const;
  // An error by its code: "not_found", "unavailable".
  http::Response error(std::string_view code, int status, const Asker& asker) const;
  http::Response asset(std::string_view name, bool versioned) const;  // 404 where the theme has none
  http::Response jwks(std::string keys) const;                        // RFC 7517: public keys
  http::Response redirect(const std::string& path) const;             // 303

 private:
  http::Response bytes(const flows::Bytes& bytes, int status) const;
  http::Response page(std::string_view name, const nlohmann::json& model, int status,
                      const Asker& asker) const;
  http::Response next(const flows::Outcome& outcome) const;  // where a form would be redirected, as JSON
  http::Response problem(const flows::Outcome& outcome, const Asker& asker) const;
  nlohmann::json frame(const Asker& asker) const;
  void add_refusals(nlohmann::json& model, const std::vector<Refusal>& refusals,
                    const std::string& locale) const;
  std::string text_of(const Refusal& refusal, const std::string& locale) const;

  const settings::Settings& settings_;
  const pages::Renderer& renderer_;
  const http::CookieNames& cookies_;
};

// Content-Security-Policy of our pages, and of bytes: they run and load nothing, whatever they are taken for.
extern const char* const page_policy;
extern const char* const bytes_policy;
// What every answer says of itself to browsers: no other site's content, no framing, no guessing. Over https also
// that the site is to be reached by nothing else, unless settings.hsts is off.
void add_security_headers(http::Response& response, const settings::Settings& settings,
                          const char* policy = page_policy);

}  // namespace doorward::engine
