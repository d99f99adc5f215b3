// doorward-conformance <plugin.so> <settings.yaml> - does a plugin keep what its kind promises? Prints a line for each
// case and ends with 0 (all passed), 1 (some failed) or 2 (can't be run so).
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "base/errors.hpp"
#include "kit.hpp"
#include "settings_file.hpp"
#include "suites.hpp"

namespace {

using kit::Case;

constexpr const char* help =
    "doorward-conformance [options] <plugin.so> <settings.yaml>\n"
    "\n"
    "  <plugin.so>      .../<kind>/<name>.so: the kind is the name of the folder (storage, mailer)\n"
    "  <settings.yaml>  the plugin's own settings at its top; ${folder} stands for an empty folder, made for "
    "each case\n"
    "\n"
    "  --volatile       what the store keeps ends with its process: leaves out the cases that ask for more\n"
    "  --server         the store is a client of a server: leaves out the faults of this machine's disk\n"
    "  --only <text>    only cases whose suite or name holds this text\n"
    "  --list           name the cases and do nothing\n"
    "  --seconds <n>    how long a case may take (120)\n"
    "  --help\n";

struct Options {
  std::string plugin, settings, only;
  bool is_volatile = false, is_server = false, list = false;
  unsigned seconds = 120;
};

bool parse(int count, char** words, Options& options) {
  for (int i = 1; i < count; ++i) {
    const std::string word = words[i];
    const bool has_more = i + 1 < count;
    if (word == "--volatile")
      options.is_volatile = true;
    else if (word == "--server")
      options.is_server = true;
    else if (word == "--list")
      options.list = true;
    else if (word == "--only" && has_more)
      options.only = words[++i];
    else if (word == "--seconds" && has_more)
      options.seconds = static_cast<unsigned>(std::strtoul(words[++i], nullptr, 10));
    else if (word.starts_with("--"))
      return false;
    else if (options.plugin.empty())
      options.plugin = word;
    else if (options.settings.empty())
      options.settings = word;
    else
      return false;
  }
  return !options.plugin.empty() && (options.list || !options.settings.empty()) && options.seconds != 0;
}

bool is_chosen(const Case& one, const Options& options, bool has_feed) {
  const bool named = (std::string(one.suite) + " " + one.name).find(options.only) != std::string::npos;
  return named && !(one.needs_durability && options.is_volatile) && !(one.needs_disk && options.is_server) &&
         !(one.needs_feed && !has_feed);
}

// Empty: it passed.
std::string run(const Case& one, kit::Subject& subject, unsigned seconds) {
  try {
    kit::in_child([&] {
      ::setpgid(0, 0);  // what it starts ends with it
      ::alarm(seconds);
      subject.use_new_folder();
      one.run(subject);
    });
    return {};
  } catch (const std::exception& error) {
    const std::string sentence = error.what();
    const bool late = sentence.ends_with("signal 14");
    return late ? "not done after " + std::to_string(seconds) + " s" : sentence;
  }
}

int run_all(const Options& options, kit::Subject& subject, const std::vector<Case>& cases) {
  unsigned passed = 0, failed = 0, left_out = 0;
  subject.use_new_folder();
  const bool has_feed = subject.kind() == "storage/1" && kit::has_feed(subject);
  for (const Case& one : cases) {
    if (!is_chosen(one, options, has_feed)) {
      ++left_out;
      continue;
    }
    const auto begin = std::chrono::steady_clock::now();
    const std::string fault = run(one, subject, options.seconds);
    const auto took =
        std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    std::printf("%-4s  %-11s  %-72s %6lld ms\n", fault.empty() ? "ok" : "FAIL", one.suite, one.name,
                static_cast<long long>(took.count()));
    if (!fault.empty()) std::printf("      %s\n", fault.c_str());
    std::fflush(stdout);
    ++(fault.empty() ? passed : failed);
  }
  std::printf("\n%u passed, %u failed, %u left out%s\n", passed, failed, left_out,
              options.is_volatile ? " (declared volatile)" : "");
  return failed == 0 && passed > 0 ? 0 : 1;
}

int run_in_new_folder(const Options& options) {
  auto values =
      options.list ? std::vector<doorward::settings::PluginValue>() : kit::read_settings(options.settings);
  kit::Subject subject(options.plugin, std::move(values), options.settings, options.is_volatile);
  const std::vector<Case> cases = kit::cases_of(subject.kind());
  if (cases.empty()) {
    std::fprintf(stderr, "doorward-conformance: there are no cases for the kind %s\n",
                 subject.kind().c_str());
    return 2;
  }
  if (options.list) {
    for (const Case& one : cases) std::printf("%-11s  %s\n", one.suite, one.name);
    return 0;
  }
  std::string folder = std::filesystem::temp_directory_path() / "doorward-conformance-XXXXXX";
  if (::mkdtemp(folder.data()) == nullptr) throw std::runtime_error(folder + ": " + std::strerror(errno));
  subject.set_run_folder(folder);
  const auto plugin = subject.describe();
  if (!plugin.fault.empty()) throw std::runtime_error(plugin.fault);
  std::printf("%s %s, kind %s: %s\n\n", plugin.name.c_str(), plugin.version.c_str(), plugin.kind.c_str(),
              plugin.path.c_str());
  std::fflush(stdout);  // children would print it again
  const int result = run_all(options, subject, cases);
  std::error_code error;
  std::filesystem::remove_all(folder, error);
  return result;
}

}  // namespace

int main(int count, char** words) {
  if (count == 2 && std::string(words[1]) == "--help") {
    std::fputs(help, stdout);
    return 0;
  }
  Options options;
  if (!parse(count, words, options)) {
    std::fputs(help, stderr);
    return 2;
  }
  try {
    return run_in_new_folder(options);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "doorward-conformance: %s\n", error.what());
    return 2;
  }
}
