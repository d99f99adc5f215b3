// What kind of client asks, and so which face of an answer it gets.
#pragma once
#include "http/request.hpp"

namespace doorward::http {

// A browser on its way to a page, rather than a script, a socket or another program. Fetch metadata decides where it is sent.
bool is_navigation(const Request& request);
bool prefers_json(const Request& request);  // asks for JSON, or sends it
enum class BodyKind {
  none,
  form,
  json,
  multipart,  // a form with a file
  picture,    // image/*: the body is the file
  other
};
BodyKind body_kind(const Request& request);  // by Content-Type

}  // namespace doorward::http
