// What other hosts have counted, as the change feed brings it: nothing without its proof, and with it only what may be counted,
// which is written as it was read.
#include "engine/limit_news.hpp"
#include "fuzz.hpp"

using namespace doorward;

namespace {

bool same(const http::LimitChange& a, const http::LimitChange& b) {
  return a.tag == b.tag && a.forgiven == b.forgiven && a.tries == b.tries && a.forget == b.forget;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text(data, size);
  const std::string key(32, 'k');
  fuzz::must(!engine::limit_news_of(text, key), "nobody guesses a proof");
  const auto news = engine::limit_news_of(engine::with_proof(std::string(text), key), key);
  if (!news) return 0;
  fuzz::must(news->sender != 0 && !news->changes.empty(), "somebody's, about something");
  std::size_t at = 0;
  for (const std::string& message : engine::messages_of(*news, key)) {
    fuzz::must(message.size() <= 200, "no longer than the store carries");
    const auto again = engine::limit_news_of(message, key);
    fuzz::must(again && again->host == news->host && again->sender == news->sender, "from the same");
    for (const http::LimitChange& change : again->changes) {
      fuzz::must(change.tag != 0 && change.tries >= -0xffff && change.tries <= 0xffff, "within bounds");
      fuzz::must(at < news->changes.size() && same(change, news->changes[at++]), "the same changes");
    }
  }
  fuzz::must(at == news->changes.size(), "all of them");
  return 0;
}
