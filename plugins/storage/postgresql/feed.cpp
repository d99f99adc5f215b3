#include "feed.hpp"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <random>

#include "common/shape.hpp"

namespace postgresql_store {

namespace {

constexpr std::chrono::milliseconds shortest_pause{50}, longest_pause{2000};
constexpr std::chrono::seconds patience{3};  // with an answer; a network that says nothing is taken for gone
constexpr std::chrono::seconds time_to_open{30};

int new_wake() {
  const int wake = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (wake < 0) throw sdk::Failure(sdk::Status::fault, "eventfd failed with errno " + std::to_string(errno));
  return wake;
}

}  // namespace

Feed::Feed(Pool& pool, const Options& options, const sdk::Listener& listener)
    : pool_(pool), options_(options), listener_(listener), wake_(new_wake()) {
  thread_ = quiet_thread([this] { run(); });
}

Feed::~Feed() {
  const std::uint64_t one = 1;
  if (::write(wake_, &one, sizeof(one)) == sizeof(one)) thread_.join();
  ::close(wake_);
}

bool Feed::pause(std::chrono::milliseconds time) const {
  pollfd watched{wake_, POLLIN, 0};
  return ::poll(&watched, 1, static_cast<int>(time.count())) <= 0;
}

void Feed::run() {
  std::minstd_rand random{std::random_device()()};
  auto pause_for = shortest_pause;
  while (!is_over()) {
    heard_something_ = false;
    try {
      listen();
    } catch (const Lost& lost) {
      pool_.report("the change feed is interrupted: " + std::string(lost.what()));
    } catch (const ServerError& error) {
      pool_.report("the change feed is interrupted: " + advised(error.state(), error.what()));
    } catch (const Late&) {
      pool_.report("the change feed is interrupted: the server says nothing any more");
    } catch (const Woken&) {
      return;
    } catch (const std::exception&) {  // open() has reported it
    }
    // Workers of many hosts come back at once: each waits a time of its own.
    if (heard_something_) pause_for = shortest_pause;
    const auto half = pause_for / 2;
    if (!pause(half + std::chrono::milliseconds(random() % static_cast<unsigned>(half.count() + 1)))) return;
    pause_for = std::min(pause_for * 2, longest_pause);
  }
}

void Feed::listen() {
  const auto connection = pool_.open({Deadline::clock::now() + time_to_open, wake_});
  const auto limit = [this] { return Limit{Deadline::clock::now() + patience, wake_}; };
  connection->queue("LISTEN " + storage_common::quoted_name(options_.channel));
  connection->finish(limit());
  listener_.restarted();
  while (true) {
    listener_.asking();
    connection->queue("SELECT 1");
    connection->finish(limit());
    heard_something_ = true;
    hear(*connection);
    listener_.caught_up();
    const Deadline next = Deadline::clock::now() + options_.feed_interval;
    try {
      while (true) {
        connection->wait({next, wake_});
        hear(*connection);
      }
    } catch (const Late&) {  // time to ask again
    }
  }
}

void Feed::hear(Connection& connection) {
  for (auto one = connection.notification(); one != nullptr; one = connection.notification())
    if (options_.channel == one->relname) listener_.heard(one->extra);
}

}  // namespace postgresql_store
