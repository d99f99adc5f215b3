#include "nginx/log.hpp"

#include "embedding/text.hpp"

#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

namespace doorward::nginx {
namespace {

constexpr std::size_t capacity = 4096;

// One worker has one log, whatever cycle it was started by.
struct WorkerLog {
  embedding::LogQueue queue{capacity};
  ngx_log_t* log = nullptr;
  pthread_t loop{};
  int wake = -1;
};

WorkerLog& worker_log() noexcept {
  // Never destroyed: a thread of the engine may log until the process is gone.
  static auto* const one = new WorkerLog;
  return *one;
}

void write_waiting() noexcept {
  auto& worker = worker_log();
  const auto taken = worker.queue.take();
  for (const auto& line : taken.lines) {
    write_line(worker.log, line.level, line.text);
  }
  if (taken.lost > 0) {
    ngx_log_error(NGX_LOG_WARN, worker.log, 0, "doorward: %uz log lines were lost", taken.lost);
  }
}

void woken(ngx_event_t* event) {
  const auto* connection = static_cast<ngx_connection_t*>(event->data);
  std::uint64_t count = 0;
  if (read(connection->fd, &count, sizeof count) < 0 && ngx_errno != NGX_EAGAIN) {
    ngx_log_error(NGX_LOG_ERR, event->log, ngx_errno, "doorward: reading from the log's eventfd failed");
  }
  write_waiting();
}

void log_line(void*, doorward_level level, doorward_text line) {
  auto& worker = worker_log();
  if (pthread_equal(pthread_self(), worker.loop) != 0) {
    write_waiting();  // in order
    write_line(worker.log, level, embedding::view(line));
    return;
  }
  worker.queue.put(level, embedding::view(line));
  if (worker.wake >= 0) {
    const std::uint64_t one = 1;
    // Can only fail where the counter is full, and then the loop is being woken already.
    static_cast<void>(!write(worker.wake, &one, sizeof one));
  }
}

}  // namespace

void write_line(ngx_log_t* log, doorward_level level, std::string_view line) noexcept {
  static constexpr ngx_uint_t levels[] = {NGX_LOG_ERR, NGX_LOG_WARN, NGX_LOG_INFO, NGX_LOG_DEBUG};
  const auto shown = levels[level >= DOORWARD_ERROR && level <= DOORWARD_DEBUG ? level : DOORWARD_ERROR];
  ngx_log_error(shown, log, 0, "doorward: %*s", line.size(), line.data());
}

void write_faults(ngx_log_t* log, ngx_uint_t level, const std::vector<std::string>& faults) noexcept {
  for (const auto& fault : faults) {
    ngx_log_error(level, log, 0, "doorward: %*s", fault.size(), fault.data());
  }
}

void start_log(ngx_cycle_t* cycle) noexcept {
  auto& worker = worker_log();
  worker.log = cycle->log;
  worker.loop = pthread_self();
  if (worker.wake >= 0) {
    return;
  }
  worker.wake = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
  if (worker.wake < 0 || ngx_add_channel_event(cycle, worker.wake, NGX_READ_EVENT, woken) != NGX_OK) {
    ngx_log_error(NGX_LOG_ERR, cycle->log, ngx_errno,
                  "doorward: no eventfd; log lines of the engine's threads come late");
  }
}

void end_log() noexcept {
  if (worker_log().log != nullptr) {
    write_waiting();
  }
}

const doorward_log& engine_log() noexcept {
  static const doorward_log log{sizeof(doorward_log), nullptr, log_line};
  return log;
}

}  // namespace doorward::nginx
