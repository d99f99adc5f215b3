// Faults: every single disk operation of a story fails, or the process is killed there, or the power goes. What was
// acknowledged is there afterwards, what was refused isn't, nothing is there by half, and the store works again.
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <random>

#include "base/errors.hpp"
#include "faults.hpp"
#include "storage_calls.hpp"
#include "suites.hpp"

namespace kit {

namespace {

using faults::Effect;
using faults::Operation;

constexpr int steps = 10;
constexpr int window = 3;  // rows that are there at a time

// What a process has reached, seen by its parent after its end.
struct Progress {
  std::atomic<int> begun{0};         // a commit up to this step was asked for
  std::atomic<int> acknowledged{0};  // a commit up to this step answered OK
};
class SharedProgress {
 public:
  explicit SharedProgress(std::size_t count = 1) : count_(count) {
    void* memory =
        ::mmap(nullptr, sizeof(Progress) * count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED) throw std::runtime_error("mmap failed");
    progress_ = new (memory) Progress[count];
  }
  SharedProgress(const SharedProgress&) = delete;
  SharedProgress& operator=(const SharedProgress&) = delete;
  ~SharedProgress() { ::munmap(progress_, sizeof(Progress) * count_); }
  Progress& operator[](std::size_t i) { return progress_[i]; }

 private:
  std::size_t count_;
  Progress* progress_;
};

struct Story {
  Table table;

  explicit Story(Subject& subject)
      : table{subject.new_name("story"),
              {{"id", DOORWARD_TEXT}, {"n", DOORWARD_NUMBER}, {"text", DOORWARD_BYTES}},
              {{"n", true}}} {}

  static Row row(int step) {
    return {text("row" + std::to_string(step)), number(step),
            bytes(std::string(700 * (step % 3 + 1), static_cast<char>(step)))};
  }
  static Rows rows_at(int step) {
    Rows rows;
    if (step > 0) rows.push_back({text("counter"), number(-step), bytes("")});
    for (int i = std::max(1, step - window + 1); i <= step; ++i) rows.push_back(row(i));
    return rows;
  }

  // One step as one transaction: a row comes, one goes, a counter moves. OK: acknowledged.
  doorward_status take(Store& store, int step, Progress& progress) const {
    std::optional<Tx> tx;
    doorward_status status = store.try_begin(DOORWARD_WRITE, 20000, tx);
    if (status != DOORWARD_OK) return status;
    std::int64_t count = 0;
    status = step == 1 ? tx->insert(table, {text("counter"), number(-1), bytes("")})
                       : tx->update(table, {is("id", text("counter"))}, {{"n", number(-1), true}}, count);
    if (status == DOORWARD_OK) status = tx->insert(table, row(step));
    if (status == DOORWARD_OK)
      status = tx->remove(table, {is("id", text("row" + std::to_string(step - window)))}, nullptr, count);
    if (status != DOORWARD_OK) return status;
    progress.begun = step;
    status = tx->commit();
    if (status == DOORWARD_OK) progress.acknowledged = step;
    return status;
  }

