#include "plugin_host/mailer_client.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <new>
#include <utility>

#include "base/errors.hpp"
#include "base/text.hpp"

namespace doorward::plugin_host {
namespace {

constexpr std::size_t longest_reason = 500;

doorward_text borrowed(std::string_view text) { return {text.data(), text.size()}; }

void append(void* self, doorward_text part) noexcept {
  auto& reason = *static_cast<std::string*>(self);
  const std::size_t room = longest_reason - std::min(longest_reason, reason.size());
  try {
    if (part.data != nullptr) reason.append(part.data, std::min(part.size, room));
  } catch (const std::bad_alloc&) {  // a reason cut short is a reason still
  }
}

std::uint32_t milliseconds_of(std::chrono::milliseconds timeout) {
  constexpr auto most = std::int64_t{std::numeric_limits<std::uint32_t>::max()};
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(timeout.count(), 1, most));
}

// Fit for the log and for a record: one line, and UTF-8 even where it was cut or the other side's.
std::string presentable(std::string reason) {
  if (!is_utf8(reason))
    std::replace_if(
        reason.begin(), reason.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return escape_line(reason);
}

mail::Sent::Outcome outcome_of(doorward_status status) {
  switch (status) {
    case DOORWARD_OK: return mail::Sent::Outcome::accepted;
    case DOORWARD_REFUSED:
    case DOORWARD_INVALID: return mail::Sent::Outcome::refused;
    default: return mail::Sent::Outcome::later;
  }
}

}  // namespace

MailerClient::MailerClient(const Plugin& plugin)
    : table_(plugin.table<doorward_mailer>()), self_(plugin.self()), name_(plugin.name()) {
  if (table_.send == nullptr) throw BadSettings("mailer " + name_ + ": its table of functions has no send");
}

mail::Sent MailerClient::send(const mail::Letter& letter, std::chrono::milliseconds timeout) {
  doorward_mail mail{};
  mail.size = sizeof mail;
  mail.message_id = borrowed(letter.message_id);
  mail.date = to_microseconds(letter.date);
  mail.from_name = borrowed(letter.from_name);
  mail.from_address = borrowed(letter.from_address);
  mail.to_name = borrowed(letter.to_name);
  mail.to_address = borrowed(letter.to_address);
  mail.subject = borrowed(letter.subject);
  mail.text = borrowed(letter.text);
  mail.html = borrowed(letter.html);
  mail.language = borrowed(letter.language);

  std::string reason;
  const doorward_sink why{&reason, &append};
  const doorward_status status = table_.send(self_, &mail, milliseconds_of(timeout), &why);
  const mail::Sent::Outcome outcome = outcome_of(status);
  if (outcome == mail::Sent::Outcome::accepted) return {outcome, {}};
  if (reason.empty()) reason = "status " + std::to_string(static_cast<int>(status)) + ", and no reason given";
  return {outcome, "mailer " + name_ + ": " + presentable(std::move(reason))};
}

}  // namespace doorward::plugin_host
