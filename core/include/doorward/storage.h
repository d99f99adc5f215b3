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
} doorward_storage;

#ifdef __cplusplus
}
#endif
#endif
