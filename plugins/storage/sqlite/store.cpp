// storage/sqlite - everything in one file, beside which SQLite keeps two more (-wal, -shm). Readers never wait for
// writers. An acknowledged commit is on the disk (synchronous=FULL). Several processes may use the file at once.
#include <doorward/sdk/schema.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cstring>
#include <filesystem>

#include "checkpoints.hpp"
#include "transaction.hpp"
#include "upgrade.hpp"

namespace sqlite_store {

namespace {

namespace fs = std::filesystem;
using sdk::Failure;
using sdk::Status;

constexpr std::size_t most_idle_connections = 32;  // as many as nginx's default thread pool has threads
constexpr std::chrono::seconds time_to_open{30};
constexpr std::chrono::minutes time_to_prepare{30};  // an index over many rows takes its time
constexpr std::size_t most_fields = 200;

std::string because() { return std::string(": ") + std::strerror(errno); }

// Made by root in somebody else's folder, the file is given to them: `doorward` run by root and the server's workers
// use the same one.
void give_to_folder(int file, const std::string& path) {
  struct stat folder{};
  const bool looked = ::stat(fs::path(path).parent_path().c_str(), &folder) == 0;
  if (looked && (::geteuid() != 0 || ::fchown(file, folder.st_uid, folder.st_gid) == 0)) return;
  throw Failure(Status::fault, "path: " + path + " can't be given to its folder's owner" + because());
}

// Makes the file where there is none, readable by its owner only from the first moment on. One that is there isn't
// opened: closing it would drop the locks that other connections of this process have on it (POSIX).
void make_file(const std::string& path) {
  struct stat found{};
  for (int tries = 0; ::stat(path.c_str(), &found) != 0; ++tries) {
    if (errno != ENOENT || tries == 3)
      throw Failure(Status::fault, "path: " + path + " can't be looked at" + because());
    const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (file < 0 && errno == EEXIST) continue;  // somebody else was first, or a link leads nowhere
    if (file < 0) throw Failure(Status::fault, "path: " + path + " can't be made" + because());
    const std::unique_ptr<const int, void (*)(const int*)> closer(&file,
                                                                  [](const int* open) { ::close(*open); });
    give_to_folder(file, path);
  }
  if (!S_ISREG(found.st_mode)) throw Failure(Status::invalid, "path: " + path + " is not a regular file");
  if ((found.st_mode & S_IRWXO) != 0)
    throw Failure(Status::invalid,
                  "path: " + path + " is open to every user of this machine and holds secrets (chmod 600)");
}

}  // namespace

class SqliteStore final : public sdk::Storage, private Home {
 public:
  SqliteStore(const sdk::Services& services, const sdk::Settings& settings)
      : services_(services), path_(settings.path("path")), checkpoints_(*this, path_) {
    std::error_code error;
    const fs::path folder = fs::path(path_).parent_path();
    if (!fs::is_directory(folder, error))
      throw Failure(Status::invalid,
                    "path: the folder " + folder.string() + " doesn't exist or can't be entered");
    if (fs::is_directory(path_, error))
      throw Failure(Status::invalid, "path: " + path_ + " is a folder, not a file");
  }
  ~SqliteStore() override { stop(); }

  void start() override {
    make_file(path_);
    give_back(*open(Deadline::clock::now() + time_to_open));
    checkpoints_.start();
    started_ = true;
  }
  void stop() noexcept override {
    started_ = false;
    checkpoints_.stop();
    idle_.clear();
  }

  void prepare(std::span<const doorward_table> tables) override {
    check_started();
    std::shared_ptr<const sdk::Schema> before;
    {
      const std::lock_guard lock(mutex_);
      before = schema_;
    }
    auto schema = std::make_shared<const sdk::Schema>(*before, tables);
    for (const auto& table : schema->tables())
      if (table->fields.size() > most_fields || table->name.starts_with("sqlite_"))
        sdk::invalid(table->name + " has too many fields or a name that SQLite keeps for itself");
    try {
      Connection connection(path_, Deadline::clock::now() + time_to_prepare);
      upgrade(connection, *schema);
    } catch (const SqliteError& error) {
      report(error.what());
      throw Failure(error.primary() == SQLITE_BUSY ? Status::unavailable : Status::fault,
                    path_ + ": " + error.what());
    }
    const std::lock_guard lock(mutex_);
    schema_ = std::move(schema);
  }

  sdk::Transaction* begin(sdk::Mode mode, std::chrono::milliseconds timeout) override {
    check_started();
    const Deadline deadline = Deadline::clock::now() + timeout;
    std::shared_ptr<const sdk::Schema> schema;
    std::unique_ptr<Transaction> transaction;
    {
      const std::lock_guard lock(mutex_);
      schema = schema_;
      if (!idle_.empty()) {
        transaction = std::move(idle_.back());  // the one used last is the warmest
        idle_.pop_back();
      }
    }
    if (transaction == nullptr) transaction.reset(open(deadline));
    try {
      transaction->begin(mode, deadline, schema);
    } catch (...) {
      give_back(*transaction.release());
      throw;
    }
    return transaction.release();
  }

 private:
  Transaction* open(Deadline deadline) {
    try {
      return new Transaction(*this, path_, deadline);
    } catch (const SqliteError& error) {
      report(error.what());
      const bool forbidden = error.primary() == SQLITE_READONLY || error.primary() == SQLITE_CANTOPEN;
      const char* advice = forbidden ? "; the file and its folder have to be writable" : "";
      throw Failure(error.primary() == SQLITE_BUSY ? Status::unavailable : Status::fault,
                    "path: " + path_ + ": " + error.what() + advice);
    }
  }
  void give_back(Transaction& transaction) noexcept override {
    std::unique_ptr<Transaction> owned(&transaction);
    if (transaction.is_broken()) return;
    const std::lock_guard lock(mutex_);
    if (idle_.size() < most_idle_connections) idle_.push_back(std::move(owned));
  }
  void report(const std::string& sentence) noexcept override {
    services_.error("storage sqlite: " + path_ + ": " + sentence);
  }
  void note_removal() noexcept override { checkpoints_.note_removal(); }
  void check_started() const {
    if (!started_) sdk::invalid("the store isn't started");
  }

  const sdk::Services services_;
  const std::string path_;
  Checkpoints checkpoints_;
  std::atomic<bool> started_ = false;
  std::mutex mutex_;  // of the two below
  std::shared_ptr<const sdk::Schema> schema_ = std::make_shared<const sdk::Schema>();
  std::vector<std::unique_ptr<Transaction>> idle_;
};

constexpr sdk::Setting settings[] = {sdk::path_setting(
    "path", nullptr, "the file; its folder has to be writable too, since SQLite keeps two more beside it")};

}  // namespace sqlite_store

DOORWARD_STORAGE_PLUGIN(sqlite_store::SqliteStore, "sqlite", "1.0.0",
                        "Everything in one file on this machine, shared by its processes (SQLite)",
                        sqlite_store::settings, DOORWARD_STORAGE_QUICK)
