/* doorward/mailer.h - kind "mailer/1": hands one finished letter over to somebody who delivers it.
 * The engine writes letters, keeps them until they are handed over, and tries again; a mailer only
 * sends. It escapes or refuses what its own protocol can't carry (RFC 5322, RFC 2047, RFC 5321). */
#ifndef DOORWARD_MAILER_H
#define DOORWARD_MAILER_H
#include "plugin.h"
#ifdef __cplusplus
extern "C" {
#endif

typedef struct doorward_mail {
  uint32_t size;
  doorward_text message_id; /* "<id@host>": the same at every try of the same letter */
  int64_t date;             /* microseconds since 1970-01-01 UTC: when the letter was written */
  doorward_text from_name, from_address; /* the name may be empty; addresses have A-label domains */
  doorward_text to_name, to_address;
  doorward_text subject;
  doorward_text text; /* complete by itself; lines end in \n */
  doorward_text html; /* empty: there is none */
  doorward_text language; /* BCP 47 */
} doorward_mail;

typedef struct doorward_mailer {
  uint32_t size;
  /* [any thread, blocks for timeout_ms at most]
   * OK: the other side has taken the letter. REFUSED: it never will (SMTP 5xx). UNAVAILABLE: not now (4xx,
   * no connection, no time). INVALID: this letter can't be sent by anybody. `why` gets one line, without secrets. */
  doorward_status (*send)(void* self, const doorward_mail* mail, uint32_t timeout_ms, const doorward_sink* why);
} doorward_mailer;

#ifdef __cplusplus
}
#endif
#endif
