/* doorward/plugin.h - what every plugin says first. Plain C11, used from C++ too. Start here.
 *
 * Rules of this border, for every header beside this one:
 *   1. Text is UTF-8, a pointer and a length, borrowed: valid until the call returns.
 *   2. Memory never changes owner. Results go out through a sink, which copies.
 *   3. Nothing throws across, in either direction.
 *   4. A struct that may grow starts with its size and grows at its end; a reader checks `size` before
 *      it touches a later field. Structs passed in arrays have no size and are frozen for ever.
 *   5. Every function states its thread: [configuration], [each worker], [any thread], [one thread].
 *   6. Life: create -> (start -> stop)* -> destroy. `doorward config check` runs create and destroy only.
 */
#ifndef DOORWARD_PLUGIN_H
#define DOORWARD_PLUGIN_H
#include <stddef.h>
#include <stdint.h>
#ifdef __cplusplus
extern "C" {
#endif

/* Raised only when plugins built before must be refused; it stays for a whole major version. */
#define DOORWARD_ABI 1u

typedef struct doorward_text { /* UTF-8, or bytes where said so; data may be null when size is 0 */
  const char* data;
  size_t size;
} doorward_text;

typedef struct doorward_pair {
  doorward_text name, value;
} doorward_pair;

/* What a call came to. CONFLICT and BUSY mean exactly one thing each. */
typedef enum doorward_status {
  DOORWARD_OK = 0,
  DOORWARD_NOT_FOUND = 1,   /* what was asked for does not exist */
  DOORWARD_CONFLICT = 2,    /* a unique index already holds this value: trying again can't help */
  DOORWARD_REFUSED = 3,     /* the other side understood and said no, for good */
  DOORWARD_INVALID = 4,     /* the caller's arguments or settings are wrong */
  DOORWARD_BUSY = 5,        /* nothing was done, somebody else was in the way: run it again */
  DOORWARD_UNAVAILABLE = 6, /* the other side can't be reached, or not in time */
  DOORWARD_FAULT = 7        /* a defect, or the surroundings are broken (disk full, out of memory) */
} doorward_status;

typedef enum doorward_level {
  DOORWARD_ERROR = 0,
  DOORWARD_WARNING = 1,
  DOORWARD_INFO = 2,
  DOORWARD_DEBUG = 3
} doorward_level;

typedef struct doorward_sink { /* where produced text goes; may be called more than once, in order */
  void* self;
  void (*put)(void* self, doorward_text text);
} doorward_sink;

/* What the engine offers a plugin. It outlives the plugin's instance. */
typedef struct doorward_services {
  uint32_t size;
  void* self;
  /* [any thread] One line for the web server's log. Never a secret; control characters are escaped. */
  void (*log)(void* self, doorward_level level, doorward_text line);
  /* [any thread] A service by its id and revision ("clock/1"), or null where the engine has none. */
  const void* (*service)(void* self, const char* id);
} doorward_services;

/* Service "clock/1": the engine's idea of time, which tests set. */
typedef struct doorward_clock {
  uint32_t size;
  void* self;
  int64_t (*now)(void* self); /* [any thread] microseconds since 1970-01-01 UTC */
} doorward_clock;

typedef enum doorward_setting_type {
  DOORWARD_SETTING_TEXT = 0,
  DOORWARD_SETTING_SECRET = 1, /* in YAML only by reference: {file: ...} or {env: ...} */
  DOORWARD_SETTING_NUMBER = 2, /* a whole number, given as decimal text */
  DOORWARD_SETTING_FLAG = 3,   /* "true" or "false" */
  DOORWARD_SETTING_PATH = 4    /* made absolute by the engine, relative to the YAML file it stands in */
} doorward_setting_type;

/* One key a plugin accepts below its own entry in doorward.yaml. Nested YAML has dotted names. */
typedef struct doorward_setting {
  const char* key;      /* "tls.verify" */
  uint32_t type;        /* doorward_setting_type */
  const char* fallback; /* value when the key is absent; null: the key must be given */
  const char* choices;  /* "none|starttls|tls": the only values accepted; null: any */
  const char* help;     /* one line that says why one would set it */
} doorward_setting;

typedef struct doorward_plugin {
  uint32_t size;       /* sizeof(doorward_plugin) */
  uint32_t abi;        /* DOORWARD_ABI */
  const char* kind;    /* "storage/1", "mailer/1" */
  const char* name;    /* "sqlite": [a-z][a-z0-9_]*, the file's stem */
  const char* version; /* the plugin's own, for people */
  const char* summary; /* one line for `doorward plugin list` */
  const doorward_setting* settings; /* setting_count of them */
  size_t setting_count;
  const void* table; /* the kind's functions: doorward_storage, doorward_mailer */
  /* [configuration, before any fork] Check the settings: every declared key arrives, defaults filled
   * in, secrets read. No sockets, no threads. On failure say why, one line a fault. */
  doorward_status (*create)(const doorward_services* services, const doorward_pair* settings,
                            size_t setting_count, void** self, const doorward_sink* why);
  /* [each worker, after fork] Open connections, start threads. */
  doorward_status (*start)(void* self, const doorward_sink* why);
  void (*stop)(void* self);    /* [the same worker] after the last call; ends what start began */
  void (*destroy)(void* self); /* [configuration] */
} doorward_plugin;

/* The only symbol a plugin exports. A function, since dlsym is certain only for functions. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const doorward_plugin* doorward_plugin_v1(void);

#ifdef __cplusplus
}
#endif
#endif
