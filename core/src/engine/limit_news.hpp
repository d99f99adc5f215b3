// How hosts that share a store tell each other what their limiters have counted: messages of the store's change feed. Whoever
// has the same database may send such messages too, so each ends with a proof that only those can make who have the site's
// key ring: else a stranger could make people wait, or forgive themselves.
//
// A host of a version that wrote no proof, or wrote it otherwise, isn't heard, nor hears: during a rolling upgrade the old ones
// count together and the new ones do.
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

// As many messages as it takes, the first with `news.number`, the next with one more. `key`: 32 bytes, the site's.
std::vector<std::string> messages_of(const LimitNews& news, std::string_view key);

// None: the message is about something else, or its proof isn't made with this key.
std::optional<LimitNews> limit_news_of(std::string_view message, std::string_view key);

// What is written in a message, with its proof: " " and 11 characters.
std::string with_proof(std::string words, std::string_view key);

}  // namespace doorward::engine
