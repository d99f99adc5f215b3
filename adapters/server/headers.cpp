#include "server/headers.hpp"

#include <algorithm>
#include <array>

#include "embedding/identity.hpp"

namespace doorward::server {

namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(),
                     [name](const std::string& each) { return equal(each, name); });
}

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& names, std::string_view name) {
  return std::any_of(names.begin(), names.end(), [name](std::string_view each) { return equal(each, name); });
}

// Written anew below, or answered here ("Expect"); "Proxy" would become HTTP_PROXY in a CGI's environment.
constexpr std::array<std::string_view, 7> rewritten{
    "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "X-Real-IP", "Forwarded", "Expect", "Proxy"};

void add_cookies(Fields& fields, const embedding::Surface& surface, std::string_view header) {
  std::string rest(header.size(), '\0');
  rest.resize(surface.without_own_cookies(header, rest.data()));
  if (!rest.empty()) fields.insert("Cookie", rest);
}

}  // namespace

bool equal(std::string_view a, std::string_view b) noexcept {
  return a.size() == b.size() &&
         std::equal(a.begin(), a.end(), b.begin(), [](char x, char y) { return lower(x) == lower(y); });
}

bool is_claimed(const embedding::Surface& surface, std::string_view name) noexcept {
  if (surface.claims_header(name)) return true;
  // These are ours whatever the engine says: this is where they are filled in.
  constexpr std::string_view own = "x-doorward-";
  if (name.size() < own.size()) return false;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const char c = lower(name[i]);
    const bool letter = c >= 'a' && c <= 'z';
    if (own[i] == '-' ? letter || (c >= '0' && c <= '9') : c != own[i]) return false;
  }
  return true;
}

bool is_hop_by_hop(std::string_view name, const std::vector<std::string>& listed) {
  static constexpr std::array<std::string_view, 9> known{"Connection",
                                                         "Keep-Alive",
                                                         "Proxy-Connection",
                                                         "Proxy-Authenticate",
                                                         "Proxy-Authorization",
                                                         "TE",
                                                         "Trailer",
                                                         "Transfer-Encoding",
                                                         "Upgrade"};
  return contains(known, name) || contains(listed, name);
}

std::vector<std::string> connection_lists(const Fields& fields) {
  std::vector<std::string> names;
  for (const std::string& value : values_of(fields, "Connection")) {
    for (std::size_t begin = 0; begin <= value.size();) {
      const std::size_t end = std::min(value.find(',', begin), value.size());
      std::string name = value.substr(begin, end - begin);
      name.erase(0, name.find_first_not_of(" \t"));
      name.erase(name.find_last_not_of(" \t") + 1);
      std::transform(name.begin(), name.end(), name.begin(), lower);
      if (!name.empty()) names.push_back(std::move(name));
      begin = end + 1;
    }
  }
  return names;
}

std::vector<std::string> values_of(const Fields& fields, std::string_view name) {
  std::vector<std::string> values;
  for (const auto& field : fields)
    if (equal(view(field.name_string()), name)) values.emplace_back(view(field.value()));
  return values;
}

Fields upstream_fields(const Fields& client, const embedding::Surface& surface, const Forwarded& forwarded,
                       const Known& known) {
  Fields fields;
  const auto listed = connection_lists(client);
  for (const auto& field : client) {
    const std::string_view name = view(field.name_string()), value = view(field.value());
    if (equal(name, "Cookie")) {
      add_cookies(fields, surface, value);
    } else if (equal(name, "Host") || equal(name, "Content-Length")) {
      fields.set(name, value);  // once, and Connection can't list them away
    } else if (!is_hop_by_hop(name, listed) && !is_claimed(surface, name) && !contains(rewritten, name)) {
      fields.insert(name, value);
    }
  }
  fields.set("X-Forwarded-For", forwarded.client);
  fields.set("X-Forwarded-Proto", forwarded.scheme);
  fields.set("X-Forwarded-Host", forwarded.host);
  if (known.identity == nullptr) return fields;
  for (const auto& told : embedding::all_told)
    if (const auto text = embedding::told_text(known.host, known.identity, told.fact); !text.empty())
      fields.set(told.header, embedding::header_text(text));
  if (!known.assertion.empty()) fields.set(embedding::assertion_header, known.assertion);
  return fields;
}

}  // namespace doorward::server
