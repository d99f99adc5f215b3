// The answer for somebody who may not pass, by what kind of client asks: a navigation goes to sign in, a script or a socket
// is told with a status it can read, who is signed in without the right is told so and not sent round in circles.
#pragma once
#include "engine/answer.hpp"
#include "engine/guard.hpp"
#include "http/request.hpp"

namespace doorward::engine {

http::Response refuse_request(const http::Request& request, const Decision& decision, const Answers& answers,
                              const settings::Settings& settings, const pages::Renderer& renderer,
                              Random& random);

}  // namespace doorward::engine
