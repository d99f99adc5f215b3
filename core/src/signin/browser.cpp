#include "signin/browser.hpp"

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"
#include "crypto/token.hpp"

namespace doorward::signin {
namespace {
constexpr std::size_t device_id_size = 22;  // 16 bytes as base64url
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

std::string Browsers::device(const AccountId& account, Random& random) const {
  const std::string id = crypto::base64url(random.bytes(16));
  return id + "." + crypto::base64url(keys_.derive(keys_.current(), "device", id + "|" + account.str()));
}

bool Browsers::is_device(std::string_view cookie) {
  return cookie.find('.') == device_id_size && cookie.size() == device_id_size + 1 + crypto::token_text_size;
}

bool Browsers::is_device_of(std::string_view cookie, const AccountId& account) const {
  if (!is_device(cookie)) return false;
  const std::string id(cookie.substr(0, device_id_size));
  return crypto::equal(cookie.substr(device_id_size + 1),
                       crypto::base64url(keys_.derive(keys_.current(), "device", id + "|" + account.str())));
}

}  // namespace doorward::signin
