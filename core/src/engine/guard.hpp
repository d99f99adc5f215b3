// May this request pass? The hot way: one cookie, one look into the worker's memory. No answer lets anybody pass by default.
#pragma once
#include <chrono>
#include <span>
#include <string>
#include <string_view>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "engine/session_cache.hpp"
#include "records/database.hpp"

namespace doorward::engine {

struct Rule {  // what a place asks of those who come
  bool required = false;
  std::chrono::seconds fresh{0};
  std::string_view role;
  unsigned level = 0;  // signin::level_of, at least
};

enum class Verdict { allow, sign_in, step_up, forbid, ask, broken };

struct [[nodiscard]] Decision {
  Verdict verdict = Verdict::broken;
  IdentityRef identity;
};

struct Site {  // what the guard has to know of it
  std::string session_cookie;
  std::string pictures;  // "/account/avatar?v=": what stands before a picture's version
};

class Guard {  // any thread
 public:
  Guard(records::Database& database, SessionCache& cache, const Clock& clock, Log& log, Site site);

  // Never blocks where the store isn't quick: then it may answer `ask`.
  Decision check(std::span<const std::string_view> cookie_headers, const Rule& rule);
  // Asks the store where nothing is remembered; never answers `ask`.
  Decision resolve(std::span<const std::string_view> cookie_headers, const Rule& rule);

 private:
  std::string_view session_token(std::span<const std::string_view> cookie_headers) const;
  Decision look_up(std::string_view token, const Rule& rule, Time now);
  static Decision judge(IdentityRef identity, const Rule& rule, Time now);

  records::Database& database_;
  SessionCache& cache_;
  const Clock& clock_;
  Log& log_;
  Site site_;
};

}  // namespace doorward::engine
