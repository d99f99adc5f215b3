// doorward/sdk/plugin.hpp - what every plugin written in C++ shares: its settings as values, the engine's
// services as an object, failures as exceptions, and the fence that lets no exception cross the C border.
// The header of a kind (mailer.hpp, storage.hpp) includes this one and adds the class to derive from.
//
//   class Folder final : public doorward::sdk::Mailer {
//    public:
//     Folder(const doorward::sdk::Services&, const doorward::sdk::Settings& settings);  // check; open nothing
//     void start() override;  // [each worker, after fork] open, connect
//     ...
//   };
//   constexpr doorward::sdk::Setting settings[] = {doorward::sdk::path_setting("path", nullptr, "...")};
//   DOORWARD_MAILER_PLUGIN(Folder, "folder", "1.0.0", "one .eml file per letter", settings)
#ifndef DOORWARD_SDK_PLUGIN_HPP
#define DOORWARD_SDK_PLUGIN_HPP
#include <doorward/plugin.h>

#include <charconv>
#include <cstdint>
#include <exception>
#include <functional>
#include <map>
#include <memory>
#include <new>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

namespace doorward::sdk {

inline std::string_view view(doorward_text text) {
  return text.size == 0 ? std::string_view() : std::string_view(text.data, text.size);
}
inline doorward_text text(std::string_view view) { return {view.data(), view.size()}; }

// What a call came to, when it isn't OK. The words of doorward_status hold.
enum class Status {
  not_found = DOORWARD_NOT_FOUND,
  conflict = DOORWARD_CONFLICT,
  refused = DOORWARD_REFUSED,
  invalid = DOORWARD_INVALID,
  busy = DOORWARD_BUSY,
  unavailable = DOORWARD_UNAVAILABLE,
  fault = DOORWARD_FAULT
};

// Thrown by a plugin out of any of its functions; the fence turns it into a status and a sentence. The sentence
// is for an administrator: what is wrong and with what, without secrets, one line a fault.
class Failure : public std::runtime_error {
 public:
  Failure(Status status, const std::string& sentence) : std::runtime_error(sentence), status_(status) {}
  Status status() const noexcept { return status_; }

 private:
  Status status_;
};

// Runs `work` and lets nothing through: OK, or the status of what it threw with the sentence in `why` (null allowed).
template <class Work>
doorward_status fence(const doorward_sink* why, Work&& work) noexcept {
  const auto say = [why](std::string_view sentence) noexcept {
    if (why != nullptr && why->put != nullptr) why->put(why->self, text(sentence));
  };
  try {
    std::forward<Work>(work)();
    return DOORWARD_OK;
  } catch (const Failure& failure) {
    say(failure.what());
    return static_cast<doorward_status>(failure.status());
  } catch (const std::bad_alloc&) {
    say("out of memory");
  } catch (const std::exception& error) {
    say(error.what());
  } catch (...) {
    say("an exception of unknown type was thrown");
  }
  return DOORWARD_FAULT;
}

// What the engine offers. A copy is as good as the original; valid until the plugin's object is destroyed. [any thread]
class Services {
 public:
  explicit Services(const doorward_services* services) : services_(services) {
    const auto* found = static_cast<const doorward_clock*>(services->service(services->self, "clock/1"));
    if (found != nullptr && found->size >= sizeof(doorward_clock)) clock_ = found;
  }
  // One line for the web server's log. Never a secret.
  void log(doorward_level level, std::string_view line) const {
    services_->log(services_->self, level, text(line));
  }
  void error(std::string_view line) const { log(DOORWARD_ERROR, line); }
  void warning(std::string_view line) const { log(DOORWARD_WARNING, line); }
  void info(std::string_view line) const { log(DOORWARD_INFO, line); }
  // Microseconds since 1970-01-01 UTC by the engine's clock.
  std::int64_t now() const {
    if (clock_ == nullptr) throw Failure(Status::fault, "the engine has no service clock/1");
    return clock_->now(clock_->self);
  }
  // Null where the engine has no such service.
  const void* service(const char* id) const { return services_->service(services_->self, id); }

