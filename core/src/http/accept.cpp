#include "http/accept.hpp"

#include <string>

#include "base/text.hpp"

namespace doorward::http {

bool is_navigation(const Request& request) {
  if (request.header("upgrade")) return false;
  if (const auto mode = request.header("sec-fetch-mode")) return *mode == "navigate";
  if (request.header("x-requested-with")) return false;
  const auto accept = request.header("accept");
  return accept && accept->find("text/html") != std::string_view::npos;
}

BodyKind body_kind(const Request& request) {
  const auto type = request.header("content-type");
  if (!type) return request.body.empty() ? BodyKind::none : BodyKind::other;
  const std::string essence = ascii_lower(trim(type->substr(0, type->find(';'))));
  if (essence == "application/x-www-form-urlencoded") return BodyKind::form;
  if (essence == "application/json") return BodyKind::json;
  if (essence == "multipart/form-data") return BodyKind::multipart;
  if (essence.starts_with("image/")) return BodyKind::picture;
  return BodyKind::other;
}

bool prefers_json(const Request& request) {
  if (body_kind(request) == BodyKind::json) return true;
  const auto accept = request.header("accept");
  return accept && accept->find("text/html") == std::string_view::npos &&
         accept->find("json") != std::string_view::npos;
}

}  // namespace doorward::http
