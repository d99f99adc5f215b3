#include "apache/headers.hpp"

#include <algorithm>
#include <iterator>
#include <span>

namespace doorward::apache {
namespace {

std::span<const apr_table_entry_t> entries(const apr_table_t* table) noexcept {
  const auto* array = apr_table_elts(table);
  return {reinterpret_cast<const apr_table_entry_t*>(array->elts), static_cast<std::size_t>(array->nelts)};
}

// Apache joins several Cookie headers of one request with ", ". Browsers send one (RFC 6265 5.4), and whoever may set some
// cookie for this host could write ", " and another's name into its value: a cookie of Doorward's behind a comma isn't
// one. It may be a real one of a client that sent two headers all the same, so what it stands in doesn't go on.
bool hides_own_cookie(std::string_view pair, const embedding::Surface& surface) noexcept {
  for (auto comma = pair.find(", "); comma != std::string_view::npos; comma = pair.find(", ", comma + 1)) {
    if (surface.look_at_cookies(pair.substr(comma + 2)).ours) {
      return true;
    }
  }
  return false;
}

std::string without_hidden_cookies(std::string_view header, const embedding::Surface& surface) {
  std::string kept;
  while (!header.empty()) {
    const auto end = header.find(';');
    const auto pair = header.substr(0, end);
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    if (!hides_own_cookie(pair, surface)) {
      kept.append(kept.empty() ? "" : ";").append(pair);
    }
  }
  return kept;
}

// What may go on of a Cookie header; empty: nothing.
std::string remaining_cookies(std::string_view sent, Visitor& visitor) {
  const auto& surface = *visitor.site().surface;
  const auto mix = surface.look_at_cookies(sent);
  std::string rest(sent);
  if (mix.ours) {
    visitor.take_cookie(rest);
    rest.resize(mix.others ? surface.without_own_cookies(sent, rest.data()) : 0);
  }
  return rest.find(", ") == std::string::npos ? rest : without_hidden_cookies(rest, surface);
}

// A proxy takes out every header that Connection names (RFC 9110 7.6.1), and mod_proxy does so when the identity has already
// been told: a client could have it forgotten. What servers themselves understand stays.
std::string known_options(std::string_view sent) {
  constexpr std::string_view known[] = {"close", "keep-alive", "upgrade", "te", "http2-settings"};
  std::string kept;
  while (!sent.empty()) {
    const auto end = sent.find(',');
    std::string option(sent.substr(0, end));
    option.erase(0, option.find_first_not_of(" \t"));
    option.erase(option.find_last_not_of(" \t") + 1);
    sent.remove_prefix(end == std::string_view::npos ? sent.size() : end + 1);
    const bool is_known = std::any_of(std::begin(known), std::end(known), [&](std::string_view name) {
      return ap_cstr_casecmp(option.c_str(), name.data()) == 0;
    });
    if (is_known) {
      kept.append(kept.empty() ? "" : ", ").append(option);
    }
  }
  return kept;
}

// Puts these in the place of all headers of the name.
void replace(request_rec* r, const char* name, const std::vector<std::string>& values) {
  if (values.empty()) {
    return;
  }
  apr_table_unset(r->headers_in, name);
  for (const auto& value : values) {
    if (!value.empty()) {
      apr_table_addn(r->headers_in, name, copy(r->pool, value));
    }
  }
}

}  // namespace

void clean_headers(request_rec* r, Visitor& visitor) {
  std::vector<const char*> forged;
  std::vector<std::string> cookies, options;
  for (const auto& header : entries(r->headers_in)) {
    if (visitor.site().surface->claims_header(view(header.key))) {
      forged.push_back(header.key);
    } else if (ap_cstr_casecmp(header.key, "Cookie") == 0) {
      cookies.push_back(remaining_cookies(view(header.val), visitor));
    } else if (ap_cstr_casecmp(header.key, "Connection") == 0) {
      options.push_back(known_options(view(header.val)));
    }
  }
  for (const char* name : forged) {
    apr_table_unset(r->headers_in, name);
  }
  replace(r, "Cookie", cookies);
  replace(r, "Connection", options);
}

}  // namespace doorward::apache
