#include "engine/hearing.hpp"

#include <exception>

#include "engine/limit_news.hpp"

namespace doorward::engine {

Hearing::Hearing(const std::string& state_dir, std::string_view limits_key, const Clock& clock)
    : revocations_(state_dir + "/epochs"),
      limits_key_(limits_key),
      limiter_(state_dir + "/limits", limits_key),
      clock_(clock) {}

void Hearing::heard(std::string_view message) noexcept {
  revocations_.heard(message);
  try {
    count(message);
  } catch (const std::exception&) {  // no memory: this host counts a little less
  }
}

void Hearing::count(std::string_view message) {
  const auto news = limit_news_of(message, limits_key_);
  if (!news || news->host == limiter_.host()) return;
  const Time now = clock_.now();
  if (!limiter_.is_news(news->sender, news->number, now)) return;
  for (const http::LimitChange& change : news->changes) limiter_.apply(change, now);
}

}  // namespace doorward::engine