 private:
  const doorward_services* services_;
  const doorward_clock* clock_ = nullptr;
};

// The plugin's own settings: every declared key is there, defaults filled in, types and choices checked by the engine.
class Settings {
 public:
  Settings(const doorward_pair* pairs, std::size_t count) {
    for (const doorward_pair& pair : std::span(pairs, count))
      values_.insert_or_assign(std::string(view(pair.name)), std::string(view(pair.value)));
  }
  // Throws Failure(fault) for a key that the plugin didn't declare.
  const std::string& text(std::string_view key) const {
    const auto found = values_.find(key);
    if (found == values_.end())
      throw Failure(Status::fault, "undeclared setting " + std::string(key) + " was asked for");
    return found->second;
  }
  const std::string& secret(std::string_view key) const { return text(key); }
  const std::string& path(std::string_view key) const { return text(key); }  // absolute
  bool flag(std::string_view key) const { return text(key) == "true"; }
  // Throws Failure(invalid) outside of [least, most].
  std::int64_t number(std::string_view key, std::int64_t least = INT64_MIN,
                      std::int64_t most = INT64_MAX) const {
    const std::string& value = text(key);
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
    if (error != std::errc() || end != value.data() + value.size())
      throw Failure(Status::invalid, std::string(key) + ": \"" + value + "\" is not a whole number");
    if (number < least || number > most)
      throw Failure(Status::invalid, std::string(key) + ": " + value + " is not within " +
                                         std::to_string(least) + " and " + std::to_string(most));
    return number;
  }

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// Declarations of settings, for an array at namespace scope. `fallback` null: the key must be given.
using Setting = doorward_setting;
constexpr Setting text_setting(const char* key, const char* fallback, const char* help,
                               const char* choices = nullptr) {
  return {key, DOORWARD_SETTING_TEXT, fallback, choices, help};
}
constexpr Setting secret_setting(const char* key, const char* fallback, const char* help) {
  return {key, DOORWARD_SETTING_SECRET, fallback, nullptr, help};
}
constexpr Setting number_setting(const char* key, const char* fallback, const char* help) {
  return {key, DOORWARD_SETTING_NUMBER, fallback, nullptr, help};
}
constexpr Setting flag_setting(const char* key, const char* fallback, const char* help) {
  return {key, DOORWARD_SETTING_FLAG, fallback, nullptr, help};
}
constexpr Setting path_setting(const char* key, const char* fallback, const char* help) {
  return {key, DOORWARD_SETTING_PATH, fallback, nullptr, help};
}

// The base of every kind's class. Its constructor takes (const Services&, const Settings&), checks the settings and
// opens nothing: no sockets, no threads, no locks, since processes fork after it.
class Plugin {
 public:
  Plugin() = default;
  Plugin(const Plugin&) = delete;
  Plugin& operator=(const Plugin&) = delete;
  virtual ~Plugin() = default;
  virtual void start() {}          // [each worker, after fork] open connections, start threads; may throw
  virtual void stop() noexcept {}  // [the same worker] ends what start began; start may come again
};

// The four functions of a plugin's life over a class, for the descriptor.
template <class Class>
struct Life {
  static doorward_status create(const doorward_services* services, const doorward_pair* settings,
                                std::size_t count, void** self, const doorward_sink* why) noexcept {
    return fence(why, [&] {
      *self = static_cast<void*>(
          std::make_unique<Class>(Services(services), Settings(settings, count)).release());
    });
  }
  static doorward_status start(void* self, const doorward_sink* why) noexcept {
    return fence(why, [&] { of(self).start(); });
  }
  static void stop(void* self) noexcept { of(self).stop(); }
  static void destroy(void* self) noexcept { delete static_cast<Class*>(self); }
  static Class& of(void* self) noexcept { return *static_cast<Class*>(self); }
};

// The descriptor that doorward_plugin_v1() returns. All that is passed has to live as long as the program: literals,
// and arrays and tables at namespace scope.
template <class Class>
constexpr doorward_plugin make_descriptor(const char* kind, const char* name, const char* version,
                                          const char* summary, std::span<const Setting> settings,
                                          const void* table) {
  return {sizeof(doorward_plugin),
          DOORWARD_ABI,
          kind,
          name,
          version,
          summary,
          settings.data(),
          settings.size(),
          table,
          &Life<Class>::create,
          &Life<Class>::start,
          &Life<Class>::stop,
          &Life<Class>::destroy};
}

}  // namespace doorward::sdk

// Defines the one exported symbol. The headers of the kinds wrap it: DOORWARD_MAILER_PLUGIN, DOORWARD_STORAGE_PLUGIN.
// `settings` is an array, or std::span<const doorward::sdk::Setting>{} where there are none; `table` an object at
// namespace scope, such as doorward::sdk::mailer_table<Class>.
#define DOORWARD_SDK_PLUGIN(Class, kind, name, version, summary, settings, table)                  \
  extern "C" const doorward_plugin* doorward_plugin_v1(void) {                                     \
    static const doorward_plugin descriptor =                                                      \
        ::doorward::sdk::make_descriptor<Class>(kind, name, version, summary, settings, &(table)); \
    return &descriptor;                                                                            \
  }
#endif
