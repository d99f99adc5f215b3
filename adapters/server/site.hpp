// The opened engine with what belongs to it. A reload makes a second Site; requests that began with the first one
// hold it until they are done.
#pragma once
#include <string>
#include <vector>

#include "embedding/engine.hpp"
#include "embedding/surface.hpp"
#include "server/address.hpp"
#include "server/serve.hpp"

namespace doorward::server {

class Site {
 public:
  // Opens and starts. Blocks. Throws embedding::EngineFailure.
  Site(const std::string& library, const std::string& config, const SiteSettings& settings);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  const embedding::Engine& engine() const { return engine_; }
  const embedding::Surface& surface() const { return surface_; }
  const Networks& trusted_proxies() const { return trusted_; }
  const std::string& public_url() const { return public_url_; }

 private:
  embedding::EngineLibrary library_;
  doorward_log log_;
  embedding::Engine engine_;
  embedding::Surface surface_;
  Networks trusted_;
  std::string public_url_;
};

// What a request holds of an identity; gives it back.
class Decision {
 public:
  explicit Decision(const Site& site) : site_(site) {}
  Decision(const Decision&) = delete;
  Decision& operator=(const Decision&) = delete;
  ~Decision() { release(); }

  // May who sends these cookies pass? check() never blocks and may answer DOORWARD_ASK; resolve() blocks.
  void check(const std::vector<std::string>& cookies, const doorward_rule& rule) noexcept;
  void resolve(const std::vector<std::string>& cookies, const doorward_rule& rule) noexcept;

  doorward_verdict verdict() const noexcept { return decision_.verdict; }
  const doorward_identity* identity() const noexcept { return decision_.identity; }
  const doorward_decision& get() const noexcept { return decision_; }

 private:
  using Question = doorward_status (*)(doorward_engine*, const doorward_text*, std::size_t,
                                       const doorward_rule*, doorward_decision*);
  void ask(Question question, const std::vector<std::string>& cookies, const doorward_rule& rule) noexcept;
  void release() noexcept;

  const Site& site_;
  doorward_decision decision_{sizeof(doorward_decision), DOORWARD_UNDECIDED, nullptr};
};

// One line to standard error; any thread.
void log_line(doorward_level level, std::string_view line) noexcept;

}  // namespace doorward::server
