#include "signin/evidence.hpp"

#include <charconv>
#include <stdexcept>

namespace doorward::signin {

Evidence Evidence::with(const FactorProof& proof) const {
  if (proof.account() != account_) throw std::logic_error("somebody else's second factor");
  Evidence evidence = *this;
  if ((" " + methods_ + " ").find(" " + proof.method() + " ") == std::string::npos)
    evidence.methods_ += " " + proof.method();
  evidence.factor_given_ = true;
  return evidence;
}

Evidence Evidence::renewing(const records::Session& session) const {
  if (session.account != account_) throw std::logic_error("somebody else's session");
  Evidence evidence = *this;
  evidence.renewed_ = session.hash;
  if (session.methods != methods_) evidence.authenticated_at_ = session.authenticated_at;
  evidence.methods_ = session.methods;
  return evidence;
}

Evidence Evidence::of_session(const records::Session& session, const records::Account& account) {
  return Evidence(account.id, {}, account.password_changed_at).renewing(session);
}

std::optional<Evidence> Evidence::of_signup(const records::Token& taken, std::string_view binding,
                                            const AccountId& account) {
  const bool same_browser = !binding.empty() && crypto::equal(taken.binding, binding);
  if (taken.purpose != records::TokenPurpose::signup || !same_browser) return std::nullopt;
  return Evidence(account, "pwd", {});
}

std::string Evidence::kept() const {
  return (password_since_ ? std::to_string(to_microseconds(*password_since_)) : "-") + " " + methods_;
}

std::optional<Evidence> Evidence::of_step(const records::Token& token, std::string_view binding,
                                          std::string_view kept) {
  const bool same_browser = !binding.empty() && crypto::equal(token.binding, binding);
  if (token.purpose != records::TokenPurpose::second_factor || token.account.empty() || !same_browser)
    return std::nullopt;
  const std::size_t space = kept.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::string_view since = kept.substr(0, space);
  Evidence evidence(token.account, std::string(kept.substr(space + 1)), {});
  if (since == "-") return evidence;
  std::int64_t microseconds = 0;
  const auto read = std::from_chars(since.data(), since.data() + since.size(), microseconds);
  if (read.ec != std::errc() || read.ptr != since.data() + since.size()) return std::nullopt;
  evidence.password_since_ = from_microseconds(microseconds);
  return evidence;
}

}  // namespace doorward::signin
