// What this module knows of one request: the cookies that it took out, and who is asking.
//
// Internal redirects (ErrorDocument, DirectoryIndex, rewritten URLs) and sub-requests are further request_recs; they share the
// Visitor of the request that the client made.
#pragma once
#include "apache/settings.hpp"

#include <string>
#include <vector>

namespace doorward::apache {

class Visitor {
 public:
  explicit Visitor(const Site& site) : site_(site) {}
  ~Visitor();
  Visitor(const Visitor&) = delete;
  Visitor& operator=(const Visitor&) = delete;

  const Site& site() const noexcept { return site_; }

  // Cookie headers with one of Doorward's cookies, as the client sent them.
  void take_cookie(std::string value) { cookies_.push_back(std::move(value)); }
  const std::vector<std::string>& cookies() const noexcept { return cookies_; }

  // May this visitor pass by this rule? Blocks where the store has to be asked. Never DOORWARD_ASK.
  doorward_verdict ask(const doorward_rule& rule) noexcept;

  // Of the last answer.
  const doorward_decision& decision() const noexcept { return decision_; }
  // Null: nobody, or nobody has asked yet.
  const doorward_identity* identity() const noexcept { return decision_.identity; }
  bool was_asked() const noexcept { return decision_.verdict != DOORWARD_UNDECIDED; }

 private:
  void forget() noexcept;

  const Site& site_;
  std::vector<std::string> cookies_;
  doorward_decision decision_{sizeof(doorward_decision), DOORWARD_UNDECIDED, nullptr};
};

// Of one request_rec.
struct Passage {
  Visitor* visitor = nullptr;            // null: the server is without Doorward
  const char* own_path = nullptr;        // a path of Doorward's, whatever other modules make of it
  bool is_told = false;                  // what stands behind knows who is asking
  bool is_asking_apache = false;         // our own hooks stand aside
  bool assumes_fresh = false;            // what if this sign-in were fresh?
  const doorward_rule* stale = nullptr;  // the rule that wanted a fresher one
};

// The passage of this request; its client's headers are clean from here on. Throws std::bad_alloc.
Passage& passage_of(request_rec* r);

// The request that the client made, from which this one comes.
request_rec* origin_of(request_rec* r) noexcept;

}  // namespace doorward::apache
