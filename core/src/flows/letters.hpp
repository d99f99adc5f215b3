// What flows have to do with letters: a flow asks for one in its transaction; who gets which letter is decided when it
// is sent, by the composer that the same flow registers for its kind.
#pragma once
#include <string>

#include "flows/flow.hpp"
#include "mail/composer.hpp"
#include "mail/outbox.hpp"
#include "pages/reader.hpp"
#include "records/account.hpp"

namespace doorward::flows {

using Letters = mail::Composers;

// The words every letter may use: site, and where to turn to.
nlohmann::json letter_model(const Services& services);
// What a notice says of a request: when it was, and from where.
nlohmann::json happened(const Call& call);

void enqueue(records::Transaction& tx, const Call& call, mail::Draft draft);
// To the account's primary address, about something that was done to it; 24 hours long worth sending.
void enqueue_notice(records::Transaction& tx, const Call& call, const std::string& kind,
                    const AccountId& account);
// How somebody reads what is written to them. `otherwise`: the language where they have chosen none, of whoever asked for
// the letter.
pages::Reader reader_of(const records::Account& account, const std::string& otherwise);
// Sends `letter` with the payload of the draft as its model.
mail::Composer notice_composer(const Services& services, const std::string& letter);

}  // namespace doorward::flows
