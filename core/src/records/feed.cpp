#include "records/feed.hpp"

#include <charconv>
#include <numeric>
#include <optional>

namespace doorward::records {
namespace {

constexpr std::string_view revoked = "revoked";
constexpr std::size_t max_message = 200;

// "revoked 12 4711": the shards. None: the message is about something else.
std::optional<std::vector<std::uint32_t>> shards_of(std::string_view message) {
  if (!message.starts_with(revoked)) return std::nullopt;
  message.remove_prefix(revoked.size());
  std::vector<std::uint32_t> shards;
  while (message.starts_with(' ')) {
    std::uint32_t shard = 0;
    const auto read = std::from_chars(message.data() + 1, message.data() + message.size(), shard);
    if (read.ec != std::errc() || shard >= Epochs::any_account) return std::nullopt;
    shards.push_back(shard);
    message.remove_prefix(static_cast<std::size_t>(read.ptr - message.data()));
  }
  return message.empty() ? std::optional(std::move(shards)) : std::nullopt;
}

std::vector<std::uint32_t> all_shards() {
  std::vector<std::uint32_t> all(Epochs::any_account);
  std::iota(all.begin(), all.end(), 0U);
  return all;
}

}  // namespace

Feed::Feed(const std::string& epochs_path) : epochs_(epochs_path) {}

bool Feed::is_fresh() const { return since_boot() < fresh_until_.load(std::memory_order_acquire); }

std::vector<std::string> Feed::messages(std::span<const std::uint32_t> shards) {
  std::vector<std::string> messages;
  for (const std::uint32_t shard : shards) {
    if (shard >= Epochs::any_account) continue;  // follows from the others
    const std::string word = " " + std::to_string(shard);
    if (messages.empty() || messages.back().size() + word.size() > max_message)
      messages.emplace_back(revoked);
    messages.back() += word;
  }
  return messages;
}

bool Feed::revoke(std::vector<std::uint32_t> shards) noexcept {
  try {
    const Epochs::Revocation over(epochs_, std::move(shards));
    return true;
  } catch (const std::exception&) {  // no memory, no file: nothing is believed until it has been made up for
    missed_ = true;
    fresh_until_ = Duration::zero();
    return false;
  }
}

void Feed::restarted() noexcept {
  missed_ = true;
  fresh_until_ = Duration::zero();
}

void Feed::heard(std::string_view message) noexcept {
  try {
    if (auto shards = shards_of(message)) revoke(std::move(*shards));
  } catch (const std::exception&) {
    restarted();
  }
}

void Feed::asking() noexcept { asked_at_ = since_boot(); }

void Feed::caught_up() noexcept {
  if (missed_) {
    try {
      missed_ = !revoke(all_shards());
    } catch (const std::exception&) {  // no memory: the next time
    }
  }
  if (!missed_) fresh_until_.store(asked_at_ + longest_silence, std::memory_order_release);
}

}  // namespace doorward::records
