// storage/sqlite and its file: who may read it, whose it is, what else may lie at its place, and the locks on it; what it has
// SQLite prepare.
#include <dlfcn.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <fstream>

#include "base/errors.hpp"
#include "plugin_host/storage_client.hpp"

namespace {

std::atomic<int> prepared{0};  // statements, by anybody in this process

}  // namespace

// Stands before SQLite's own for the plugin, too: this program comes first where its symbols are looked up.
extern "C" [[gnu::visibility("default")]] int sqlite3_prepare_v3(sqlite3* database, const char* sql, int size,
                                                                 unsigned flags, sqlite3_stmt** statement,
                                                                 const char** tail) {
  ++prepared;
  static const auto real = reinterpret_cast<decltype(&sqlite3_prepare_v3)>(
      ::dlsym(::dlopen("libsqlite3.so.0", RTLD_NOW), "sqlite3_prepare_v3"));
  return real(database, sql, size, flags, statement, tail);
}

namespace doorward::plugin_host {

namespace {

using namespace doorward::records;
namespace fs = std::filesystem;
using std::chrono::milliseconds;

constexpr Field fields[] = {{"id", Type::text}, {"n", Type::number}};
const Table tables[] = {{"things", fields, {}}};

class Silent final : public Log {
 public:
  void write(Level, std::string_view) override {}
};

class SqliteFile : public ::testing::Test {
 protected:
  SqliteFile() {
    std::string pattern = (fs::temp_directory_path() / "doorward-sqlite-XXXXXX").string();
    folder = ::mkdtemp(pattern.data());
    path = folder / "doorward.sqlite";
  }
  ~SqliteFile() override { fs::remove_all(folder); }

  std::unique_ptr<StorageClient> create() {
    return make_storage({"sqlite", {{"path", path.string(), false, {}}}, {}}, PLUGINS, log, clock);
  }
  std::unique_ptr<StorageClient> start() {
    auto store = create();
    store->start();
    return store;
  }
  static void insert(StorageClient& store, std::string_view id) {
    store.prepare(tables);
    const auto tx = store.begin(Mode::write, milliseconds(10000));
    const Cell cells[] = {{"id", Value::of_text(id)}, {"n", Value::of_number(1)}};
    ASSERT_TRUE(tx->insert("things", cells));
    tx->commit();
  }
  static int count(StorageClient& store) {
    store.prepare(tables);
    int rows = 0;
    store.begin(Mode::read, milliseconds(10000))->find("things", {}, nullptr, [&](std::span<const Value>) {
      ++rows;
    });
    return rows;
  }
  static void remove_all(StorageClient& store) {
    const auto tx = store.begin(Mode::write, milliseconds(10000));
    EXPECT_GT(tx->remove("things", {}, nullptr), 0);
    tx->commit();
  }
  fs::path log_path() const { return path.string() + "-wal"; }
  static std::string content(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // Asks until it is so; false: not within 30 seconds.
  template <class Question>
  static bool in_the_end(Question&& question) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
    while (!question()) {
      if (std::chrono::steady_clock::now() >= deadline) return false;
      wait_for(milliseconds(10));
    }
    return true;
  }
  static mode_t mode_of(const fs::path& file) {
    struct stat found{};
    return ::stat(file.c_str(), &found) == 0 ? found.st_mode & 07777 : 0;
  }
  // What stands in the way of a start; empty: nothing does.
  template <class Exception>
  std::string fault() {
    try {
      start();
    } catch (const Exception& error) {
      return error.what();
    }
    return {};
  }
  static bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
  }

