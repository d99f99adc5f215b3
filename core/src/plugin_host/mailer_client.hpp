// A mailer plugin as the outbox wants it: mail::Sender over the C table of doorward/mailer.h.
#pragma once
#include <doorward/mailer.h>

#include "mail/sender.hpp"
#include "plugin_host/loader.hpp"

namespace doorward::plugin_host {

inline constexpr std::string_view mailer_kind = "mailer/1";

class MailerClient final : public mail::Sender {  // any thread, once the plugin is started
 public:
  // `plugin` is of kind "mailer/1" and outlives the client. Throws BadSettings where its table has no send.
  explicit MailerClient(const Plugin& plugin);

  // A plugin that reports a defect of its own, or a status that mailer.h doesn't have, is tried again:
  // "later".
  mail::Sent send(const mail::Letter& letter, std::chrono::milliseconds timeout) override;

 private:
  const doorward_mailer& table_;
  void* self_;
  std::string name_;
};

}  // namespace doorward::plugin_host
