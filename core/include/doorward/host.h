/* doorward/host.h - all that a web server adapter sees of the engine. Plain C11; nothing here throws.
 * The rules of plugin.h hold here too. An adapter links nothing: it opens libdoorward.so in each worker
 * and takes the table from the one function that it exports, doorward_host_v1().
 *
 * Life: open -> start -> (check, resolve, refuse, handle)* -> stop -> close. To check settings: open -> close,
 * in a child process under the worker's user, so that masters and parents never load the engine. */
#ifndef DOORWARD_HOST_H
#define DOORWARD_HOST_H
#include "plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

#define DOORWARD_HOST_ABI 1u

typedef struct doorward_engine doorward_engine;

/* Where the engine's log lines go: the server's own log. One call a line, no line break, no secret. */
typedef struct doorward_log {
  uint32_t size;
  void* self;
  void (*line)(void* self, doorward_level level, doorward_text line); /* [any thread] */
} doorward_log;

typedef struct doorward_request { /* borrowed until the call returns */
  uint32_t size;
  doorward_text method;         /* "GET" */
  doorward_text scheme;         /* "https": of the connection, never from a header */
  doorward_text target;         /* as received: "/a%20b?x=1" */
  doorward_text path;           /* decoded and normalized by the server: "/a b" */
  doorward_text query;          /* raw, without "?" */
  doorward_text client_address; /* "192.0.2.7", "2001:db8::1": after the server's own trusted-proxy rules */
  doorward_text body;           /* whole; empty where there is none, or where it is longer than an upload may be */
  const doorward_pair* headers; /* as received, in order; Host (or :authority as Host) among them */
  size_t header_count;
} doorward_request;

typedef struct doorward_response { /* status once, then headers, then the body; text is borrowed */
  uint32_t size;
  void* self;
  void (*status)(void* self, int code);
  void (*header)(void* self, doorward_text name, doorward_text value); /* Set-Cookie may repeat */
  void (*body)(void* self, doorward_text chunk);                       /* 0 or more times */
} doorward_response;

/* What a place asks of those who come. Made at configuration time. */
typedef struct doorward_rule {
  uint32_t size;
  uint32_t required;      /* 0: anybody passes, known or not */
  uint32_t fresh_seconds; /* not 0: signed in, or confirmed again, at most so long ago */
  doorward_text role;     /* empty, or a role the person must hold: "administrator" */
  uint32_t level;         /* 2: signed in with two factors of different kinds (NIST SP 800-63B: AAL2); 0, 1: with one */
} doorward_rule;

/* Who is asking. Counted: given out by check and resolve, given back by release. Immutable, and small: a worker
 * remembers one for each session, so what it says is asked for by name. */
typedef struct doorward_identity doorward_identity;

typedef enum doorward_fact {
  DOORWARD_USER = 0,    /* the account's id: never reused, never changes */
  DOORWARD_EMAIL = 1,   /* primary verified address */
  DOORWARD_NAME = 2,    /* display name; UTF-8, no control characters */
  DOORWARD_ROLES = 3,   /* "administrator,editor": sorted, may be empty */
  DOORWARD_SESSION = 4, /* a public id of the session, not its token */
  DOORWARD_LOCALE = 5,  /* BCP 47; empty: not chosen */
  DOORWARD_METHODS = 6, /* how the person proved who they are, RFC 8176: "pwd" or "pwd otp" */
  /* What the person says of themselves and prefers; empty where they said nothing. */
  DOORWARD_TIME_ZONE = 7,      /* of the IANA database: "Europe/Berlin" */
  DOORWARD_PHONE = 8,          /* E.164: "+4930901820"; as they wrote it, nobody proved it */
  DOORWARD_PICTURE = 9,        /* address of their picture, a path of the site */
  DOORWARD_NOTIFICATIONS = 10, /* sites whose e-mails they want: "all", "none", or keys: "blog,shop"; never empty */
  DOORWARD_CLOCK = 11,         /* "24" or "12" */
  DOORWARD_MAC_FORMAT = 12,    /* "colon" 00:1b:63:84:45:e6, "hyphen" 00-1b-63-84-45-e6, "dot" 001b.6384.45e6 */
  DOORWARD_THEME = 13          /* "light" or "dark" */
} doorward_fact;

typedef enum doorward_moment { DOORWARD_AUTHENTICATED_AT = 0, DOORWARD_EXPIRES_AT = 1 } doorward_moment;

typedef enum doorward_verdict { /* 0 is no verdict, so that a forgotten one lets nobody pass */
  DOORWARD_UNDECIDED = 0,
  DOORWARD_ALLOW = 1,
  DOORWARD_SIGN_IN = 2, /* nobody is signed in */
  DOORWARD_STEP_UP = 3, /* signed in, but not freshly enough */
  DOORWARD_FORBID = 4,  /* signed in, without the right: 403, never the sign-in page */
  DOORWARD_ASK = 5,     /* not known here: call resolve on a thread that may block */
  DOORWARD_BROKEN = 6   /* can't be known now: 503 */
} doorward_verdict;

typedef struct doorward_decision {
  uint32_t size;
  doorward_verdict verdict;
  const doorward_identity* identity; /* null: nobody. Not null: to be released, also beside FORBID and STEP_UP */
} doorward_decision;

