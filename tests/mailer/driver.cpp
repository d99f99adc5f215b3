// Lets a script use a mailer plugin through its C table: mailer_driver PLUGIN.so key=value... Reads one
// JSON object a line, {"mails": [{...}, ...], "timeout_ms": 5000}, sends the mails of a line at the same
// time, each on a thread of its own, and answers with one line, [{"status": 0, "why": "", "ms": 12}, ...].
// A mail's fields are those of doorward_mail; "hex" may hold some of them as hexadecimal digits instead.
// First of all it answers for create and start: {"status": 0, "why": ""}.
#include <dlfcn.h>
#include <doorward/mailer.h>

#include <chrono>
#include <cstdio>
#include <doorward/sdk/plugin.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

using nlohmann::json;

void log_line(void*, doorward_level, doorward_text line) {
  std::fprintf(stderr, "log: %.*s\n", static_cast<int>(line.size), line.data);
}

const void* no_service(void*, const char*) { return nullptr; }

constexpr doorward_services services = {sizeof(doorward_services), nullptr, &log_line, &no_service};

struct Why {
  std::string text;
  doorward_sink sink{&text, [](void* self, doorward_text part) {
                       static_cast<std::string*>(self)->append(part.data, part.size);
                     }};
};

std::vector<doorward_pair> settings_of(const doorward_plugin& plugin,
                                       std::map<std::string, std::string>& values) {
  for (const auto& declared : std::span(plugin.settings, plugin.setting_count)) {
    if (declared.fallback != nullptr) values.try_emplace(declared.key, declared.fallback);
  }
  std::vector<doorward_pair> pairs;
  for (const auto& [key, value] : values)
    pairs.push_back({doorward::sdk::text(key), doorward::sdk::text(value)});
  return pairs;
}

std::string from_hex(const std::string& digits) {
  std::string out;
  for (std::size_t i = 0; i + 1 < digits.size(); i += 2)
    out += static_cast<char>(std::stoi(digits.substr(i, 2), nullptr, 16));
  return out;
}

json send(const doorward_mailer& mailer, void* self, const json& values, std::uint32_t timeout_ms) {
  std::map<std::string, std::string> held;
  const json bytes = values.value("hex", json::object());
  const auto part = [&](const char* key) {
    held[key] = bytes.contains(key) ? from_hex(bytes[key].get<std::string>()) : values.value(key, "");
    return doorward::sdk::text(held[key]);
  };
  const doorward_mail mail = {
      sizeof(doorward_mail), part("message_id"),   values.value("date", std::int64_t{0}),
      part("from_name"),     part("from_address"), part("to_name"),
      part("to_address"),    part("subject"),      part("text"),
      part("html"),          part("language")};
  Why why;
  const auto begun = std::chrono::steady_clock::now();
  const doorward_status status = mailer.send(self, &mail, timeout_ms, &why.sink);
  const auto took =
      std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begun);
  return {{"status", static_cast<int>(status)}, {"why", why.text}, {"ms", took.count()}};
}

json send_together(const doorward_mailer& mailer, void* self, const json& line) {
  const auto& mails = line.at("mails");
  std::vector<json> answers(mails.size());
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < mails.size(); ++i) {
    threads.emplace_back(
        [&, i] { answers[i] = send(mailer, self, mails[i], line.value("timeout_ms", 5000u)); });
  }
  for (auto& thread : threads) thread.join();
  return answers;
}

void say(const json& answer) {
  std::cout << answer.dump(-1, ' ', true, json::error_handler_t::replace) << std::endl;
}

int run(const doorward_plugin& plugin, int count, char** arguments) {
  std::map<std::string, std::string> values;
  for (const std::string argument : std::span(arguments, static_cast<std::size_t>(count))) {
    values[argument.substr(0, argument.find('='))] = argument.substr(argument.find('=') + 1);
  }
  const auto pairs = settings_of(plugin, values);
  void* self = nullptr;
  Why why;
  doorward_status status = plugin.create(&services, pairs.data(), pairs.size(), &self, &why.sink);
  const bool created = status == DOORWARD_OK;
  if (created) status = plugin.start(self, &why.sink);
  say({{"status", static_cast<int>(status)}, {"why", why.text}});
  if (status == DOORWARD_OK) {
    const auto& mailer = *static_cast<const doorward_mailer*>(plugin.table);
    for (std::string line; std::getline(std::cin, line);) say(send_together(mailer, self, json::parse(line)));
    plugin.stop(self);
  }
  if (created) plugin.destroy(self);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  if (count < 2) return 2;
  void* library = ::dlopen(arguments[1], RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) {
    std::cerr << ::dlerror() << '\n';
    return 2;
  }
  using Entry = const doorward_plugin* (*)();
  const auto entry = reinterpret_cast<Entry>(::dlsym(library, "doorward_plugin_v1"));
  return entry == nullptr ? 2 : run(*entry(), count - 2, arguments + 2);
}
