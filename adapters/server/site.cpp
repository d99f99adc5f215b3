#include "server/site.hpp"

#include <cstdio>
#include <mutex>

#include "embedding/text.hpp"

namespace doorward::server {

namespace {

doorward_log to_standard_error() {
  return {sizeof(doorward_log), nullptr,
          [](void*, doorward_level level, doorward_text line) { log_line(level, embedding::view(line)); }};
}

}  // namespace

Site::Site(const std::string& library, const std::string& config, const SiteSettings& settings)
    : library_(library),
      log_(to_standard_error()),
      engine_(library_.host(), config, log_),
      trusted_(settings.trusted_proxies),
      public_url_(settings.public_url) {
  engine_.start();
  surface_ = embedding::Surface(engine_.surface());
}

void Decision::check(const std::vector<std::string>& cookies, const doorward_rule& rule) noexcept {
  ask(site_.engine().host().check, cookies, rule);
}

void Decision::resolve(const std::vector<std::string>& cookies, const doorward_rule& rule) noexcept {
  ask(site_.engine().host().resolve, cookies, rule);
  if (decision_.verdict == DOORWARD_ASK) decision_.verdict = DOORWARD_BROKEN;
}

void Decision::ask(Question question, const std::vector<std::string>& cookies,
                   const doorward_rule& rule) noexcept {
  release();
  try {
    std::vector<doorward_text> values;
    for (const std::string& cookie : cookies) values.push_back(embedding::text(cookie));
    if (question(site_.engine().handle(), values.data(), values.size(), &rule, &decision_) == DOORWARD_OK)
      return;
  } catch (...) {  // no memory
  }
  release();
  decision_.verdict = DOORWARD_BROKEN;
}

void Decision::release() noexcept {
  if (decision_.identity != nullptr) site_.engine().host().release(decision_.identity);
  decision_ = {sizeof(doorward_decision), DOORWARD_UNDECIDED, nullptr};
}

void log_line(doorward_level level, std::string_view line) noexcept {
  static constexpr const char* names[] = {"error", "warning", "info", "debug"};
  static std::mutex mutex;
  const char* name = level >= DOORWARD_ERROR && level <= DOORWARD_DEBUG ? names[level] : names[0];
  const std::lock_guard lock(mutex);
  std::fprintf(stderr, "doorward: %s: ", name);
  for (const char c : line) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte == 0x7f) {
      std::fprintf(stderr, "\\x%02x", byte);
    } else {
      std::fputc(c, stderr);
    }
  }
  std::fputc('\n', stderr);
}

}  // namespace doorward::server
