// mailer/smtp: hands letters to a mail server by SMTP (RFC 5321), over TLS, STARTTLS (demanded, never
// tried) or, on this machine only, in the clear. Letters sent at once have a connection each; a connection
// is kept for the next letter.
#include <curl/curl.h>

#include <doorward/sdk/mailer.hpp>
#include <memory>
#include <mutex>
#include <vector>

#include "common/compose.hpp"
#include "common/header.hpp"
#include "options.hpp"
#include "session.hpp"

namespace {

using doorward::sdk::Failure;
using doorward::sdk::Status;
using doorward::smtp::Session;

class Smtp final : public doorward::sdk::Mailer {
 public:
  Smtp(const doorward::sdk::Services&, const doorward::sdk::Settings& settings)
      : options_(doorward::smtp::read_options(settings)) {}

  void start() override {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
      throw Failure(Status::fault, "libcurl can't be used");
  }

  void stop() noexcept override {
    idle_.clear();
    curl_global_cleanup();
  }

  void send(const doorward::sdk::Mail& mail, std::chrono::milliseconds timeout) override {
    const std::string message = doorward::mailer::compose(mail);
    const doorward::smtp::Delivery delivery{
        doorward::mailer::addr_spec(mail.from_address, "the sender's address"),
        doorward::mailer::addr_spec(mail.to_address, "the recipient's address"), message};
    auto session = take();
    session->deliver(delivery, timeout);  // one that failed is not used again
    give_back(std::move(session));
  }

 private:
  static constexpr std::size_t idle_limit = 4;

  std::unique_ptr<Session> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!idle_.empty()) {
        auto session = std::move(idle_.back());
        idle_.pop_back();
        return session;
      }
    }
    return std::make_unique<Session>(options_);
  }

  void give_back(std::unique_ptr<Session> session) {
    const std::lock_guard lock(mutex_);
    if (idle_.size() < idle_limit) idle_.push_back(std::move(session));
  }

  const doorward::smtp::Options options_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Session>> idle_;
};

}  // namespace

DOORWARD_MAILER_PLUGIN(Smtp, "smtp", "1.0.0", "hands letters to a mail server",
                       doorward::smtp::declared_options())
