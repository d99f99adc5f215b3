#include "flows/menu.hpp"

namespace doorward::flows {
namespace {

Outcome get(Call& call) { return show("menu", {{"signed_in", call.visitor.person.has_value()}}); }

}  // namespace

std::vector<Route> menu_routes() { return {{"/menu", Access::anyone, get}}; }

}  // namespace doorward::flows
