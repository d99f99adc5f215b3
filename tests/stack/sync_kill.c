/* Preloaded into nginx: ends, with SIGKILL, the process that makes the n-th sync to disk, before or after it. Syncs are
 * counted over all workers in a file that they share with the test, which sets n while they run. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

struct order {                 /* tests/stack/sync_kill_test.py writes it in this layout */
  _Atomic uint64_t seen;       /* syncs so far */
  _Atomic uint64_t strike_at;  /* 0: none */
  _Atomic uint64_t afterwards; /* 0: before the sync is made */
};
static struct order* order;

__attribute__((constructor)) static void open_order(void) {
  const char* path = getenv("DOORWARD_SYNC_ORDER");
  const int file = path == NULL ? -1 : open(path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  void* shared = mmap(NULL, sizeof(struct order), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (shared != MAP_FAILED) order = shared;
}

static int make_sync(long call, int file) {
  if (order == NULL) return (int)syscall(call, file);
  const int strikes = atomic_fetch_add(&order->seen, 1) + 1 == atomic_load(&order->strike_at);
  if (strikes && !atomic_load(&order->afterwards)) kill(getpid(), SIGKILL);
  const int made = (int)syscall(call, file);
  if (strikes) kill(getpid(), SIGKILL);
  return made;
}

int fsync(int file) { return make_sync(SYS_fsync, file); }
int fdatasync(int file) { return make_sync(SYS_fdatasync, file); }
