#include "embedding/sites.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>

namespace doorward::embedding {
namespace {

void open(const doorward_host& host, const doorward_log& log, Site& site) {
  auto engine = std::make_unique<Engine>(host, site.yaml_path, log);
  site.own = Surface(engine->surface());
  engine->start();
  site.surface = &site.own;
  site.engine = std::move(engine);
}

}  // namespace

Site* Sites::named(std::string_view yaml_path) {
  const auto known = std::find_if(sites_.begin(), sites_.end(),
                                  [&](const auto& site) { return site->yaml_path == yaml_path; });
  if (known != sites_.end()) {
    return known->get();
  }
  sites_.push_back(std::make_unique<Site>());
  sites_.back()->yaml_path = yaml_path;
  return sites_.back().get();
}

CheckResult Sites::check(const std::string& library, const std::optional<Account>& run_as) {
  CheckOrder order;
  order.library = library;
  order.run_as = run_as;
  for (const auto& site : sites_) {
    order.yaml_paths.push_back(site->yaml_path);
  }
  auto result = check_in_child(order);
  if (result.faults.empty() && result.surfaces.size() != sites_.size()) {
    result.faults.emplace_back("the settings check did not say which paths are Doorward's");
  }
  for (std::size_t i = 0; result.faults.empty() && i < sites_.size(); ++i) {
    sites_[i]->checked = result.surfaces[i];
  }
  return result;
}

void Sites::start(const std::string& library, const doorward_log& log, const Report& report) noexcept {
  try {
    const EngineLibrary engine(library);
    for (const auto& site : sites_) {
      try {
        open(engine.host(), log, *site);
      } catch (const std::exception& error) {
        report(site->yaml_path, error);
      }
    }
  } catch (const std::exception& error) {
    report("any site", error);
  }
}

void Sites::stop() noexcept {
  for (const auto& site : sites_) {
    site->surface = &site->checked;
    site->engine.reset();
  }
}

std::vector<std::string> faults_of(const std::exception& error) {
  if (const auto* failure = dynamic_cast<const EngineFailure*>(&error)) {
    return failure->faults();
  }
  return {error.what()};
}

std::string installed_engine(const void* in_module, const std::string& from_module,
                             const std::string& built_for) {
  Dl_info module{};
  if (dladdr(in_module, &module) != 0 && module.dli_fname != nullptr) {
    std::error_code unknown;
    const auto file = std::filesystem::canonical(module.dli_fname, unknown);
    const auto engine = (file.parent_path() / from_module).lexically_normal();
    if (!unknown && std::filesystem::exists(engine, unknown)) {
      return engine.string();
    }
  }
  return built_for;
}

}  // namespace doorward::embedding
