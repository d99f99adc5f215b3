// What applications are told of who is asking, and by which names: in the environment, and as headers.
#pragma once
#include <doorward/host.h>

#include "embedding/engine.hpp"

#include <array>
#include <string>
#include <string_view>

namespace doorward::embedding {

struct Told {
  const char* variable;
  const char* header;
  int fact;  // a doorward_fact; -1: the moment of signing in, in seconds since 1970
};

inline constexpr std::array<Told, 15> all_told{{
    {"DOORWARD_USER", "X-Doorward-User", DOORWARD_USER},
    {"DOORWARD_EMAIL", "X-Doorward-Email", DOORWARD_EMAIL},
    {"DOORWARD_NAME", "X-Doorward-Name", DOORWARD_NAME},
    {"DOORWARD_ROLES", "X-Doorward-Roles", DOORWARD_ROLES},
    {"DOORWARD_SESSION", "X-Doorward-Session", DOORWARD_SESSION},
    {"DOORWARD_LOCALE", "X-Doorward-Locale", DOORWARD_LOCALE},
    {"DOORWARD_METHODS", "X-Doorward-Methods", DOORWARD_METHODS},
    {"DOORWARD_TIME_ZONE", "X-Doorward-Time-Zone", DOORWARD_TIME_ZONE},
    {"DOORWARD_PHONE", "X-Doorward-Phone", DOORWARD_PHONE},
    {"DOORWARD_PICTURE", "X-Doorward-Picture", DOORWARD_PICTURE},
    {"DOORWARD_NOTIFICATIONS", "X-Doorward-Notifications", DOORWARD_NOTIFICATIONS},
    {"DOORWARD_CLOCK", "X-Doorward-Clock", DOORWARD_CLOCK},
    {"DOORWARD_MAC_FORMAT", "X-Doorward-Mac-Format", DOORWARD_MAC_FORMAT},
    {"DOORWARD_THEME", "X-Doorward-Theme", DOORWARD_THEME},
    {"DOORWARD_AUTHENTICATED_AT", "X-Doorward-Authenticated-At", -1},
}};

// A signed statement of it all, told only where somebody wrote that it is wanted: it may cost a signature.
inline constexpr const char* assertion_variable = "DOORWARD_ASSERTION";
inline constexpr const char* assertion_header = "X-Doorward-Assertion";

// ASCII, about 700 characters; empty: none could be made. Only of an identity that the engine's last answer let pass.
std::string assertion_text(const Engine& engine, const doorward_identity* identity);

// UTF-8; empty: there is nothing to say. `fact` as in Told, `identity` is not null.
std::string told_text(const doorward_host& host, const doorward_identity* identity, int fact);

// UTF-8 as a header's value: what isn't printable ASCII, and "%", as %XX. Headers have no encoding of their own (RFC 9110 5.5),
// and applications differ in what they make of other bytes.
std::string header_text(std::string_view utf8);

}  // namespace doorward::embedding