/* What an adapter has to know of the settings; borrowed, valid until close. */
typedef struct doorward_surface {
  uint32_t size;
  doorward_text mount;       /* "/account": this path and all below it are Doorward's */
  const doorward_text* paths; /* single paths outside the mount that are Doorward's: "/backup-login" */
  size_t path_count;
  const doorward_text* identity_headers; /* lower case, "-": a trailing "*" stands for any ending */
  size_t identity_header_count;          /* client's headers of these names, in any spelling, are dropped */
  const doorward_text* cookies; /* names of Doorward's cookies: taken out of what goes upstream */
  size_t cookie_count;
  uint64_t max_body; /* bytes; a longer body is answered 413 without reading it; at one of `uploads`, by the engine */
  /* From here on only where `size` says so. */
  const doorward_text* uploads; /* whole paths below the mount that take more: a file, of whoever is signed in */
  size_t upload_count;
  /* Bytes of a body to one of these. One whose Content-Length is more is read past: the engine gets the request without it, and
   * says at the field what is wrong. */
  uint64_t max_upload;
} doorward_surface;

typedef struct doorward_host {
  uint32_t size; /* sizeof(doorward_host) */
  uint32_t abi;  /* DOORWARD_HOST_ABI */
  const char* version;
  /* [configuration, before any fork; or each worker] Read the YAML, load plugins and create them, read the
   * theme. No sockets, no threads. Faults go to `why`, one line each: "FILE:LINE:COLUMN: what is wrong". */
  doorward_status (*open)(const char* yaml_path, const doorward_log* log, doorward_engine** engine,
                          const doorward_sink* why);
  /* [each worker, after fork] Connect, bring the store up to the schema, start the engine's own threads. */
  doorward_status (*start)(doorward_engine* engine, const doorward_sink* why);
  void (*stop)(doorward_engine* engine);  /* [the same worker] when no other call is under way */
  void (*close)(doorward_engine* engine); /* [the thread of open]; not null */
  const doorward_surface* (*surface)(const doorward_engine* engine); /* [any thread] */
  /* [any thread, never blocks] May this request pass? `cookies` are the values of its Cookie headers. */
  doorward_status (*check)(doorward_engine* engine, const doorward_text* cookies, size_t cookie_count,
                           const doorward_rule* rule, doorward_decision* decision);
  /* [any thread, may block] The same, and the store is asked. Never answers ASK. */
  doorward_status (*resolve)(doorward_engine* engine, const doorward_text* cookies, size_t cookie_count,
                             const doorward_rule* rule, doorward_decision* decision);
  void (*release)(const doorward_identity* identity); /* [any thread]; null is allowed */
  /* [any thread] Borrowed until release. Empty for a fact that this engine doesn't know. */
  doorward_text (*fact)(const doorward_identity* identity, doorward_fact fact);
  /* [any thread] Microseconds since 1970-01-01 UTC. */
  int64_t (*moment)(const doorward_identity* identity, doorward_moment moment);
  /* [any thread, never blocks] The answer for somebody who may not pass: 303 to sign in for a
   * navigation, 401 problem+json for fetch and WebSocket, 403, 503. The request needs no body. */
  doorward_status (*refuse)(doorward_engine* engine, const doorward_request* request,
                            const doorward_rule* rule, const doorward_decision* decision,
                            const doorward_response* response);
  /* [any thread, may block] One of Doorward's own pages or calls. HEAD is answered as GET is, body and all: its length
   * is what Content-Length says (RFC 9110 8.6), and it isn't sent. */
  doorward_status (*handle)(doorward_engine* engine, const doorward_request* request,
                            const doorward_response* response);
  /* [any thread, never blocks] A signed statement of who this is, for what stands behind the server: a JWT (RFC
   * 7519), good for minutes, whose keys are at MOUNT/jwks.json. Ask for it only of an identity that came with
   * ALLOW, and only where it is wanted: one that isn't at hand is signed first, which takes 0.1 ms. */
  doorward_status (*assertion)(doorward_engine* engine, const doorward_identity* identity,
                               const doorward_sink* out);
  /* [any thread; reads a file when a time zone is first met] A moment as this person reads it, in their zone and language, by
   * their clock: "21 November 2026, 5:00 PM". What they haven't chosen is UTC, and says so, the site's first language, and
   * 24 hours; so is all of it for a null identity, nobody. In microseconds since 1970-01-01 UTC; INVALID: before 0001-01-02
   * or after 9999-12-30, UTC, since a day further a zone may lead out of the years 1 to 9999. */
  doorward_status (*format_time)(doorward_engine* engine, const doorward_identity* identity,
                                 int64_t microseconds, const doorward_sink* out);
  /* [any thread, never blocks] A MAC address as this person reads it: "00:1b:63:84:45:e6". `address` is its six bytes, or text
   * in any usual spelling: "00:1B:63:84:45:E6", "0:1b:63:84:45:e6", "00-1B-63-84-45-E6", "001b.6384.45e6", "001B638445E6".
   * What has the size 6 is always taken as bytes, "abcdef" too: no spelling is that short.
   * INVALID: it is none of these. A null identity is nobody: with colons. */
  doorward_status (*format_mac)(doorward_engine* engine, const doorward_identity* identity,
                                doorward_text address, const doorward_sink* out);
} doorward_host;

/* The only symbol that libdoorward.so exports. [any thread] */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const doorward_host* doorward_host_v1(void);

#ifdef __cplusplus
}
#endif
#endif
