#include "http/return_to.hpp"

#include <algorithm>
#include <boost/url/encode.hpp>
#include <boost/url/grammar/lut_chars.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/rfc/unreserved_chars.hpp>
#include <boost/url/url_view.hpp>

#include "base/text.hpp"

namespace doorward::http {
namespace {

// Of these an address below "/" may consist in any order, and decodes to itself: nothing to look for, as in nearly every one.
constexpr boost::urls::grammar::lut_chars plain(
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/?=&");

}  // namespace

std::optional<ReturnTo> ReturnTo::parse(std::string_view text) {
  if (text.empty() || text.size() > 2048 || text.front() != '/' || text.starts_with("//"))
    return std::nullopt;
  if (std::all_of(text.begin(), text.end(), plain)) return ReturnTo(std::string(text));
  const auto parsed = boost::urls::parse_relative_ref(boost::urls::string_view(text.data(), text.size()));
  if (!parsed || parsed->has_authority() || parsed->has_scheme() || parsed->has_fragment())
    return std::nullopt;
  const std::string path = parsed->path();
  const std::string query = parsed->query();
  if (!is_utf8(path) || has_control(path) || path.find('\\') != std::string::npos || path.starts_with("//")) {
    return std::nullopt;
  }
  if (query.find('\0') != std::string::npos || query.find('\r') != std::string::npos ||
      query.find('\n') != std::string::npos) {
    return std::nullopt;
  }
  return ReturnTo(std::string(text));
}

std::string query_escape(std::string_view text) {
  return boost::urls::encode(boost::urls::string_view(text.data(), text.size()),
                             boost::urls::unreserved_chars);
}

}  // namespace doorward::http
