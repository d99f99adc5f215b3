#include "engine/refused_places.hpp"

#include <utility>

#include "base/text.hpp"

namespace doorward::engine {
namespace {

constexpr std::chrono::seconds again_after{60};
constexpr std::size_t most_noted = 100;   // until jobs come by, once a second
constexpr std::size_t most_known = 1000;  // then all are forgotten
constexpr std::size_t longest_path = 200;

// Without what stands behind "?", which is nobody's business here.
std::string place_of(const http::Request& request) {
  std::string path(request.path.substr(0, longest_path));
  if (!is_utf8(path) || has_control(path)) path = "a path that can't be shown";
  return std::string(request.method.substr(0, 16)) + " " + path;
}

}  // namespace

bool RefusedPlaces::is_known(const std::string& who_and_where, Time now) {
  if (known_.size() >= most_known) known_.clear();
  const auto [at, is_new] = known_.try_emplace(who_and_where, now);
  if (is_new) return false;
  if (now >= at->second && now < at->second + again_after) return true;
  at->second = now;
  return false;
}

void RefusedPlaces::note(const http::Request& request, const Identity& identity,
                         const std::string& id) noexcept {
  try {
    records::AuditEntry entry;
    entry.at = services_.clock.now();
    entry.actor = identity.fact(Identity::Fact::user);
    entry.subject = AccountId(entry.actor);
    entry.action = "request";
    entry.outcome = "forbidden";
    entry.address = request.client_address;
    entry.request = id;
    entry.details = place_of(request);
    const std::lock_guard lock(mutex_);
    if (noted_.size() < most_noted && !is_known(entry.actor + " " + entry.details, entry.at)) {
      noted_.push_back(std::move(entry));
      return;
    }
  } catch (...) {  // no memory: it is refused all the same
  }
  records_.leave_out();
}

void RefusedPlaces::write() {
  std::vector<records::AuditEntry> noted;
  {
    const std::lock_guard lock(mutex_);
    noted.swap(noted_);
  }
  for (records::AuditEntry& entry : noted) records_.record(std::move(entry));
}

}  // namespace doorward::engine
