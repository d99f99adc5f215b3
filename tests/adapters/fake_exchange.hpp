// What crosses the border in a request and its answer, read and written by the scripted engine.
#pragma once
#include <doorward/host.h>

#include <algorithm>
#include <cstdlib>
#include <string>
#include <string_view>

namespace fake {

inline std::string_view view(doorward_text t) {
  return t.size == 0 ? std::string_view() : std::string_view(t.data, t.size);
}
inline doorward_text text(std::string_view s) { return {s.data(), s.size()}; }

inline std::string header_of(const doorward_request& request, std::string_view name) {
  for (size_t i = 0; i < request.header_count; ++i) {
    const auto given = view(request.headers[i].name);
    if (given.size() == name.size() &&
        std::equal(given.begin(), given.end(), name.begin(),
                   [](char a, char b) { return (a >= 'A' && a <= 'Z' ? a + 32 : a) == b; })) {
      return std::string(view(request.headers[i].value));
    }
  }
  return {};
}

inline std::string quoted(std::string_view s) {
  std::string out = "\"";
  for (const char c : s) {
    if (c == '"' || c == '\\') {
      out += '\\';
    }
    if (static_cast<unsigned char>(c) < 0x20) {
      out += "\\u00";
      out += "0123456789abcdef"[(c >> 4) & 15];
      out += "0123456789abcdef"[c & 15];
    } else {
      out += c;
    }
  }
  return out + "\"";
}

inline std::string echo(const doorward_request& request) {
  std::string out = "{\"method\":" + quoted(view(request.method)) +
                    ",\"scheme\":" + quoted(view(request.scheme)) +
                    ",\"target\":" + quoted(view(request.target)) +
                    ",\"path\":" + quoted(view(request.path)) + ",\"query\":" + quoted(view(request.query)) +
                    ",\"client_address\":" + quoted(view(request.client_address)) +
                    ",\"body_size\":" + std::to_string(request.body.size) +
                    ",\"body\":" + quoted(view(request.body)) + ",\"headers\":[";
  for (size_t i = 0; i < request.header_count; ++i) {
    out += (i == 0 ? "[" : ",[") + quoted(view(request.headers[i].name)) + "," +
           quoted(view(request.headers[i].value)) + "]";
  }
  return out + "]}";
}

class Reply {
 public:
  explicit Reply(const doorward_response* to) : to_(*to) {}
  void status(int code) const { to_.status(to_.self, code); }
  void header(std::string_view name, std::string_view value) const {
    to_.header(to_.self, text(name), text(value));
  }
  void body(std::string_view chunk) const { to_.body(to_.self, text(chunk)); }

 private:
  const doorward_response& to_;
};

inline int number_in(std::string_view query, std::string_view key, int fallback) {
  const auto at = query.find(key);
  return at == std::string_view::npos ? fallback
                                      : std::atoi(std::string(query.substr(at + key.size())).c_str());
}

}  // namespace fake
