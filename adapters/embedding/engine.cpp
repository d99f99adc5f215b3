#include "embedding/engine.hpp"

#include "embedding/text.hpp"

#include <cstddef>
#include <boost/dll/shared_library.hpp>

#include <filesystem>
#include <string>

namespace doorward::embedding {
namespace {

// "boost::dll::shared_library::load() failed (dlerror system message: X): Bad file descriptor" -> "X"
std::string system_message(std::string what) {
  constexpr std::string_view before = "dlerror system message: ";
  if (const auto begin = what.find(before); begin != std::string::npos) {
    what.erase(0, begin + before.size());
    if (const auto end = what.rfind("): "); end != std::string::npos) {
      what.erase(end);
    }
  }
  return what;
}

// Collects the sentences of a `why` sink.
class Reasons {
 public:
  doorward_sink sink() noexcept {
    return {this, [](void* self, doorward_text more) {
              try {
                auto& all = static_cast<Reasons*>(self)->text_;
                all.append(view(more));
                if (!all.ends_with('\n')) {
                  all.push_back('\n');
                }
              } catch (...) {  // no memory for a sentence: the status still says that it failed
              }
            }};
  }

  EngineFailure failure(const char* fallback) const {
    std::vector<std::string> faults;
    for (std::size_t begin = 0; begin < text_.size();) {
      const auto end = text_.find('\n', begin);
      if (end > begin) {
        faults.push_back(text_.substr(begin, end - begin));
      }
      begin = end + 1;
    }
    if (faults.empty()) {
      faults.emplace_back(fallback);
    }
    return EngineFailure(std::move(faults));
  }

 private:
  std::string text_;
};

std::string joined(const std::vector<std::string>& faults) {
  std::string all;
  for (const auto& fault : faults) {
    all += all.empty() ? fault : "\n" + fault;
  }
  return all;
}

[[noreturn]] void refuse(const std::string& path, const std::string& reason) {
  throw EngineFailure({path + ": " + reason});
}

}  // namespace

EngineFailure::EngineFailure(std::vector<std::string> faults)
    : std::runtime_error(joined(faults)), faults_(std::move(faults)) {}

EngineLibrary::EngineLibrary(const std::string& path) {
  if (!std::filesystem::path(path).is_absolute()) {
    refuse(path, "the engine's path must be absolute");
  }
  using boost::dll::load_mode::rtld_local;
  using boost::dll::load_mode::rtld_now;
  auto library = std::make_unique<boost::dll::shared_library>();
  try {
    // Only the throwing load() says why.
    library->load(path, rtld_now | rtld_local);
  } catch (const std::exception& error) {
    const auto message = system_message(error.what());
    if (message.starts_with(path + ": ")) {
      throw EngineFailure({message});
    }
    refuse(path, message);
  }
  if (!library->has("doorward_host_v1")) {
    refuse(path, "is not a Doorward engine: it has no doorward_host_v1");
  }
  host_ = library->get<const doorward_host*()>("doorward_host_v1")();
  if (host_ == nullptr) {
    refuse(path, "the engine offers no table of functions");
  }
  if (host_->abi != DOORWARD_HOST_ABI) {
    refuse(path, "the engine is made for host border " + std::to_string(host_->abi) + ", this adapter for " +
                     std::to_string(DOORWARD_HOST_ABI));
  }
  if (host_->size < sizeof(doorward_host)) {
    refuse(path, "the engine's table has " + std::to_string(host_->size) + " bytes, this adapter needs " +
                     std::to_string(sizeof(doorward_host)) + ": the engine is older than the adapter");
  }
  static_cast<void>(library.release());  // stays mapped, see the header
}

Engine::Engine(const doorward_host& host, const std::string& yaml_path, const doorward_log& log)
    : host_(host) {
  Reasons reasons;
  const auto why = reasons.sink();
  const auto status = host_.open(yaml_path.c_str(), &log, &handle_, &why);
  if (status != DOORWARD_OK || handle_ == nullptr) {
    handle_ = nullptr;
    throw reasons.failure((yaml_path + ": the engine refused these settings and gave no reason").c_str());
  }
}

Engine::~Engine() {
  if (handle_ == nullptr) {
    return;
  }
  if (started_) {
    host_.stop(handle_);
  }
  host_.close(handle_);
}

void Engine::start() {
  Reasons reasons;
  const auto why = reasons.sink();
  if (host_.start(handle_, &why) != DOORWARD_OK) {
    throw reasons.failure("the engine did not start and gave no reason");
  }
  started_ = true;
}

const doorward_surface& Engine::surface() const {
  const auto* surface = host_.surface(handle_);
  if (surface == nullptr || surface->size < offsetof(doorward_surface, uploads)) {
    throw EngineFailure({"the engine does not say which paths are its own"});
  }
  return *surface;
}

}  // namespace doorward::embedding
