#include "http/origin.hpp"

namespace doorward::http {
namespace {

bool is_below(std::string_view address, std::string_view origin) {
  if (!same_ignoring_case(address.substr(0, origin.size()), origin)) return false;
  return address.size() == origin.size() || address[origin.size()] == '/';
}

}  // namespace

Provenance provenance(const Request& request, std::string_view origin) {
  const auto site = request.header("sec-fetch-site");
  if (site && *site != "same-origin" && *site != "none") return Provenance::foreign;
  const auto claimed = request.header("origin");
  if (claimed) return same_ignoring_case(*claimed, origin) ? Provenance::own : Provenance::foreign;
  // What sends neither may still say by Referer that it comes from elsewhere. That it says nothing, or the right thing,
  // proves nothing.
  if (const auto from = request.header("referer"); !site && from && !is_below(*from, origin))
    return Provenance::foreign;
  // "none" is a person's own doing (an address typed, a bookmark): never a form of ours that was sent.
  return site && *site == "same-origin" ? Provenance::own : Provenance::unknown;
}

bool addressed_to(const Request& request, std::string_view public_host) {
  const auto host = request.header("host");
  return host && same_ignoring_case(*host, public_host);
}

}  // namespace doorward::http
