// A browser for tests: keeps cookies, fills in forms with what is hidden in them, says what real ones say of themselves.
#pragma once
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "engine/guard.hpp"
#include "site.hpp"

namespace doorward::test {

using FormFields = std::vector<std::pair<std::string, std::string>>;

struct Answer {
  int status = 0;
  std::string location;  // of a redirect; empty: none
  std::string notice;    // "address_sent": what the page there says was done; empty: nothing
  std::string body;
  std::vector<std::pair<std::string, std::string>> headers;

  std::string leads() const { return location + ": " + notice; }  // "/account/emails: address_sent"
  std::string header(const std::string& name) const;              // the first; empty: none
  std::string heading() const;                                    // text of the h1
  bool says(const std::string& text) const { return body.find(text) != std::string::npos; }
};

class Browser {
 public:
  explicit Browser(Site& site) : site_(site) {}

  Answer get(const std::string& target);
  Answer follow(const Answer& redirect) { return get(redirect.location); }
  // Opens the page and sends its form.
  Answer submit(const std::string& target, const FormFields& typed);
  // Sends a form as it stands, with the CSRF token of the last page.
  Answer post(const std::string& path, const FormFields& typed);
  // Opens the page and sends a form with a file, as the field "picture"; `name` is the file's.
  Answer upload(const std::string& page, const std::string& path, const std::string& file,
                const std::string& name = "me.png");
  Answer post_json(const std::string& path, const std::string& body);
  // Anything: `headers` replace those of the same name; a header with an empty value is left out.
  Answer send(const std::string& method, const std::string& target, const std::string& body,
              const std::map<std::string, std::string>& headers);

  Answer login(const std::string& identifier, const std::string& password = Site::password);

  engine::Verdict may_pass(const engine::Rule& rule = {true, {}, {}});  // a protected page
  bool signed_in() { return may_pass() == engine::Verdict::allow; }
  std::string fact(engine::Identity::Fact fact);  // as a protected page gets it; empty: nobody
  std::string name() { return fact(engine::Identity::Fact::name); }

  std::map<std::string, std::string> cookies;
  std::string address = "192.0.2.7";
  std::string user_agent = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0";
  std::string language = "en";

 private:
  std::string cookie_header() const;
  Site& site_;
  FormFields hidden_;  // of the last page
};

std::string escape(const std::string& text);  // for a form

}  // namespace doorward::test
