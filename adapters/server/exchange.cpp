#include "server/exchange.hpp"

#include "embedding/text.hpp"
#include "server/headers.hpp"

namespace doorward::server {

Shown::Shown(const Exchange& exchange, std::string_view body) {
  for (const auto& field : exchange.request()) {
    const std::string_view name = view(field.name_string());
    const bool is_asked_host = exchange.question && equal(name, "Host");
    if (!is_claimed(exchange.site->surface(), name) && !is_asked_host)
      pairs_.push_back({embedding::text(name), embedding::text(view(field.value()))});
  }
  if (exchange.question)
    pairs_.push_back({embedding::text("Host"), embedding::text(exchange.question->host)});
  request_.size = sizeof request_;
  request_.method = embedding::text(exchange.method);
  request_.scheme = embedding::text("http");
  request_.target = embedding::text(exchange.target.raw);
  request_.path = embedding::text(exchange.target.path);
  request_.query = embedding::text(exchange.target.query);
  request_.client_address = embedding::text(exchange.client);
  request_.body = embedding::text(body);
  request_.headers = pairs_.data();
  request_.header_count = pairs_.size();
}

}  // namespace doorward::server
