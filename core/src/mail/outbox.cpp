#include "mail/outbox.hpp"

#include "records/outbox_message.hpp"

namespace doorward::mail {

OutboxId enqueue(records::Transaction& tx, const Draft& draft, Time now, Random& random) {
  records::OutboxMessage message;
  message.id = OutboxId::make(now, random);
  message.kind = draft.kind;
  message.subject = draft.subject;
  message.recipient = draft.recipient;
  message.payload = draft.payload;
  message.locale = draft.locale;
  message.created_at = now;
  message.expires_at = draft.expires_at;
  message.next_at = now + draft.hold_back;
  records::OutboxMessages(tx).insert(message);
  return message.id;
}

}  // namespace doorward::mail
