#include "embedding/surface.hpp"

#include "embedding/text.hpp"

#include <algorithm>
#include <cstring>
#include <stdexcept>

namespace doorward::embedding {
namespace {

constexpr std::array<char, 256> make_fold() {
  std::array<char, 256> fold{};
  for (std::size_t i = 0; i < fold.size(); ++i) {
    const char c = static_cast<char>(i);
    if (c >= 'A' && c <= 'Z') {
      fold[i] = static_cast<char>(c - 'A' + 'a');
    } else if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9')) {
      fold[i] = c;
    } else {
      fold[i] = '-';
    }
  }
  return fold;
}
constexpr auto fold_table = make_fold();

char fold(char c) noexcept { return fold_table[static_cast<unsigned char>(c)]; }

std::string_view trim(std::string_view s) noexcept {
  while (!s.empty() && (s.front() == ' ' || s.front() == '\t')) {
    s.remove_prefix(1);
  }
  while (!s.empty() && (s.back() == ' ' || s.back() == '\t')) {
    s.remove_suffix(1);
  }
  return s;
}

// Calls visit(pair, name) for each cookie pair of a Cookie header; empty pairs are left out.
template <typename Visit>
void each_cookie(std::string_view header, Visit&& visit) {
  while (!header.empty()) {
    const auto end = header.find(';');
    const auto pair = trim(header.substr(0, end));
    header.remove_prefix(end == std::string_view::npos ? header.size() : end + 1);
    if (!pair.empty()) {
      visit(pair, trim(pair.substr(0, pair.find('='))));
    }
  }
}

std::vector<std::string> copies(const doorward_text* texts, std::size_t count) {
  std::vector<std::string> result;
  for (std::size_t i = 0; i < count; ++i) {
    result.emplace_back(view(texts[i]));
  }
  return result;
}

}  // namespace

Surface::Surface(const doorward_surface& described)
    : mount_(view(described.mount)),
      paths_(copies(described.paths, described.path_count)),
      identity_headers_(copies(described.identity_headers, described.identity_header_count)),
      cookies_(copies(described.cookies, described.cookie_count)),
      max_body_(described.max_body) {
  if (described.size >= sizeof described) {  // an older engine's ends here
    uploads_ = copies(described.uploads, described.upload_count);
    max_upload_ = described.max_upload;
  }
  prepare();
}

void Surface::prepare() {
  while (!mount_.empty() && mount_.back() == '/') {
    mount_.pop_back();
  }
  may_be_own_.fill(false);
  for (const auto& path : paths_) {
    if (path.size() > 1) {
      may_be_own_[static_cast<unsigned char>(path[1])] = true;
    }
  }
  if (mount_.size() > 1) {
    may_be_own_[static_cast<unsigned char>(mount_[1])] = true;
  }
  may_begin_.fill(false);
  for (auto& pattern : identity_headers_) {
    const bool any_ending = !pattern.empty() && pattern.back() == '*';
    for (auto& c : pattern) {
      c = fold(c);
    }
    if (any_ending) {
      pattern.back() = '*';
    }
    for (std::size_t i = 0; i < may_begin_.size(); ++i) {
      if (!pattern.empty() && (pattern == "*" || fold_table[i] == pattern.front())) {
        may_begin_[i] = true;
      }
    }
  }
}

bool Surface::matches_path(std::string_view path) const noexcept {
  if (!mount_.empty() && path.starts_with(mount_) &&
      (path.size() == mount_.size() || path[mount_.size()] == '/')) {
    return true;
  }
  for (const auto& single : paths_) {
    if (path == single) {
      return true;
    }
  }
  return false;
}

bool Surface::takes_upload(std::string_view path) const noexcept {
  return std::find(uploads_.begin(), uploads_.end(), path) != uploads_.end();
}

bool Surface::matches_header(std::string_view name) const noexcept {
  for (std::string_view pattern : identity_headers_) {
    const bool any_ending = pattern.ends_with('*');
    if (any_ending) {
      pattern.remove_suffix(1);
    }
    if (any_ending ? name.size() < pattern.size() : name.size() != pattern.size()) {
      continue;
    }
    std::size_t i = 0;
    while (i < pattern.size() && fold(name[i]) == pattern[i]) {
      ++i;
    }
    if (i == pattern.size()) {
      return true;
    }
  }
  return false;
}

bool Surface::own_cookie(std::string_view name) const noexcept {
  for (const auto& cookie : cookies_) {
    if (name == cookie) {
      return true;
    }
  }
  return false;
}

CookieMix Surface::look_at_cookies(std::string_view header) const noexcept {
  CookieMix mix;
  each_cookie(header, [&](std::string_view, std::string_view name) {
    (own_cookie(name) ? mix.ours : mix.others) = true;
  });
  return mix;
}

std::size_t Surface::without_own_cookies(std::string_view header, char* rest) const noexcept {
  std::size_t written = 0;
  each_cookie(header, [&](std::string_view pair, std::string_view name) {
    if (own_cookie(name)) {
      return;
    }
    if (written != 0) {
      // A pair that came without a space after its ";" has no room for one here.
      const bool spaced = pair.data() - header.data() >= static_cast<std::ptrdiff_t>(written) + 2;
      rest[written++] = ';';
      if (spaced) {
        rest[written++] = ' ';
      }
    }
    std::memcpy(rest + written, pair.data(), pair.size());
    written += pair.size();
  });
  return written;
}

std::vector<std::string> Surface::pack() const {
  std::vector<std::string> texts{mount_, std::to_string(max_body_), std::to_string(max_upload_)};
  for (const auto* list : {&paths_, &identity_headers_, &cookies_, &uploads_}) {
    texts.push_back(std::to_string(list->size()));
    texts.insert(texts.end(), list->begin(), list->end());
  }
  return texts;
}

Surface Surface::unpack(const std::vector<std::string>& texts) {
  std::size_t at = 0;
  const auto next = [&]() -> const std::string& {
    if (at == texts.size()) {
      throw std::runtime_error("the description of the engine's paths and headers is cut short");
    }
    return texts[at++];
  };
  Surface surface;
  surface.mount_ = next();
  surface.max_body_ = std::stoull(next());
  surface.max_upload_ = std::stoull(next());
  for (auto* list : {&surface.paths_, &surface.identity_headers_, &surface.cookies_, &surface.uploads_}) {
    for (auto left = std::stoull(next()); left > 0; --left) {
      list->push_back(next());
    }
  }
  surface.prepare();
  return surface;
}

}  // namespace doorward::embedding
