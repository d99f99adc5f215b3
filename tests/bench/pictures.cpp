// doorward-bench-pictures <part/picture.so> - what sent pictures cost: ordinary ones, and the worst of every kind that could be
// thought of (SECURITY T183). Each is given to the part in a process of its own, three times; the least processor time and the
// most memory are printed: the highest resident size during the call, above what it was before. What takes 20 s is ended.
#include <dlfcn.h>
#include <malloc.h>
#include <parts/part.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <ctime>
#include <fstream>

#include "picture_rows.hpp"

namespace {

using namespace doorward::bench;

struct Cost {
  int answer = 0;
  double milliseconds = 0;
  long kibibytes = 0;
};

long status(const char* field) {
  std::ifstream file("/proc/self/status");
  for (std::string word; file >> word;)
    if (word == field && file >> word) return std::atol(word.c_str());
  return 0;
}

double used_milliseconds() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
}

Cost measure_here(decltype(doorward_picture_v1)* make, const std::string& file) {
  std::ofstream("/proc/self/clear_refs") << "5";  // the highest resident size is now the present one
  const long before = status("VmRSS:");
  const double begin = used_milliseconds();
  Cost cost;
  cost.answer = make(file.data(), file.size(), nullptr, [](void*, const char*, std::size_t) {});
  cost.milliseconds = used_milliseconds() - begin;
  cost.kibibytes = std::max(0L, status("VmHWM:") - before);
  return cost;
}

Cost measure(decltype(doorward_picture_v1)* make, const std::string& file) {
  ::malloc_trim(0);
  std::array<int, 2> ends{};
  Cost cost{-1, 0, 0};
  if (::pipe(ends.data()) != 0) return cost;
  const pid_t child = ::fork();
  if (child == 0) {
    const rlimit patience{20, 20};
    ::setrlimit(RLIMIT_CPU, &patience);
    cost = measure_here(make, file);
    const bool written = ::write(ends[1], &cost, sizeof cost) == sizeof cost;
    ::_exit(written ? 0 : 1);
  }
  ::close(ends[1]);
  if (::read(ends[0], &cost, sizeof cost) != sizeof cost) cost.answer = -1;
  ::close(ends[0]);
  ::waitpid(child, nullptr, 0);
  return cost;
}

}  // namespace

int main(int count, char** words) {
  void* library = count >= 2 ? ::dlopen(words[1], RTLD_NOW | RTLD_LOCAL) : nullptr;
  auto* make =
      library == nullptr
          ? nullptr
          : reinterpret_cast<decltype(doorward_picture_v1)*>(::dlsym(library, "doorward_picture_v1"));
  if (make == nullptr) {
    std::fputs("doorward-bench-pictures <part/picture.so> [words of a row's name]\n", stderr);
    return 2;
  }
  const std::string_view wanted = count >= 3 ? words[2] : "";
  for (const std::string& first : one_of_each_kind()) measure_here(make, first);
  static constexpr std::array answers = {"taken", "another type", "too many pixels", "damaged", "no memory"};
  for (const auto& rows : {jpeg_rows(), png_rows(), webp_rows()})
    for (const PictureRow& row : rows) {
      if (row.what.find(wanted) == std::string::npos) continue;
      const std::string file = row.file();
      Cost all = measure(make, file);
      for (int again = 0; again < 2 && all.answer >= 0 && all.milliseconds < 1000; ++again) {
        const Cost one = measure(make, file);
        all.milliseconds = std::min(all.milliseconds, one.milliseconds);
        all.kibibytes = std::max(all.kibibytes, one.kibibytes);
      }
      const bool answered = all.answer >= 0 && all.answer < static_cast<int>(answers.size());
      std::printf("%-52s %8zu bytes  %-16s %8.1f ms %8.1f MB%s\n", row.what.c_str(), file.size(),
                  answered ? answers[static_cast<std::size_t>(all.answer)] : "ended", all.milliseconds,
                  static_cast<double>(all.kibibytes) / 1024,
                  file.size() > most_bytes ? "  (more than 2 MiB)" : "");
      std::fflush(stdout);
    }
  return 0;
}
