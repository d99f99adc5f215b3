/* Parts: small libraries of Doorward's own that are opened when they are first needed, because of what they link
 * (docs/decisions/0018). Each exports one C function; nothing is thrown across it, and it may be called from any thread. */
#ifndef DOORWARD_PARTS_PART_H
#define DOORWARD_PARTS_PART_H
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Takes what a part made; borrowed until it returns. */
typedef void (*doorward_part_put)(void* self, const char* data, size_t size);

enum {
  DOORWARD_PICTURE_MADE = 0,
  DOORWARD_PICTURE_OTHER_TYPE = 1,      /* neither PNG, JPEG nor WebP, or one that moves */
  DOORWARD_PICTURE_TOO_MANY_PIXELS = 2, /* by its header */
  DOORWARD_PICTURE_DAMAGED = 3,         /* or made to take long */
  DOORWARD_PICTURE_NO_MEMORY = 4,
  DOORWARD_PICTURE_BUSY = 5 /* others' pictures took all of two seconds */
};

/* picture.so: any still PNG, JPEG or WebP becomes a WebP of 256 by 256 pixels: the middle of it, upright, without
 * metadata. `put` is called once where it was made. Takes at most 32 MiB, one at a time in each process: the others
 * wait, for two seconds at most. */
int doorward_picture_v1(const char* file, size_t size, void* self, doorward_part_put put);

/* phone.so: a phone number as people write it. `country`: two letters, of numbers without "+"; or empty. Where 1 is
 * returned, `put` was called twice: with E.164 ("+4930901820"), and with how it is shown ("+49 30 901820"). 0: no number. */
int doorward_phone_v1(const char* text, size_t size, const char* country, void* self, doorward_part_put put);

typedef struct {
  const char* url;     /* https, or http */
  const char* headers; /* of the request, "Name: value" each, with "\n" between them; or empty */
  const char* ca_file; /* certificates of the authorities that are trusted; empty: the system's */
  long timeout_ms;     /* for the whole, from the host's name to the last byte: 1 to 60,000 */
  size_t max_size;     /* of the body, in bytes */
} doorward_fetch_wish;

enum { DOORWARD_FETCHED = 0, DOORWARD_FETCH_FAILED = 1 };

/* fetch.so: the body that is answered, with status 200, to a GET. No redirect is followed, and no proxy asked that the
 * environment names. `put` is called once: with the body, or with a line for ops that says why there is none. */
int doorward_fetch_v1(const doorward_fetch_wish* wish, void* self, doorward_part_put put);

#ifdef __cplusplus
}
#endif
#endif
