#include "cli/session.hpp"

#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "base/errors.hpp"
#include "base/text.hpp"
#include "cli/owner.hpp"
#include "pages/renderer.hpp"
#include "settings/read.hpp"

namespace doorward::cli {

namespace {

// What only this command is told; the rest of the codes have their texts in the catalogue, as pages show them.
const std::map<std::string, std::string>& sentences() {
  static const std::map<std::string, std::string> all{
      {"email_invalid", "That is not an e-mail address."},
      {"email_taken", "An account with this address exists already."},
      {"login_name_invalid", "A login name has 1 to 64 characters and no @."},
      {"login_name_taken", "An account with this login name exists already."},
      {"no_such_account", "There is no such account: give its id, its address or its login name."},
      {"no_verified_address", "The account has no address that a letter could go to."},
      {"no_second_factor", "The account has no second factor."}};
  return all;
}

}  // namespace

void StandardError::write(Level level, std::string_view line) {
  if (level == Level::error || level == Level::warning)
    std::fprintf(stderr, "doorward: %s\n", escape_line(line).c_str());
}

Session::Session(const Command& command) {
  become_owner_of(settings::read(command.config).state_dir);
  engine_ = std::make_unique<engine::Engine>(command.config, engine::Surroundings{log_, clock_, random_});
  engine_->start(false);
  admin_ = std::make_unique<engine::Admin>(*engine_);
}

void Session::refuse(const Refusal& refusal) const {
  if (const auto found = sentences().find(refusal.code); found != sentences().end())
    throw Failure(Exit::refused, found->second);
  nlohmann::json arguments = nlohmann::json::object();
  for (const auto& [name, value] : refusal.arguments) arguments[name] = value;
  const std::string key = "error." + refusal.code;
  const std::string text = engine_->renderer().text(key, arguments, "en");
  throw Failure(Exit::refused, text == key ? "refused: " + refusal.code : text);
}

void Session::send_letters() {
  try {
    admin_->send_due();
  } catch (const std::exception& fault) {
    log_.warning(std::string("the letter will be sent by the web server: ") + fault.what());
  }
}

}  // namespace doorward::cli
