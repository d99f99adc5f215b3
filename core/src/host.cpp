// doorward/host.h on top of the engine. What C can't carry ends here: exceptions become a status and a sentence.
#include <doorward/host.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/errors.hpp"
#include "base/mac_address.hpp"
#include "base/memory.hpp"
#include "base/text.hpp"
#include "base/wall_clock.hpp"
#include "engine/engine.hpp"
#include "engine/guard.hpp"
#include "http/multipart.hpp"
#include "pages/renderer.hpp"

#ifndef DOORWARD_VERSION
#define DOORWARD_VERSION "0"
#endif

namespace {

using doorward::engine::Decision;
using doorward::engine::Engine;
using doorward::engine::Identity;
using doorward::engine::Rule;
using doorward::engine::Verdict;

std::string_view view(doorward_text text) { return {text.data, text.size}; }
doorward_text text(std::string_view view) { return {view.data(), view.size()}; }

class HostLog final : public doorward::Log {
 public:
  explicit HostLog(const doorward_log& log) : log_(log) {}
  void write(doorward::Level level, std::string_view line) override {
    const std::string escaped = doorward::escape_line(line);
    log_.line(log_.self, static_cast<doorward_level>(level), text(escaped));
  }

 private:
  doorward_log log_;
};

void say(const doorward_sink* why, std::string_view sentence) {
  if (why != nullptr && why->put != nullptr) why->put(why->self, text(sentence));
}

}  // namespace

struct doorward_engine {
  doorward_engine(const char* yaml_path, const doorward_log& host_log)
      : log(host_log), engine(yaml_path, {log, clock, random}), cookie_names(engine.cookie_names()) {
    for (const std::string& path : engine.paths()) paths.push_back(text(path));
    for (const std::string& name : engine.identity_headers()) headers.push_back(text(name));
    for (const std::string& name : cookie_names) cookies.push_back(text(name));
    for (const std::string& path : engine.upload_paths()) uploads.push_back(text(path));
    surface = {sizeof(doorward_surface),
               text(engine.settings().mount),
               paths.data(),
               paths.size(),
               headers.data(),
               headers.size(),
               cookies.data(),
               cookies.size(),
               doorward::http::max_form_bytes,
               uploads.data(),
               uploads.size(),
               doorward::http::max_upload_bytes};
  }

  HostLog log;
  doorward::SystemClock clock;
  doorward::SystemRandom random;
  Engine engine;
  std::vector<std::string> cookie_names;
  std::vector<doorward_text> paths, headers, cookies, uploads;
  doorward_surface surface{};
};

