#include "engine/limit_news.hpp"

#include <array>
#include <charconv>
#include <utility>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::engine {
namespace {

// "tried HOST SENDER NUMBER" and for each change " TAG!+2/900": "!" where it is forgiven, what was tried less what was
// refunded, and after how many seconds it is forgotten. The first four are hexadecimal. At the end " PROOF".
constexpr std::string_view tried = "tried";
constexpr std::size_t max_message = 200;  // DOORWARD_ANNOUNCEMENT_MOST
constexpr std::size_t proof_bytes = 8;
constexpr std::size_t proof_size = 1 + 11;
constexpr std::int32_t max_tries = 0xffff;
constexpr std::int64_t max_forget = 366 * 86400;

template <class Number>
std::string written(Number number, int base) {
  std::array<char, 24> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), number, base).ptr;
  return {text.data(), end};
}

class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool skip(std::string_view word) {
    if (!left_.starts_with(word)) return false;
    left_.remove_prefix(word.size());
    return true;
  }
  template <class Number>
  bool read(Number& number, int base) {
    const auto found = std::from_chars(left_.data(), left_.data() + left_.size(), number, base);
    if (found.ec != std::errc()) return false;
    left_.remove_prefix(static_cast<std::size_t>(found.ptr - left_.data()));
    return true;
  }
  bool at_end() const { return left_.empty(); }

 private:
  std::string_view left_;
};

std::string written(const http::LimitChange& change) {
  return " " + written(change.tag, 16) + (change.forgiven ? "!" : "") + (change.tries < 0 ? "" : "+") +
         written(change.tries, 10) + "/" + written(change.forget.count(), 10);
}

bool read_change(Reader& reader, http::LimitChange& change) {
  std::int64_t forget = 0;
  if (!reader.skip(" ") || !reader.read(change.tag, 16)) return false;
  change.forgiven = reader.skip("!");
  reader.skip("+");
  if (!reader.read(change.tries, 10) || !reader.skip("/") || !reader.read(forget, 10)) return false;
  change.forget = std::chrono::seconds(forget);
  return change.tag != 0 && change.tries >= -max_tries && change.tries <= max_tries && forget >= 0 &&
         forget <= max_forget;
}

// The limiter's tags are digests with the same key, of other texts: no rule is of this kind.
std::string proof_of(std::string_view words, std::string_view key) {
  const std::string text = std::string("news") + '\0' + std::string(words);
  return " " + crypto::base64url(crypto::keyed_digest(key, text).substr(0, proof_bytes));
}

}  // namespace

std::string with_proof(std::string words, std::string_view key) {
  words += proof_of(words, key);
  return words;
}

std::vector<std::string> messages_of(const LimitNews& news, std::string_view key) {
  std::vector<std::string> messages;
  std::uint64_t number = news.number;
  for (const http::LimitChange& change : news.changes) {
    const std::string word = written(change);
    if (messages.empty() || messages.back().size() + word.size() + proof_size > max_message)
      messages.push_back(std::string(tried) + " " + written(news.host, 16) + " " + written(news.sender, 16) +
                         " " + written(number++, 16));
    messages.back() += word;
  }
  for (std::string& message : messages) message = with_proof(std::move(message), key);
  return messages;
}

std::optional<LimitNews> limit_news_of(std::string_view message, std::string_view key) {
  if (!message.starts_with(tried) || message.size() < tried.size() + proof_size) return std::nullopt;
  const std::string_view words = message.substr(0, message.size() - proof_size);
  if (!crypto::equal(message.substr(words.size()), proof_of(words, key))) return std::nullopt;
  Reader reader(words);
  LimitNews news;
  if (!reader.skip(tried)) return std::nullopt;
  for (std::uint64_t* one : {&news.host, &news.sender, &news.number})
    if (!reader.skip(" ") || !reader.read(*one, 16)) return std::nullopt;
  while (!reader.at_end()) {
    if (!read_change(reader, news.changes.emplace_back())) return std::nullopt;
  }
  if (news.sender == 0 || news.changes.empty()) return std::nullopt;
  return news;
}

}  // namespace doorward::engine
