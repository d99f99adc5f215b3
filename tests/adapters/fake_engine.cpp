// An engine of one file that does what a test tells it to: it stands in for libdoorward.so, so that adapters are
// tested by themselves. Its settings are lines "key: value" (see Script); who asks is written in the cookie.
//
//   fake=alice              alice is signed in, without roles
//   fake=alice+administrator  ... with that role          fake=alice+stale   ... but not freshly
//   fake=alice+strong       with two factors
//   fake=slow-alice         not known before resolve() was asked for her, which takes `slow_ms`
//   fake=broken             can't be known: BROKEN         fake=lost          resolve() fails
//   fake=mute               mute is signed in, and can't be asserted
//   anything else           nobody
#include <doorward/host.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <set>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fake_exchange.hpp"
#include "fake_script.hpp"

using namespace fake;
using std::chrono::milliseconds;

struct doorward_identity {
  std::string user, email, name, roles, session;
};

struct doorward_engine {
  Script script;
  doorward_log log{};
  std::vector<doorward_text> paths, headers, cookies, uploads;
  doorward_surface surface{};
  std::mutex mutex;
  std::set<std::string, std::less<>> known;
  std::atomic<long> checks{0}, resolves{0}, refusals{0}, pages{0}, assertions{0};
};

namespace {

std::atomic<long> identities{0};

void say(const doorward_sink* why, std::string_view sentence) { why->put(why->self, text(sentence)); }
void log(const doorward_engine& engine, doorward_level level, std::string_view line) {
  engine.log.line(engine.log.self, level, text(line));
}

void misbehave(const std::string& how, const doorward_sink* why) {
  if (how == "fault") {
    say(why, "fault: the first of two");
    say(why, "fault: the second of two");
    throw std::runtime_error("");
  }
  if (how == "crash") {
    std::abort();
  }
  if (how == "exit") {
    std::_Exit(7);
  }
  while (how == "hang") {
    std::this_thread::sleep_for(std::chrono::hours(1));
  }
}

template <typename T>
std::vector<doorward_text> texts(const T& strings) {
  std::vector<doorward_text> all;
  for (const auto& s : strings) {
    all.push_back(text(s));
  }
  return all;
}

doorward_status open_engine(const char* yaml, const doorward_log* log_to, doorward_engine** out,
                            const doorward_sink* why) {
  try {
    auto engine = std::make_unique<doorward_engine>();
    engine->script = read_script(yaml);
    engine->log = *log_to;
    misbehave(engine->script.on_open, why);
    engine->paths = texts(engine->script.paths);
    engine->headers = texts(engine->script.headers);
    engine->cookies = texts(engine->script.cookies);
    engine->uploads = texts(engine->script.uploads);
    auto& s = engine->surface;
    s = {sizeof s,
         text(engine->script.mount),
         engine->paths.data(),
         engine->paths.size(),
         engine->headers.data(),
         engine->headers.size(),
         engine->cookies.data(),
         engine->cookies.size(),
         engine->script.max_body,
         engine->uploads.data(),
         engine->uploads.size(),
         engine->script.max_upload};
    log(*engine, DOORWARD_INFO, "fake: opened");
    *out = engine.release();
    return DOORWARD_OK;
  } catch (const std::exception& error) {
    if (*error.what() != '\0') {
      say(why, error.what());
    }
    return DOORWARD_INVALID;
  }
}

doorward_status start_engine(doorward_engine* engine, const doorward_sink* why) {
  try {
    misbehave(engine->script.on_start, why);
    log(*engine, DOORWARD_INFO, "fake: started");
    return DOORWARD_OK;
  } catch (...) {
    return DOORWARD_UNAVAILABLE;
  }
}

void stop_engine(doorward_engine* engine) {
  log(*engine, DOORWARD_WARNING,
      "fake: stopped, identities out " + std::to_string(identities) + ", pages " +
          std::to_string(engine->pages) + ", resolves " + std::to_string(engine->resolves) + ", assertions " +
          std::to_string(engine->assertions));
}

void close_engine(doorward_engine* engine) { delete engine; }
const doorward_surface* surface_of(const doorward_engine* engine) { return &engine->surface; }

// The value of the cookie "fake", from whatever Cookie header holds it.
std::string_view fake_cookie(const doorward_text* cookies, size_t count) {
  for (size_t i = 0; i < count; ++i) {
    auto rest = view(cookies[i]);
    while (!rest.empty()) {
      auto pair = rest.substr(0, rest.find(';'));
      rest.remove_prefix(std::min(rest.size(), pair.size() + 1));
      pair.remove_prefix(std::min(pair.size(), pair.find_first_not_of(" \t")));
      if (pair.starts_with("fake=")) {
        return pair.substr(5);
      }
    }
  }
  return {};
}

const doorward_identity* identify(std::string_view user, std::string_view roles) {
  auto* identity = new doorward_identity;
  identity->user = "id-of-" + std::string(user);
  identity->email = std::string(user) + "@example.org";
  identity->name = "The \xc3\xa4pple of " + std::string(user);
  identity->roles = roles;
  identity->session = "session-of-" + std::string(user);
  ++identities;
  return identity;
}

void decide(std::string_view cookie, const doorward_rule& rule, doorward_decision& decision) {
  const auto user = cookie.substr(0, cookie.find('+'));
  auto role = cookie.substr(std::min(cookie.size(), user.size() + 1));
  const bool stale = role == "stale", strong = role == "strong",
             owes = role == "owes";  // a second factor that they have
  if (user.empty() || user == "nobody") {
    decision.verdict = rule.required != 0 ? DOORWARD_SIGN_IN : DOORWARD_ALLOW;
    return;
  }
  decision.identity = identify(user, stale || strong || owes ? std::string_view() : role);
  if (rule.role.size != 0 && view(rule.role) != role) {
    decision.verdict = DOORWARD_FORBID;
  } else if (rule.level > 1 && !strong) {
    decision.verdict = owes ? DOORWARD_STEP_UP : DOORWARD_FORBID;
  } else if (rule.fresh_seconds != 0 && stale) {
    decision.verdict = DOORWARD_STEP_UP;
  } else {
    decision.verdict = DOORWARD_ALLOW;
  }
}

doorward_status check(doorward_engine* engine, const doorward_text* cookies, size_t count,
                      const doorward_rule* rule, doorward_decision* decision) {
  ++engine->checks;
  const auto cookie = fake_cookie(cookies, count);
  if (cookie == "broken") {
    decision->verdict = DOORWARD_BROKEN;
    return DOORWARD_OK;
  }
  if (cookie.starts_with("slow-") || cookie == "lost") {
    const std::scoped_lock lock(engine->mutex);
    if (!engine->known.contains(cookie)) {
      decision->verdict = DOORWARD_ASK;
      return DOORWARD_OK;
    }
  }
  decide(cookie, *rule, *decision);
  return DOORWARD_OK;
}

doorward_status resolve(doorward_engine* engine, const doorward_text* cookies, size_t count,
                        const doorward_rule* rule, doorward_decision* decision) {
  ++engine->resolves;
  std::this_thread::sleep_for(milliseconds(engine->script.slow_ms));
  const auto cookie = fake_cookie(cookies, count);
  if (cookie == "lost") {
    return DOORWARD_UNAVAILABLE;
  }
  {
    const std::scoped_lock lock(engine->mutex);
    engine->known.emplace(cookie);
  }
  decide(cookie, *rule, *decision);
  return DOORWARD_OK;
}

void release(const doorward_identity* identity) {
  if (identity != nullptr) {
    --identities;
    delete identity;
  }
}

doorward_text fact(const doorward_identity* identity, doorward_fact which) {
  switch (which) {
    case DOORWARD_USER: return text(identity->user);
    case DOORWARD_EMAIL: return text(identity->email);
    case DOORWARD_NAME: return text(identity->name);
    case DOORWARD_ROLES: return text(identity->roles);
    case DOORWARD_SESSION: return text(identity->session);
    case DOORWARD_LOCALE: return text("en");
    case DOORWARD_METHODS: return text("pwd otp");
    case DOORWARD_TIME_ZONE: return text("Europe/Berlin");
    case DOORWARD_PHONE: return text("+4930901820");
    case DOORWARD_PICTURE: return text("/account/picture/1");
    case DOORWARD_NOTIFICATIONS: return text("blog,shop");
    case DOORWARD_CLOCK: return text("12");
    case DOORWARD_MAC_FORMAT: return text("dot");
    case DOORWARD_THEME: return text("dark");
  }
  return {nullptr, 0};
}

std::int64_t moment(const doorward_identity*, doorward_moment which) {
  return which == DOORWARD_AUTHENTICATED_AT ? 1'700'000'000'000'000 : 1'900'000'000'000'000;
}

doorward_status refuse(doorward_engine* engine, const doorward_request* request, const doorward_rule*,
                       const doorward_decision* decision, const doorward_response* response) {
  ++engine->refusals;
  const Reply reply(response);
  const bool navigation = header_of(*request, "accept").find("text/html") != std::string::npos;
  const auto verdict = decision->verdict;
  if (verdict == DOORWARD_BROKEN) {
    reply.status(503);
    reply.header("Retry-After", "7");
  } else if (verdict == DOORWARD_FORBID) {
    reply.status(403);
  } else if (navigation) {
    reply.status(303);
    reply.header("Location", engine->script.mount + (verdict == DOORWARD_STEP_UP ? "/confirm" : "/login") +
                                 "?return=" + std::string(view(request->target)));
  } else {
    reply.status(401);
    reply.header("WWW-Authenticate", "Doorward");
  }
  reply.header("Content-Type", "text/plain; charset=utf-8");
  reply.header("Cache-Control", "no-store");
  reply.header("X-Refused",
               decision->identity == nullptr ? "nobody" : std::string_view(decision->identity->user));
  reply.header("X-Refused-Host", header_of(*request, "host"));
  reply.header("X-Refused-Client", view(request->client_address));
  reply.body("refused ");
  reply.body(view(request->method));
  reply.body(" ");
  reply.body(view(request->target));
  return DOORWARD_OK;
}

doorward_status handle(doorward_engine* engine, const doorward_request* request,
                       const doorward_response* response) {
  ++engine->pages;
  const Reply reply(response);
  const auto path = view(request->path);
  const auto query = view(request->query);
  const auto ends = [&](std::string_view end) { return path.ends_with(end); };
  if (ends("/fail")) {
    return DOORWARD_FAULT;
  }
  if (ends("/slow")) {
    std::this_thread::sleep_for(milliseconds(number_in(query, "ms=", 100)));
  }
  if (ends("/log")) {
    for (int i = 0; i < number_in(query, "lines=", 3); ++i) {
      log(*engine, DOORWARD_WARNING, "fake: line " + std::to_string(i) + " of a thread");
    }
  }
  if (ends("/twice")) {
    reply.status(200);
  }
  if (ends("/nothing")) {
    reply.status(204);
    return DOORWARD_OK;
  }
  reply.status(ends("/teapot") ? 418 : 200);
  if (ends("/split")) {
    reply.header("X-Split", "a\r\nSet-Cookie: stolen=1");
  }
  reply.header("Content-Type", "application/json");
  reply.header("Cache-Control", "no-store");
  reply.header("Set-Cookie", "fake=one; Path=/; HttpOnly");
  reply.header("Set-Cookie", "fake-browser=two; Path=/; HttpOnly");
  reply.header("Content-Security-Policy", "default-src 'self'");
  if (ends("/big")) {
    const std::string chunk(1000, 'x');
    for (int i = 0; i < number_in(query, "kb=", 100); ++i) {
      reply.body(chunk);
    }
  } else {
    reply.body(echo(*request));
  }
  return DOORWARD_OK;
}

// Comes in two pieces, as a sink may be given it.
doorward_status assertion(doorward_engine* engine, const doorward_identity* identity,
                          const doorward_sink* out) {
  ++engine->assertions;
  say(out, "signed:");
  if (identity->user == "id-of-mute") {
    return DOORWARD_FAULT;
  }
  say(out, identity->user);
  return DOORWARD_OK;
}

doorward_status format_time(doorward_engine*, const doorward_identity*, std::int64_t,
                            const doorward_sink* out) {
  say(out, "half past");
  return DOORWARD_OK;
}

doorward_status format_mac(doorward_engine*, const doorward_identity*, doorward_text address,
                           const doorward_sink* out) {
  say(out, view(address));
  return DOORWARD_OK;
}

const doorward_host table = {sizeof(doorward_host),
                             DOORWARD_HOST_ABI,
                             "fake",
                             open_engine,
                             start_engine,
                             stop_engine,
                             close_engine,
                             surface_of,
                             check,
                             resolve,
                             release,
                             fact,
                             moment,
                             refuse,
                             handle,
                             assertion,
                             format_time,
                             format_mac};

}  // namespace

extern "C" const doorward_host* doorward_host_v1(void) { return &table; }
