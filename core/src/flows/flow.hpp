// What every flow is made of: what it gets to know of a request, and what it may answer. A flow is one thing that a person
// does; it has a path for each of its pages, a GET that changes nothing, and a POST. It never calls another flow and
// never decides where a person goes after signing in: it gives back an outcome, and engine/next_step decides.
#pragma once
#include <chrono>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/parts.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/key_ring.hpp"
#include "http/cookies.hpp"
#include "http/forms.hpp"
#include "http/request.hpp"
#include "http/return_to.hpp"
#include "records/database.hpp"
#include "settings/settings.hpp"
#include "signin/browser.hpp"
#include "signin/evidence.hpp"
#include "signin/gate.hpp"
#include "signin/password_policy.hpp"
#include "signin/passwords.hpp"
#include "signin/recognize.hpp"
#include "signin/throttle.hpp"

namespace doorward::flows {

struct Services {  // one set for each engine; any thread
  const settings::Settings& settings;
  records::Database& database;
  const crypto::KeyRing& keys;
  const signin::Passwords& passwords;
  const signin::PasswordPolicy& password_policy;
  signin::Throttle& throttle;
  const signin::Browsers& browsers;
  const http::CookieNames& cookies;
  const Clock& clock;
  Random& random;
  Log& log;
  Parts& parts;

  std::string path(std::string_view below_mount) const { return settings.mount + std::string(below_mount); }
  std::string link(std::string_view below_mount) const { return settings.public_url + path(below_mount); }
};

struct Visitor {                             // who asks
  std::optional<signin::Recognized> person;  // signed in
  std::string browser;                       // the browser cookie's id; a new one where it had none
  std::string binding;                       // what the store keeps of it
  std::string device;                        // the device cookie as it came
  std::string locale;
  std::string user_agent;
  std::string actor;  // who acts where nobody is signed in: "command"; else empty
};

struct Happening {  // as the audit has it
  std::string action;
  std::string outcome = "ok";
  AccountId subject;
  std::string details;
};

struct Call {
  const Services& services;
  const http::Request& request;
  const Visitor& visitor;
  http::Fields fields;                      // of the form or the JSON body; of the query where it is a GET
  std::optional<http::ReturnTo> return_to;  // where the person wanted to go
  std::string id;                           // of this request: in the log, in audit records, on error pages
  Time now;
  mutable bool recorded =
      false;  // the audit has this request. Where it doesn't and the answer is a refusal, the front
  Happening refused = {};  // records one: as what, where the flow knows more of it than its path
  std::optional<std::string_view> file = {};  // that came along; only where the route takes one
  bool brought_back = false;  // `fields` are what this person sent here before, in no one else's words

  const signin::Recognized& person() const {
    return *visitor.person;
  }  // where the route asks for somebody signed in
};

// Somebody has proved who they are: the gate is to be asked for a session.
struct Proved {
  signin::Evidence evidence;
  signin::Way way;
  signin::Try tried;     // the try to be forgotten, since it was right
  std::string action;    // for the audit: "login"
  std::string rehashed;  // not empty: the password by today's parameters
  std::string onward;    // where to, if nobody asked for anything else; a path
  bool first = false;    // the account was made just now: there is no device that this one is new beside
  // A page that says something once, with the new session, instead of going anywhere; empty: none.
  std::string page = {};
  nlohmann::json model = nlohmann::json::object();
  bool trust = false;            // the second factor isn't to be asked for in this browser for a while
  std::string_view notice = {};  // what is said at `onward`, as go_to() has it
};

// An answer that is no page: a picture to show, a document to keep. Whoever asks for JSON gets it as it is, too.
struct Bytes {
  std::string content_type;  // decided here, never by whoever sent the bytes
  std::string body;
  std::string file_name;  // of ASCII letters, digits, "-", "." and "_": saved under it; empty: shown
  // By this person's browser, where the address changes with the bytes; 0: not at all.
  std::chrono::seconds keep_for{0};
};

struct Outcome {
  std::string page;  // of the theme; with a redirect, empty
  nlohmann::json model = nlohmann::json::object();
  std::vector<Refusal> refusals;  // with status 200 they only say what would be refused
  std::string location;           // 303 to this path; for JSON {"next": ...}
  std::string notice;             // what the page at `location` says was done, once; for JSON {"notice": ...}
  std::optional<Bytes> bytes;     // instead of a page
  std::optional<Proved> proved;   // page and model are what is shown if the gate refuses
  std::vector<http::Cookie> cookies;
  int status = 200;

  Outcome& with(Refusal refusal) {
    status = refusal.status;
    refusals.push_back(std::move(refusal));
    return *this;
  }
  Outcome& with(http::Cookie cookie) {
    cookies.push_back(std::move(cookie));
    return *this;
  }
};

Outcome show(std::string page, nlohmann::json model = nlohmann::json::object());
Outcome go_to(std::string path, std::string_view notice = {});  // `notice`: the key of a text "notice.<key>"
Outcome fail(std::string_view code, int status);                // an error page: "error_page.<code>"
Outcome give(Bytes bytes);

enum class Access {
  anyone,
  signed_in,  // others are sent to sign in
  fresh,      // and who signed in too long ago, to confirm
  // As fresh, for accounts with a second factor: the page asks for the password itself, and the factor is asked for so.
  fresh_by_factor
};

using Handler = Outcome (*)(Call&);
struct Route {
  std::string path;  // below the mount ("/login"), or absolute where `absolute`
  Access access = Access::anyone;
  Handler get = nullptr;
  Handler post = nullptr;  // null: 405
  bool absolute = false;
  bool upload = false;  // POST takes a file: multipart/form-data, or a picture as the body
  // Instead of `post`, where the file is longer than is taken: nothing of the request was read, its token neither, so that all
  // this may do is say so.
  Handler too_large = nullptr;
  // Fields of POST that whoever has to confirm who they are in between finds in the page again: its GET gets them, and nothing
  // else of its query, where `Call::brought_back`.
  std::vector<std::string> carried = {};
};

// Adds a line to the audit, in the transaction of what it records.
void audit(records::Transaction& tx, const Call& call, const Happening& happening);

}  // namespace doorward::flows
