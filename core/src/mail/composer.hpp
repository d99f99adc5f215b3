// Who gets which letter, decided when it is sent. A flow answers a stranger the same way whether an address
// is known or not, in the same time, since what differs happens here, later, and is seen by the mailbox
// alone.
#pragma once
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "pages/reader.hpp"
#include "records/database.hpp"
#include "records/outbox_message.hpp"

namespace doorward::mail {

struct Composed {
  std::string letter;   // the template: theme/mails/<letter>.txt
  std::string to_name;  // may be empty
  std::string to_address;
  pages::Reader reader;  // of the letter
  nlohmann::json
      model;  // what the template is filled with; links with their tokens are in here, and nowhere else
};

// Called in the write transaction that takes the message; may write. None: nobody gets anything, and the
// message is forgotten. May be called again for the same message, after a crash or a failure, and says the
// same then. Throws nothing that is to be expected.
using Composer = std::function<std::optional<Composed>(records::Transaction&, const records::OutboxMessage&)>;
using Composers = std::map<std::string, Composer, std::less<>>;  // by kind

}  // namespace doorward::mail