  fs::path folder, path;
  Silent log;
  SystemClock clock;
};

TEST_F(SqliteFile, IsReadableByItsOwnerOnlyWhateverTheUmask) {
  const mode_t before = ::umask(0);
  const auto store = start();
  insert(*store, "a");
  EXPECT_EQ(mode_of(path), 0600U);
  EXPECT_EQ(mode_of(path.string() + "-wal"), 0600U);
  EXPECT_EQ(mode_of(path.string() + "-shm"), 0600U);
  ::umask(before);
}

TEST_F(SqliteFile, OpenToEverybodyIsRefused) {
  insert(*start(), "a");
  ::chmod(path.c_str(), 0604);
  EXPECT_TRUE(
      has(fault<BadSettings>(), "is open to every user of this machine and holds secrets (chmod 600)"));
  ::chmod(path.c_str(), 0640);
  EXPECT_EQ(count(*start()), 1);
}

TEST_F(SqliteFile, MadeByRootItIsTheFoldersOwners) {
  const uid_t owner = ::geteuid() == 0 ? 12345 : ::geteuid();  // any other user can give nothing away
  ASSERT_EQ(::chown(folder.c_str(), owner, static_cast<gid_t>(-1)), 0);
  const auto store = start();
  insert(*store, "a");
  for (const char* ending : {"", "-wal", "-shm"}) {
    struct stat found{};
    ASSERT_EQ(::stat((path.string() + ending).c_str(), &found), 0);
    EXPECT_EQ(found.st_uid, owner) << ending;
  }
}

TEST_F(SqliteFile, NothingIsMadeBeforeTheStart) {
  create();
  EXPECT_TRUE(fs::is_empty(folder));
}

TEST_F(SqliteFile, OtherThingsAtItsPlace) {
  fs::create_directory(path);
  EXPECT_TRUE(has(fault<BadSettings>(), "is a folder, not a file"));
  fs::remove(path);
  fs::create_symlink(folder / "nowhere" / "file", path);
  EXPECT_TRUE(has(fault<Unavailable>(), path.string() + " can't be looked at: No such file or directory"));
  fs::remove(path);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_TRUE(has(fault<BadSettings>(), "is not a regular file"));
  fs::remove(path);
  std::ofstream(path) << std::string(5000, 'x');
  ::chmod(path.c_str(), 0600);
  EXPECT_TRUE(has(fault<Unavailable>(), "file is not a database"));
  EXPECT_EQ(fs::file_size(path), 5000U);
}

TEST_F(SqliteFile, TheDatabaseOfAnotherProgramIsLeftAlone) {
  insert(*start(), "a");
  {  // bytes 68 to 71 of the file say whose it is (sqlite.org/fileformat.html 1.2.17)
    std::fstream file(path, std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(68);
    file.write("Else", 4);
  }
  const auto store = start();
  try {
    store->prepare(tables);
    FAIL() << "it was taken for its own";
  } catch (const BadSettings& error) {
    EXPECT_TRUE(has(error.what(), "the file is a database of another program"));
  }
}

// Closing any descriptor of a file drops all locks that the process has on it. A second instance must not open the file
// by itself; else other processes take themselves for the last user, and remove the log under the first one.
TEST_F(SqliteFile, ASecondInstanceKeepsTheFirstOnesLocks) {
  // The other process is forked before anything is open here: SQLite's handles don't survive a fork.
  int go[2];
  ASSERT_EQ(::pipe(go), 0);
  const pid_t child = ::fork();
  if (child == 0) {
    ::close(go[1]);
    char word = 0;
    if (::read(go[0], &word, 1) == 1) {
      const auto other = start();
      count(*other);
      other->stop();
    }
    ::_exit(0);
  }
  ::close(go[0]);
  const auto first = start();
  insert(*first, "a");
  start();
  ASSERT_EQ(::write(go[1], "g", 1), 1);
  ::close(go[1]);
  int status = 0;
  ::waitpid(child, &status, 0);
  ASSERT_EQ(status, 0);
  EXPECT_TRUE(fs::exists(path.string() + "-wal")) << "another process removed the log of an open database";
  insert(*first, "b");
  EXPECT_EQ(count(*start()), 2);
}

TEST_F(SqliteFile, AStatementIsPreparedOnceForEachShape) {
  const auto store = start();
  store->prepare(tables);
  const auto write_and_read = [&](std::string_view id) {
    const Match one[] = {{"id", records::Test::is, Value::of_text(id)}};
    const Cell row[] = {{"id", Value::of_text(id)}, {"n", Value::of_number(1)}};
    const Change change[] = {{"n", Value::of_number(2)}};
    const auto tx = store->begin(Mode::write, milliseconds(10000));
    EXPECT_TRUE(tx->insert("things", row));
    EXPECT_EQ(tx->update("things", one, change), 1);
    tx->find("things", one, nullptr, [](std::span<const Value>) {});
    EXPECT_EQ(tx->remove("things", one, nullptr), 1);
    tx->commit();
  };
  prepared = 0;
  write_and_read("a");
  EXPECT_GE(prepared, 4);
  prepared = 0;
  for (const char* id : {"b", "c", "d"}) write_and_read(id);
  EXPECT_EQ(prepared, 0);
}

TEST_F(SqliteFile, RemovedTextIsOverwritten) {
  const std::string secret = "a-secret-that-nobody-should-find-again";
  {
    const auto store = start();
    insert(*store, secret);
    remove_all(*store);
  }
  EXPECT_FALSE(content(path).empty());
  EXPECT_FALSE(has(content(path), secret));
}

TEST_F(SqliteFile, RemovedTextIsGoneWhileTheStoreIsOpenAndOthersWrite) {
  const std::string secret = "a-secret-that-nobody-should-find-again";
  const auto store = start();
  insert(*store, secret);
  EXPECT_TRUE(has(content(log_path()), secret));
  remove_all(*store);
  int others = 0;
  const auto is_gone = [&] {
    insert(*store, "other" + std::to_string(others++));
    return !has(content(log_path()), secret) && !has(content(path), secret);
  };
  EXPECT_TRUE(in_the_end(is_gone));
  EXPECT_EQ(count(*store), others);
}

TEST_F(SqliteFile, TheLogThatAnotherProcessLeftIsEmptied) {
  const auto store = start();
  insert(*store, "a");
  sqlite3* other = nullptr;  // stays open: who closes the file last empties the log in any case
  ASSERT_EQ(sqlite3_open(path.c_str(), &other), SQLITE_OK);
  ASSERT_EQ(sqlite3_exec(other, "DELETE FROM things", nullptr, nullptr, nullptr), SQLITE_OK);
  EXPECT_TRUE(in_the_end([&] { return fs::file_size(log_path()) == 0; }));
  sqlite3_close(other);
  EXPECT_EQ(count(*store), 0);
}

TEST_F(SqliteFile, TheLogIsEmptiedBeforeTheStoreStopsThoughAnotherHasItOpen) {
  const auto other = start();
  const auto store = start();
  insert(*store, "a");
  EXPECT_EQ(count(*other), 1);
  remove_all(*store);
  store->stop();
  EXPECT_EQ(fs::file_size(log_path()), 0U);
  EXPECT_EQ(count(*other), 0);
}

TEST_F(SqliteFile, WhileSomebodyReadsTheLogStaysAndWritersGoOn) {
  const std::string secret = "a-secret-that-nobody-should-find-again";
  const auto store = start();
  insert(*store, secret);
  auto reader = store->begin(Mode::read, milliseconds(60000));
  int seen = 0, others = 0;
  const auto read = [&] { reader->find("things", {}, nullptr, [&](std::span<const Value>) { ++seen; }); };
  const auto go_on = [&] { insert(*store, std::to_string(others++)); };
  read();
  remove_all(*store);
  const auto over = std::chrono::steady_clock::now() + std::chrono::seconds(3);  // it is tried meanwhile
  while (std::chrono::steady_clock::now() < over) go_on();
  read();
  EXPECT_EQ(seen, 2) << "one row, twice the same view";
  const auto size = fs::file_size(log_path());
  reader.reset();
  EXPECT_TRUE(in_the_end([&] { return go_on(), fs::file_size(log_path()) < size; })) << "tried again";
  EXPECT_FALSE(has(content(log_path()), secret));
  EXPECT_EQ(count(*store), others);
}

}  // namespace

}  // namespace doorward::plugin_host
