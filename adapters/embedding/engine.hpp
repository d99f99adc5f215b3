// Opening the engine: libdoorward.so, and in it one site's doorward.yaml.
//
// A web server links nothing of the engine. It opens the library by its path in each worker, so that a reload
// brings a new engine; this is the only place of the adapters that knows how.
#pragma once
#include <doorward/host.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::embedding {

// What kept the engine from working, one sentence a fault, ready to be shown to the administrator.
class EngineFailure : public std::runtime_error {
 public:
  explicit EngineFailure(std::vector<std::string> faults);
  const std::vector<std::string>& faults() const noexcept { return faults_; }

 private:
  std::vector<std::string> faults_;
};

// libdoorward.so. Stays mapped for as long as the process lives: the engine's code may still be referred to by
// threads' exit handlers, and a worker that ends gains nothing by unmapping it.
class EngineLibrary {
 public:
  // Throws EngineFailure: not absolute, not there, not loadable, not ours, or made for another border.
  explicit EngineLibrary(const std::string& path);
  const doorward_host& host() const noexcept { return *host_; }

 private:
  const doorward_host* host_ = nullptr;
};

// One opened site. Stops and closes itself; by then no call may be under way.
class Engine {
 public:
  // [configuration, or a worker] `log` must outlive the engine. Throws EngineFailure.
  Engine(const doorward_host& host, const std::string& yaml_path, const doorward_log& log);
  ~Engine();
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  // [a worker, after its fork] Throws EngineFailure.
  void start();

  const doorward_host& host() const noexcept { return host_; }
  doorward_engine* handle() const noexcept { return handle_; }
  const doorward_surface& surface() const;  // throws EngineFailure where the engine gives none

 private:
  const doorward_host& host_;
  doorward_engine* handle_ = nullptr;
  bool started_ = false;
};

}  // namespace doorward::embedding
