#include "engine/audit_lines.hpp"

#include <istream>
#include <optional>
#include <regex>
#include <string_view>

namespace doorward::engine {
namespace {

using records::AuditCheckpoint;
using records::AuditCheckpoints;
using records::Signed;
using records::Transaction;

constexpr std::chrono::milliseconds patience{60'000};  // for a piece, across a network
constexpr std::string_view begin_of_one = "audit checkpoint ";
constexpr std::size_t longest_one = 512;  // with its signature
constexpr std::size_t longest_line = 64 * 1024;

struct LoggedCheckpoint {
  std::int64_t number;
  std::string text;
};

// What is behind `longest_line` is left out: strangers get lines of any length into a log.
bool next_line(std::istream& log, std::string& line) {
  line.clear();
  for (char c = 0; log.get(c);) {
    if (c == '\n') return true;
    if (line.size() < longest_line) line += c;
  }
  return !line.empty();
}

std::optional<LoggedCheckpoint> read_one(std::string_view from, const crypto::KeyRing& keys) {
  static const std::regex pattern(
      "(audit checkpoint ([0-9]{1,12}) at [^ ]{20}: [0-9]{1,19} records, ends [0-9a-f]{64}, key ([^ "
      ",]{1,32})), "
      "signature ([A-Za-z0-9_-]{86})");
  const std::string text(from.substr(0, longest_one));
  std::smatch parts;
  if (!std::regex_search(text, parts, pattern, std::regex_constants::match_continuous) ||
      records::is_signed(keys, parts[1], {parts[3], parts[4]}) != Signed::yes)
    return std::nullopt;
  return LoggedCheckpoint{std::stoll(parts[2]), parts[1]};
}

class Comparison {
 public:
  Comparison(records::Database& database, const crypto::KeyRing& keys) : database_(database), keys_(keys) {
    database_.read(
        [&](Transaction& tx) {
          AuditCheckpoints checkpoints(tx, keys_);
          if (const auto removal = checkpoints.last_removal()) begin_ = removal->number;
          has_some_ = checkpoints.last().has_value();
        },
        patience);
  }

  AuditLines run(std::istream& log, const std::string& name) {
    std::string line;
    while (next_line(log, line)) look_at(line);
    if (log.bad())
      found_.faults.push_back({name, "can't be read to its end"});
    else if (has_some_ && found_.compared == 0)
      found_.faults.push_back({name,
                               "has no checkpoint that could be compared, though the store has some: is "
                               "it the log, and written at level info?"});
    return std::move(found_);
  }

 private:
  void look_at(std::string_view line) {
    auto at = line.find(begin_of_one);
    if (at == std::string_view::npos) return;
    for (; at != std::string_view::npos; at = line.find(begin_of_one, at + 1)) {
      if (const auto one = read_one(line.substr(at), keys_)) return compare(*one);
    }
    ++found_.strange;
  }

  void compare(const LoggedCheckpoint& one) {
    ++found_.checkpoints;
    if (one.number < begin_) return;
    ++found_.compared;
    const auto stored = database_.read(
        [&](Transaction& tx) { return AuditCheckpoints(tx, keys_).numbered(one.number); }, patience);
    const std::string where = "checkpoint " + std::to_string(one.number);
    if (!stored) {
      found_.faults.push_back({where,
                               "is in the log and isn't in the store: the end of the audit was cut off, "
                               "or an older state of the store put back"});
    } else if (stored->text() != one.text) {
      found_.faults.push_back({where, "is another one in the log than in the store"});
    }
  }

  records::Database& database_;
  const crypto::KeyRing& keys_;
  std::int64_t begin_ = 1;
  bool has_some_ = false;
  AuditLines found_;
};

}  // namespace

AuditLines compare_with_log(records::Database& database, const crypto::KeyRing& keys, std::istream& log,
                            const std::string& name) {
  return Comparison(database, keys).run(log, name);
}

}  // namespace doorward::engine
