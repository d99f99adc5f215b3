/* doorward/storage.h - kind "storage/1": small records under a declared schema.
 *
 * Every read and write happens inside a transaction; a transaction stays on one thread. Isolation is
 * serializable: as if transactions ran one after another, or DOORWARD_BUSY, after which the caller
 * rolls back and runs the whole transaction again. No joins, no OR, no renaming; keys are made by the engine. A question
 * that can't be asked gets an index field. The conformance kit is the contract's second half. */
#ifndef DOORWARD_STORAGE_H
#define DOORWARD_STORAGE_H
#include "plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

typedef enum doorward_type {
  DOORWARD_NULL = 0,
  DOORWARD_TEXT = 1,   /* UTF-8, compared byte by byte */
  DOORWARD_BYTES = 2,  /* any bytes, compared byte by byte */
  DOORWARD_NUMBER = 3, /* int64_t */
  DOORWARD_TIME = 4,   /* int64_t microseconds since 1970-01-01 UTC */
  DOORWARD_FLAG = 5    /* 0 or 1 */
} doorward_type;

typedef struct doorward_value {
  doorward_type type;
  int64_t number;     /* NUMBER, TIME, FLAG */
  doorward_text text; /* TEXT, BYTES */
} doorward_value;

typedef struct doorward_cell {
  const char* field;
  doorward_value value;
} doorward_cell;

typedef enum doorward_test { /* a NULL field satisfies IS NULL, and IS_NOT anything but NULL */
  DOORWARD_IS = 0,
  DOORWARD_IS_NOT = 1,
  DOORWARD_BELOW = 2,      /* not for FLAG */
  DOORWARD_ABOVE = 3,      /* not for FLAG */
  DOORWARD_STARTS_WITH = 4 /* TEXT and BYTES */
} doorward_test;

typedef struct doorward_match { /* in a list of matches all must hold; an empty list holds for all */
  const char* field;
  doorward_test test;
  doorward_value value;
} doorward_match;

typedef struct doorward_change {
  const char* field;
  doorward_value value;
  int add; /* not 0: field = field + value.number, in one step; the field is a non-null NUMBER or TIME */
} doorward_change;

typedef struct doorward_field {
  const char* name; /* [a-z][a-z0-9_]* */
  doorward_type type;
  int required; /* not 0: NULL is refused with DOORWARD_INVALID */
} doorward_field;

typedef struct doorward_index {
  const char* fields; /* "organization,account"; an entry with any NULL is never a duplicate */
  int unique;
} doorward_index;

typedef struct doorward_table {
  const char* name; /* [a-z][a-z0-9_]* */
  const doorward_field* fields; /* the first is the key: required and unique */
  size_t field_count;
  const doorward_index* indexes;
  size_t index_count;
} doorward_table;

typedef struct doorward_page { /* null where a page is passed: no order, no limit */
  const char* order_by; /* a field, ties by key; null: by key. NULL stands below everything */
  int descending;       /* not 0: all of that turned round, ties too */
  uint32_t limit; /* 0: no limit */
  uint32_t offset;
} doorward_page;

/* Cells come in the table's field order, every field, until row() returns. row() must not call into its own
 * transaction: that is answered INVALID. */
typedef struct doorward_rows {
  void* self;
  void (*row)(void* self, const doorward_cell* cells, size_t cell_count);
} doorward_rows;

/* The change feed of a store that several hosts share. The plugin calls from one thread of its own, one call at a
 * time; a call must not block and must not call into the store. After stop nothing is called any more. */
typedef struct doorward_listener {
  uint32_t size;
  void* self;
  void (*restarted)(void* self); /* whatever was announced before may have been missed; also the first call of all */
  void (*heard)(void* self, doorward_text message); /* announced by some host, this one too, and committed */
  void (*asking)(void* self);    /* the plugin begins to ask the store whether it has heard everything ... */
  void (*caught_up)(void* self); /* ... and has: what was committed (acknowledged) before the last asking() has
                                    been heard */
} doorward_listener;

typedef enum doorward_mode {
  DOORWARD_READ = 0, /* one consistent view; writes are refused with DOORWARD_INVALID */
  DOORWARD_WRITE = 1
} doorward_mode;

/* Traits of a store, or-ed together. */
#define DOORWARD_STORAGE_QUICK 1u /* a find by key or index takes microseconds: event loops may call it */

typedef struct doorward_storage {
  uint32_t size;
  uint32_t traits;
  /* [each worker, after start] Bring the tables up to this schema: add tables, fields and indexes that are missing, drop
   * nothing, keep the data. Several workers may call it at once. An added required field gets 0, empty text or
   * empty bytes in rows that exist. Refuses (INVALID, with a sentence) a field whose type changed. */
  doorward_status (*prepare)(void* self, const doorward_table* tables, size_t table_count,
                             const doorward_sink* why);
  /* [any thread] The transaction gives up with UNAVAILABLE or BUSY once timeout_ms have passed. */
  doorward_status (*begin)(void* self, doorward_mode mode, uint32_t timeout_ms, void** tx);
  /* [the transaction's thread, from here on] OK: durable, also across loss of power. Anything else: nothing was
   * done, but UNAVAILABLE, which may mean that the answer was lost. Ends tx, whatever it returns. */
  doorward_status (*commit)(void* tx);
  void (*rollback)(void* tx); /* ends tx */
  /* CONFLICT where the key or a unique index is taken; the transaction goes on without this row. */
  doorward_status (*insert)(void* tx, const char* table, const doorward_cell* cells, size_t cell_count);
  /* OK also when nothing matched. */
  doorward_status (*find)(void* tx, const char* table, const doorward_match* matches, size_t match_count,
                          const doorward_page* page, const doorward_rows* rows);
  /* The matches are selector and guard at once: changed == 0 means that somebody was first. CONFLICT where a unique
   * index would hold a value twice: then no row was changed. A key never changes (INVALID). */
  doorward_status (*update)(void* tx, const char* table, const doorward_match* matches, size_t match_count,
                            const doorward_change* changes, size_t change_count, int64_t* changed);
  /* Removed rows are handed to `taken` where given: a row goes to exactly one caller. */
  doorward_status (*remove)(void* tx, const char* table, const doorward_match* matches, size_t match_count,
                            const doorward_rows* taken, int64_t* removed);
  /* The change feed, since 0.2. Optional: both or neither, null where there is none. A table that ends before them
   * (its size is DOORWARD_STORAGE_LEAST) has none either. */
  /* When tx commits, every listener of this store, on whatever host, hears `message` (UTF-8 without NUL, 1 to 200 bytes, else
   * INVALID), in the order of the commits and, within one, of the calls; the same message twice in one tx may be heard once.
   * When it rolls back, nobody does. INVALID in a transaction that reads. */
  doorward_status (*announce)(void* tx, doorward_text message);
  /* [each worker, after prepare, once between start and stop] Listens until stop. Returns at once; where the store can't be
   * reached it goes on trying by itself, and asks several times a second. The struct may go when this returns, its self
   * stays until stop. */
  doorward_status (*listen)(void* self, const doorward_listener* listener);
} doorward_storage;

/* What every table of functions has at least, in bytes: all before the change feed. */
#define DOORWARD_STORAGE_LEAST offsetof(doorward_storage, announce)
#define DOORWARD_ANNOUNCEMENT_MOST 200u /* bytes */

#ifdef __cplusplus
}
#endif
#endif
