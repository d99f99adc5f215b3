// How hosts that share a store tell each other what their limiters have counted: messages of the store's change feed.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/limiter.hpp"

namespace doorward::engine {

struct LimitNews {
  std::uint64_t host = 0;    // Limiter::host() of where it was counted
  std::uint64_t sender = 0;  // the worker; never 0
  std::uint64_t number = 0;  // of the sender's messages, from 1
  std::vector<http::LimitChange> changes;
};

// As many messages as it takes, the first with `news.number`, the next with one more.
std::vector<std::string> messages_of(const LimitNews& news);

// None: the message is about something else, or none of these.
std::optional<LimitNews> limit_news_of(std::string_view message);

}  // namespace doorward::engine
