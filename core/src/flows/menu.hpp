// The avatar menu by itself, for a site's own pages: a fragment that brings its own style and needs no script.
#pragma once
#include "flows/flow.hpp"

namespace doorward::flows {

std::vector<Route> menu_routes();

}  // namespace doorward::flows