namespace {

// An identity crosses the border as a pointer that only we look behind.
const Identity* inside(const doorward_identity* identity) {
  return reinterpret_cast<const Identity*>(identity);
}
const doorward_identity* outside(const Identity* identity) {
  return reinterpret_cast<const doorward_identity*>(identity);
}

// Runs `work`; what it throws becomes a status and, where there is a sink, its sentence.
template <class Work>
doorward_status fenced(const doorward_sink* why, Work&& work) noexcept {
  try {
    work();
    return DOORWARD_OK;
  } catch (const doorward::BadSettings& bad) {
    say(why, bad.what());
    return DOORWARD_INVALID;
  } catch (const doorward::Unavailable& unavailable) {
    say(why, unavailable.what());
    return DOORWARD_UNAVAILABLE;
  } catch (const std::exception& error) {
    say(why, error.what());
    return DOORWARD_FAULT;
  } catch (...) {
    say(why, "something was thrown that is no exception");
    return DOORWARD_FAULT;
  }
}

doorward_status open_engine(const char* yaml_path, const doorward_log* log, doorward_engine** engine,
                            const doorward_sink* why) {
  return fenced(why, [&] { *engine = new doorward_engine(yaml_path, *log); });
}

doorward_status start(doorward_engine* engine, const doorward_sink* why) {
  return fenced(why, [&] {
    engine->engine.start();
    doorward::release_startup_memory();
  });
}

void stop(doorward_engine* engine) { engine->engine.stop(); }
void close_engine(doorward_engine* engine) { delete engine; }
const doorward_surface* surface(const doorward_engine* engine) { return &engine->surface; }

doorward_verdict outside(Verdict verdict) {
  switch (verdict) {
    case Verdict::allow: return DOORWARD_ALLOW;
    case Verdict::sign_in: return DOORWARD_SIGN_IN;
    case Verdict::step_up: return DOORWARD_STEP_UP;
    case Verdict::forbid: return DOORWARD_FORBID;
    case Verdict::ask: return DOORWARD_ASK;
    case Verdict::broken: break;
  }
  return DOORWARD_BROKEN;
}

Verdict inside(doorward_verdict verdict) {
  switch (verdict) {
    case DOORWARD_SIGN_IN: return Verdict::sign_in;
    case DOORWARD_STEP_UP: return Verdict::step_up;
    case DOORWARD_FORBID: return Verdict::forbid;
    case DOORWARD_UNDECIDED:
    case DOORWARD_ALLOW:
    case DOORWARD_ASK:
    case DOORWARD_BROKEN: break;
  }
  return Verdict::broken;
}

using Question = Decision (doorward::engine::Guard::*)(std::span<const std::string_view>, const Rule&);

doorward_status decide(doorward_engine* engine, const doorward_text* cookies, size_t cookie_count,
                       const doorward_rule* rule, doorward_decision* out, Question question) noexcept {
  out->verdict = DOORWARD_BROKEN;
  out->identity = nullptr;
  return fenced(nullptr, [&] {
    // One Cookie header is the rule, a few are HTTP/2; more than that is nobody's browser.
    std::array<std::string_view, 16> headers;
    const std::size_t count = std::min(cookie_count, headers.size());
    for (std::size_t i = 0; i < count; ++i) headers[i] = view(cookies[i]);
    const bool has_level = rule->size >= offsetof(doorward_rule, level) + sizeof rule->level;  // grown later
    const Rule asked{rule->required != 0, std::chrono::seconds(rule->fresh_seconds), view(rule->role),
                     has_level ? rule->level : 0};
    Decision decision = (engine->engine.guard().*question)(std::span(headers.data(), count), asked);
    out->verdict = outside(decision.verdict);
    out->identity = outside(decision.identity.hand_over());
  });
}

doorward_status check(doorward_engine* engine, const doorward_text* cookies, size_t cookie_count,
                      const doorward_rule* rule, doorward_decision* decision) {
  return decide(engine, cookies, cookie_count, rule, decision, &doorward::engine::Guard::check);
}

doorward_status resolve(doorward_engine* engine, const doorward_text* cookies, size_t cookie_count,
                        const doorward_rule* rule, doorward_decision* decision) {
  return decide(engine, cookies, cookie_count, rule, decision, &doorward::engine::Guard::resolve);
}

void release(const doorward_identity* identity) {
  if (identity != nullptr) inside(identity)->release();
}

doorward_text fact(const doorward_identity* identity, doorward_fact fact) {
  if (fact < DOORWARD_USER || fact > DOORWARD_THEME) return {"", 0};
  return text(inside(identity)->fact(static_cast<Identity::Fact>(fact)));
}

int64_t moment(const doorward_identity* identity, doorward_moment moment) {
  const Identity& known = *inside(identity);
  return doorward::to_microseconds(moment == DOORWARD_EXPIRES_AT ? known.expires_at()
                                                                 : known.authenticated_at());
}

doorward::http::Request request_of(const doorward_request& request) {
  doorward::http::Request inner;
  inner.method = view(request.method);
  inner.scheme = view(request.scheme);
  inner.target = view(request.target);
  inner.path = view(request.path);
  inner.query = view(request.query);
  inner.client_address = view(request.client_address);
  inner.body = view(request.body);
  inner.headers.reserve(request.header_count);
  for (size_t i = 0; i < request.header_count; ++i) {
    inner.headers.emplace_back(view(request.headers[i].name), view(request.headers[i].value));
  }
  return inner;
}

void deliver(const doorward::http::Response& from, const doorward_response& to) {
  to.status(to.self, from.status);
  for (const auto& [name, value] : from.headers) to.header(to.self, text(name), text(value));
  if (!from.body.empty()) to.body(to.self, text(from.body));
}

doorward_status refuse(doorward_engine* engine, const doorward_request* request, const doorward_rule*,
                       const doorward_decision* decision, const doorward_response* response) {
  return fenced(nullptr, [&] {
    doorward::http::Response made;
    const Identity* identity = decision->identity == nullptr ? nullptr : inside(decision->identity);
    deliver(engine->engine.refuse(request_of(*request), inside(decision->verdict), made, identity),
            *response);
  });
}

doorward_status handle(doorward_engine* engine, const doorward_request* request,
                       const doorward_response* response) {
  return fenced(nullptr, [&] { deliver(engine->engine.handle(request_of(*request)), *response); });
}

doorward_status assertion(doorward_engine* engine, const doorward_identity* identity,
                          const doorward_sink* out) {
  return fenced(nullptr, [&] {
    const std::string made = engine->engine.assertion(*inside(identity));
    out->put(out->self, text(made));
  });
}

// A null identity is nobody: the renderer's first language is everybody's.
doorward::pages::Reader reader_of(const doorward_identity* identity) {
  if (identity == nullptr) return "";
  const auto said = [&](Identity::Fact fact) { return std::string(inside(identity)->fact(fact)); };
  return {said(Identity::Fact::locale), said(Identity::Fact::time_zone), said(Identity::Fact::clock)};
}

// Six bytes are the address itself: no spelling of one is that short.
std::optional<doorward::MacAddress> mac_of(std::string_view given) {
  doorward::MacAddress address{};
  if (given.size() != address.size()) return doorward::parse_mac_address(given);
  std::copy(given.begin(), given.end(), address.begin());
  return address;
}

doorward_status format_time(doorward_engine* engine, const doorward_identity* identity, int64_t microseconds,
                            const doorward_sink* out) {
  const auto time = doorward::from_microseconds(microseconds);
  if (time < doorward::earliest_shown || time >= doorward::latest_shown) return DOORWARD_INVALID;
  return fenced(nullptr, [&] {
    const std::string written = engine->engine.renderer().moment(time, reader_of(identity));
    out->put(out->self, text(written));
  });
}

doorward_status format_mac(doorward_engine*, const doorward_identity* identity, doorward_text address,
                           const doorward_sink* out) {
  doorward_status found = DOORWARD_INVALID;
  const doorward_status status = fenced(nullptr, [&] {
    const auto mac = mac_of(view(address));
    if (!mac) return;
    const auto format =
        identity == nullptr ? std::string_view() : inside(identity)->fact(Identity::Fact::mac_format);
    const std::string written = doorward::to_text(*mac, format);
    out->put(out->self, text(written));
    found = DOORWARD_OK;
  });
  return status == DOORWARD_OK ? found : status;
}

constexpr doorward_host table = {sizeof(doorward_host),
                                 DOORWARD_HOST_ABI,
                                 DOORWARD_VERSION,
                                 open_engine,
                                 start,
                                 stop,
                                 close_engine,
                                 surface,
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
