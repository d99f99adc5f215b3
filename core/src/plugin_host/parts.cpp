#include "plugin_host/parts.hpp"

#include <boost/dll/shared_library.hpp>
#include <deque>

#include "base/errors.hpp"
#include "plugin_host/loader.hpp"
#include "plugin_host/plugin_file.hpp"

namespace doorward::plugin_host {
namespace {

constexpr const char* names[] = {"fetch", "phone", "picture"};

std::string symbol_of(std::string_view name) { return "doorward_" + std::string(name) + "_v1"; }

// What protobuf and its like register with a process they can't take back, so that no part is ever closed.
void keep_open(boost::dll::shared_library library) {
  static auto& all = *new std::deque<boost::dll::shared_library>;
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  all.push_back(std::move(library));
}

void collect(void* self, const char* data, std::size_t size) noexcept {
  try {
    static_cast<std::vector<std::string>*>(self)->emplace_back(data, size);
  } catch (...) {  // out of memory: what was made is missed below
  }
}

}  // namespace

namespace {

// With the function that it exports. Throws Unavailable.
boost::dll::shared_library open_part(const std::string& plugin_dir, std::string_view name) {
  const std::string symbol = symbol_of(name);
  const PluginFile file = find_plugin_file(plugin_dir, part_folder, name, symbol.c_str());
  if (!file.fault.empty()) throw Unavailable(file.fault);
  try {
    using boost::dll::load_mode::rtld_local;
    using boost::dll::load_mode::rtld_now;
    return boost::dll::shared_library(file.path, rtld_now | rtld_local);
  } catch (const std::exception& error) {
    throw Unavailable(file.path + " can't be loaded: " + loader_text(error.what()));
  }
}

}  // namespace

template <class Function>
Function* OpenedParts::open(std::string_view name, Function*& opened) {
  const std::lock_guard lock(mutex_);
  if (opened != nullptr) return opened;
  boost::dll::shared_library library = open_part(plugin_dir_, name);
  opened = &library.get<Function>(symbol_of(name));
  keep_open(std::move(library));
  return opened;
}

Result<std::string> OpenedParts::picture(std::string_view file) {
  std::vector<std::string> made;
  switch (open("picture", picture_)(file.data(), file.size(), &made, collect)) {
    case DOORWARD_PICTURE_MADE: break;
    case DOORWARD_PICTURE_OTHER_TYPE: return refuse("picture_type", "picture");
    case DOORWARD_PICTURE_TOO_MANY_PIXELS: return refuse("picture_too_many_pixels", "picture");
    case DOORWARD_PICTURE_DAMAGED: return refuse("picture_damaged", "picture");
    case DOORWARD_PICTURE_BUSY: throw Unavailable("so many pictures at once that one waited for two seconds");
    default: throw Unavailable("no memory for a picture");
  }
  if (made.size() != 1) throw Unavailable("no memory for a picture");
  return std::move(made.front());
}

std::optional<PhoneNumber> OpenedParts::phone_number(std::string_view text, const std::string& country) {
  std::vector<std::string> made;
  const int found = open("phone", phone_)(text.data(), text.size(), country.c_str(), &made, collect);
  if (found == 0) return std::nullopt;
  if (made.size() != 2) throw Unavailable("no memory for a phone number");
  return PhoneNumber{std::move(made[0]), std::move(made[1])};
}

std::string OpenedParts::fetch(const Wish& wish) {
  std::vector<std::string> made;
  const doorward_fetch_wish asked{wish.url.c_str(), wish.headers.c_str(), wish.ca_file.c_str(),
                                  static_cast<long>(wish.timeout.count()), wish.max_size};
  const int found = open("fetch", fetch_)(&asked, &made, collect);
  if (made.size() != 1) throw Unavailable("no memory for an answer");
  if (found != DOORWARD_FETCHED) throw Unavailable(made.front());
  return std::move(made.front());
}

std::vector<std::string> faults_of_parts(const std::string& plugin_dir) {
  std::vector<std::string> faults;
  for (const char* name : names) {
    try {
      keep_open(open_part(plugin_dir, name));
    } catch (const Unavailable& error) {
      faults.emplace_back(error.what());
    }
  }
  return faults;
}

}  // namespace doorward::plugin_host
