// The engine as a web server or the command holds it: open reads and checks everything without side effects, start connects
// in the process that will serve.
#pragma once
#include <memory>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "http/cookies.hpp"
#include "http/request.hpp"
#include "http/response.hpp"
#include "settings/settings.hpp"

namespace doorward::flows {
struct Route;
struct Services;
}  // namespace doorward::flows
namespace doorward::mail {
class Sender;
}
namespace doorward::pages {
class Renderer;
}
namespace doorward::plugin_host {
class OpenedParts;
class Plugin;
class StorageClient;
}  // namespace doorward::plugin_host

namespace doorward::engine {

class Guard;
class Hearing;
class Jobs;
class Identity;
enum class Verdict;

struct Surroundings {  // all outlive the engine; tests give their own
  Log& log;
  const Clock& clock;
  Random& random;
};

class Engine {
 public:
  // [configuration] Throws BadSettings with every fault.
  Engine(const std::string& yaml_path, const Surroundings& surroundings);
  ~Engine();  // stops, where started

  // [each worker, after fork] Throws BadSettings, Unavailable, std::system_error. `with_jobs`: run the jobs thread; the
  // command does without and calls jobs().run_once() where it wants letters sent.
  void start(bool with_jobs = true);
  void stop() noexcept;

  const settings::Settings& settings() const { return settings_; }
  const std::vector<std::string>& paths() const { return paths_; }  // Doorward's, outside the mount
  const std::vector<std::string>& upload_paths() const { return upload_paths_; }  // that take a file
  const std::vector<std::string>& identity_headers() const { return identity_headers_; }
  std::vector<std::string> cookie_names() const { return cookies_.all(); }

  // Once started:
  Guard& guard();
  const flows::Services& services() const;
  Jobs& jobs();
  mail::Sender& sender();
  std::size_t send_due();  // letters handled, now
  const pages::Renderer& renderer() const { return *renderer_; }
  http::Response handle(const http::Request& request);
  // Assertions::of, now
  std::string assertion(const Identity& identity);
  // Refusals::answer; `identity`, of whoever is signed in, goes on record where it lacks a right
  const http::Response& refuse(const http::Request& request, Verdict verdict, http::Response& made,
                               const Identity* identity = nullptr) const;

 private:
  struct Running;  // what start makes
  Surroundings around_;
  settings::Settings settings_;
  http::CookieNames cookies_;
  std::unique_ptr<const pages::Renderer> renderer_;
  std::unique_ptr<plugin_host::StorageClient> storage_;
  std::unique_ptr<plugin_host::Plugin> mailer_;
  std::unique_ptr<plugin_host::OpenedParts> parts_;
  std::unique_ptr<Hearing> hearing_;  // null: no other host shares the store
  std::vector<flows::Route> routes_;
  std::vector<std::string> paths_, upload_paths_, identity_headers_;
  std::unique_ptr<Running> running_;
};

}  // namespace doorward::engine