  // The step that the store stands at; fails the case where its rows are those of no step.
  int read(Store& store) const {
    const Rows rows = store.all(table);
    int step = 0;
    for (const Row& one : rows)
      if (one[0] == text("counter")) step = static_cast<int>(-one[1].number);
    expect_rows(rows, rows_at(step), "rows after the fault, at step " + std::to_string(step));
    for (int i = std::max(1, step - window + 1); i <= step; ++i)
      expect_rows(store.read().must_find(table, {is("n", number(i))}), {row(i)}, "a row by its index");
    return step;
  }
};

void expect_recovered(Subject& subject, const Story& story, Progress& progress, const std::string& what) {
  Store store(subject);
  store.must_prepare({story.table});
  const int step = story.read(store);
  expect(step >= progress.acknowledged, what + ": step " + std::to_string(progress.acknowledged) +
                                            " was acknowledged, and the store stands at " +
                                            std::to_string(step));
  expect(step <= progress.begun,
         what + ": the store stands at step " + std::to_string(step) + ", which was never committed");
  expect_status(story.take(store, step + 1, progress), DOORWARD_OK, what + ": the next step");
  expect_equal(story.read(store), step + 1, what + ": the step afterwards");
}

// The story until it is done or something is refused. The store is stopped and started on the way.
doorward_status tell(Subject& subject, const Story& story, Progress& progress) {
  try {
    for (int step = 0; step < steps;) {
      Store store(subject);
      if (const auto status = store.prepare({story.table}); status != DOORWARD_OK) return status;
      for (const int pause = step + 4; step < steps && step < pause; ++step)
        if (const auto status = story.take(store, step + 1, progress); status != DOORWARD_OK) return status;
    }
  } catch (const doorward::Unavailable&) {  // refused at start
    return DOORWARD_UNAVAILABLE;
  } catch (const doorward::BadSettings&) {
    return DOORWARD_INVALID;
  }
  return DOORWARD_OK;
}

const char* name(Operation operation) {
  return operation == Operation::write  ? "write"
         : operation == Operation::sync ? "sync"
         : operation == Operation::open ? "open"
                                        : "operation";
}

void nth_fails(Subject& subject, Operation operation, Effect effect) {
  unsigned nth = 1;
  for (bool struck = true; struck; ++nth) {
    subject.use_new_folder();
    const Story story(subject);
    SharedProgress progress;
    const std::string what = std::string(name(operation)) + " " + std::to_string(nth) + " fails";
    faults::arm(subject.folder(), operation, nth, effect);
    const doorward_status status = tell(subject, story, progress[0]);
    struck = faults::struck();
    faults::disarm();
    if (!struck) expect_status(status, DOORWARD_OK, "the story without a fault");
    expect(status == DOORWARD_OK || status == DOORWARD_FAULT || status == DOORWARD_UNAVAILABLE ||
               status == DOORWARD_BUSY || status == DOORWARD_INVALID,
           what + ": answered " + status_name(status));
    // Anything but UNAVAILABLE from a commit means that nothing was done.
    if (status != DOORWARD_UNAVAILABLE) progress[0].begun = progress[0].acknowledged.load();
    expect_recovered(subject, story, progress[0], what);
  }
  expect(nth > 2, std::string("the story has no ") + name(operation) + " that the kit sees");
}

void nth_write_fails(Subject& subject) { nth_fails(subject, Operation::write, Effect::fails); }
void nth_sync_fails(Subject& subject) { nth_fails(subject, Operation::sync, Effect::fails); }
void nth_open_fails(Subject& subject) { nth_fails(subject, Operation::open, Effect::fails); }
void disk_stays_full(Subject& subject) { nth_fails(subject, Operation::write, Effect::fails_on); }

// A store that goes on in the same process once the disk is well again.
void same_instance_recovers(Subject& subject) {
  for (const Operation operation : {Operation::write, Operation::sync}) {
    bool struck = true;
    for (unsigned nth = 1; struck; ++nth) {
      subject.use_new_folder();
      const Story story(subject);
      SharedProgress progress;
      Store store(subject);
      store.must_prepare({story.table});
      expect_status(story.take(store, 1, progress[0]), DOORWARD_OK, "the first step");
      faults::arm(subject.folder(), operation, nth, Effect::fails_on);
      const doorward_status status = story.take(store, 2, progress[0]);
      struck = faults::struck();
      faults::disarm();
      const std::string what =
          std::string(name(operation)) + " " + std::to_string(nth) + " and all later ones fail";
      const int step = story.read(store);
      expect(step >= progress[0].acknowledged && step <= progress[0].begun,
             what + ": the store stands at step " + std::to_string(step));
      if (status == DOORWARD_FAULT || status == DOORWARD_BUSY)
        expect_equal(step, 1, what + ": a refused step was done");
      expect_status(story.take(store, step + 1, progress[0]), DOORWARD_OK,
                    what + ": the next step of the same instance");
      expect_equal(story.read(store), step + 1, what + ": the step afterwards");
    }
  }
}

void at_every_operation(Subject& subject, Effect effect, const std::string& happening) {
  unsigned nth = 1;
  for (bool struck = true; struck; ++nth) {
    subject.use_new_folder();
    const Story story(subject);
    SharedProgress progress;
    struck = !in_child(
        [&] {
          faults::arm(subject.folder(), Operation::any, nth, effect);
          expect_status(tell(subject, story, progress[0]), DOORWARD_OK, "the story without a fault");
        },
        SIGKILL);
    expect_recovered(subject, story, progress[0], happening + " at operation " + std::to_string(nth));
  }
  expect(nth > 2 * steps, "the kit sees only " + std::to_string(nth) + " operations of a story of " +
                              std::to_string(steps) + " commits");
}

void killed(Subject& subject) { at_every_operation(subject, Effect::kills, "killed"); }
void killed_inside(Subject& subject) { at_every_operation(subject, Effect::kills_inside, "killed inside"); }
void power_cut(Subject& subject) { at_every_operation(subject, Effect::power_cut, "power cut"); }
void power_torn(Subject& subject) {
  at_every_operation(subject, Effect::power_torn, "power cut, blocks torn,");
}

// Several processes write, each its own rows, and are killed at any moment.
void killed_among_others(Subject& subject) {
  constexpr int writers = 4, rounds = 8;
  const Table table = accounts(subject);
  {
    Store store(subject);
    store.must_prepare({table});
  }
  SharedProgress progress(writers);
  std::mt19937 random(7);
  for (int round = 0; round < rounds; ++round) {
    std::vector<pid_t> children;
    const int before = progress[0].acknowledged;
    for (int writer = 0; writer < writers; ++writer) {
      const pid_t child = ::fork();
      if (child == 0) {
        try {
          Store store(subject);
          store.must_prepare({table});
          Progress& own = progress[static_cast<std::size_t>(writer)];
          for (int i = own.acknowledged + 1; i < 1 << 20; ++i) {
            const Row row = account(std::to_string(writer) + "_" + std::to_string(i), i);
            const doorward_status status =
                store.retry(DOORWARD_WRITE, [&](Tx& tx) { return tx.insert(table, row); });
            // Committed in an earlier round, which was killed before it could say so.
            if (status != DOORWARD_OK && status != DOORWARD_CONFLICT) break;
            own.acknowledged = i;
          }
        } catch (...) {}
        ::_exit(1);
      }
      children.push_back(child);
    }
    const int enough = before + 1 + static_cast<int>(random() % 6);
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (progress[0].acknowledged < enough && std::chrono::steady_clock::now() < give_up) ::usleep(100);
    for (const pid_t child : children) ::kill(child, SIGKILL);
    bool all_killed = true;
    for (const pid_t child : children) {
      int status = 0;
      ::waitpid(child, &status, 0);
      all_killed = all_killed && WIFSIGNALED(status);
    }
    expect(all_killed && progress[0].acknowledged >= enough, "a writer gave up by itself");
    Store store(subject);
    store.must_prepare({table});
    Tx tx = store.read();
    for (int writer = 0; writer < writers; ++writer)
      for (int i = 1; i <= progress[static_cast<std::size_t>(writer)].acknowledged; ++i) {
        const std::string id = std::to_string(writer) + "_" + std::to_string(i);
        expect(tx.must_find(table, {is("id", text(id))}).size() == 1,
               "round " + std::to_string(round) + ": the acknowledged row " + id + " is gone");
      }
  }
}

}  // namespace

std::vector<Case> storage_faults_cases() {
  return {
      {"faults", "the n-th write fails, for every n", nth_write_fails, true, true},
      {"faults", "the n-th sync fails, for every n", nth_sync_fails, true, true},
      {"faults", "the n-th open fails, for every n", nth_open_fails, true, true},
      {"faults", "the disk is full from the n-th write on, for every n", disk_stays_full, true, true},
      {"faults", "the same instance goes on once the disk is well again", same_instance_recovers, true, true},
      {"faults", "killed before the n-th operation, for every n", killed, true, true},
      {"faults", "killed inside the n-th write, for every n", killed_inside, true, true},
      {"faults", "power lost at the n-th operation, for every n: what was synced is left", power_cut, true,
       true},
      {"faults", "power lost, and some later blocks reached the disk", power_torn, true, true},
      {"faults", "four writing processes killed at any moment, eight times", killed_among_others, true},
  };
}

}  // namespace kit
