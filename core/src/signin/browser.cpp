#include "signin/browser.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/token.hpp"

namespace doorward::signin {
namespace {
constexpr std::size_t device_id_size = 22;  // 16 bytes as base64url
constexpr std::size_t proof_size = 1 + crypto::token_text_size;  // with the point before it
constexpr std::size_t most_proofs = 4;
}

std::string Browsers::make_id(Random& random) { return crypto::base64url(random.bytes(crypto::token_size)); }

bool Browsers::is_id(std::string_view cookie) {
  if (cookie.size() != crypto::token_text_size) return false;
  const auto bytes = crypto::from_base64url(cookie);
  return bytes && bytes->size() == crypto::token_size;
}

std::string Browsers::csrf_token(std::string_view id) const {
  return crypto::base64url(keys_.derive(keys_.current(), "csrf", id));
}

bool Browsers::is_csrf_token(std::string_view id, std::string_view token) const {
  return is_id(id) && crypto::equal(token, csrf_token(id));
}

std::string Browsers::binding(std::string_view id) const {
  if (!is_id(id)) return {};
  return keys_.derive(keys_.current(), "browser", id);
}

std::string Browsers::device_proof(std::string_view key_id, std::string_view id,
                                   const AccountId& account) const {
  return crypto::base64url(keys_.derive(key_id, "device", std::string(id) + "|" + account.str()));
}

std::string Browsers::device(std::string_view cookie, const AccountId& account, Random& random) const {
  const bool known = is_device(cookie);
  const std::string id =
      known ? std::string(cookie.substr(0, device_id_size)) : crypto::base64url(random.bytes(16));
  const std::string own = device_of(cookie, account);
  std::string made = id + "." + device_proof(keys_.current(), id, account);
  std::size_t proofs = 1;
  for (std::size_t at = device_id_size; known && at < cookie.size() && proofs < most_proofs;
       at += proof_size) {
    const std::string_view proof = cookie.substr(at, proof_size);
    if (own.ends_with(proof)) continue;
    made += proof;
    ++proofs;
  }
  return made;
}

bool Browsers::is_device(std::string_view cookie) {
  if (cookie.size() <= device_id_size || (cookie.size() - device_id_size) % proof_size != 0) return false;
  if ((cookie.size() - device_id_size) / proof_size > most_proofs) return false;
  for (std::size_t at = device_id_size; at < cookie.size(); at += proof_size) {
    if (cookie[at] != '.' || cookie.find('.', at + 1) < at + proof_size) return false;
  }
  return cookie.find('.') == device_id_size;
}

std::string Browsers::device_of(std::string_view cookie, const AccountId& account) const {
  if (!is_device(cookie)) return {};
  const std::string_view id = cookie.substr(0, device_id_size);
  for (const std::string& key : keys_.ids()) {  // also one that was given under an older key
    const std::string expected = device_proof(key, id, account);
    for (std::size_t at = device_id_size; at < cookie.size(); at += proof_size) {
      if (crypto::equal(cookie.substr(at + 1, proof_size - 1), expected))
        return std::string(id) + "." + expected;
    }
  }
  return {};
}

}  // namespace doorward::signin
