// storage/postgresql - one database for several hosts. Connections are made when they are needed, so that a web server that
// boots before its database recovers by itself: until it is there, calls answer UNAVAILABLE.
#include <atomic>
#include <optional>

#include "feed.hpp"
#include "transaction.hpp"
#include "upgrade.hpp"

namespace postgresql_store {

namespace {

using sdk::Failure;
using sdk::Status;

constexpr std::chrono::minutes time_to_prepare{30};  // an index over many rows takes its time
constexpr std::chrono::seconds time_to_open{10};

}  // namespace

class PostgresqlStore final : public sdk::Storage {
 public:
  PostgresqlStore(const sdk::Services& services, const sdk::Settings& settings)
      : services_(services),
        options_(read_options(settings)),
        pool_(options_, services_),
        ground_(
            std::make_shared<const Ground>(Ground{0, {}, Statements(options_.schema), options_.channel})) {}
  ~PostgresqlStore() override { stop(); }

  void start() override { started_ = true; }
  void stop() noexcept override {
    started_ = false;
    feed_.reset();
    pool_.stop();
  }

  void prepare(std::span<const doorward_table> tables) override {
    check_started();
    const auto before = ground();
    sdk::Schema schema(before->schema, tables);
    try {
      auto connection = pool_.open(Limit::in(time_to_open));
      if (!connection->syncs_to_disk())
        services_.warning(
            "storage postgresql: fsync or full_page_writes is off on the server: a loss of power there loses "
            "what was acknowledged");
      upgrade(*connection, options_.schema, schema, Limit::in(time_to_prepare));
      pool_.keep(std::move(connection));
    } catch (const ServerError& error) {
      const std::string sentence = advised(error.state(), error.what());
      pool_.report(sentence);
      const Status status = status_of(error);
      throw Failure(status == Status::busy ? Status::unavailable : status, sentence);
    } catch (const Lost& lost) {
      throw Failure(Status::unavailable, lost.what());
    } catch (const Late& late) {
      throw Failure(Status::unavailable, late.what());
    }
    auto after = std::make_shared<const Ground>(
        Ground{before->number + 1, std::move(schema), Statements(options_.schema), options_.channel});
    const std::lock_guard lock(mutex_);
    ground_ = std::move(after);
  }

  sdk::Transaction* begin(sdk::Mode mode, std::chrono::milliseconds timeout) override {
    check_started();
    return new Transaction(pool_, ground(), mode, Deadline::clock::now() + timeout);
  }

  void listen(const sdk::Listener& listener) override {
    check_started();
    if (feed_.has_value()) sdk::invalid("the store listens already");
    feed_.emplace(pool_, options_, listener);
  }

 private:
  void check_started() const {
    if (!started_) sdk::invalid("the store isn't started");
  }
  std::shared_ptr<const Ground> ground() {
    const std::lock_guard lock(mutex_);
    return ground_;
  }

  const sdk::Services services_;
  const Options options_;
  Pool pool_;
  std::atomic<bool> started_ = false;
  std::optional<Feed> feed_;
  std::mutex mutex_;  // of what follows
  std::shared_ptr<const Ground> ground_;
};

}  // namespace postgresql_store

DOORWARD_STORAGE_PLUGIN(postgresql_store::PostgresqlStore, "postgresql", "1.0.0",
                        "One database for several hosts (PostgreSQL 13 or later)",
                        postgresql_store::setting_list, 0)
