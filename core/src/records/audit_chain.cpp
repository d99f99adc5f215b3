#include "records/audit_chain.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"id", Type::text}, {"number", Type::number}, {"link", Type::text}};
constexpr std::size_t most_details = 512;

void append_number(std::string& to, std::int64_t number) {
  for (unsigned shift = 64; shift != 0; shift -= 8)
    to += static_cast<char>(static_cast<std::uint64_t>(number) >> (shift - 8));
}

void append_text(std::string& to, std::string_view text) {
  append_number(to, static_cast<std::int64_t>(text.size()));
  to += text;
}

// All that it says, and where it stands: no two records are written alike.
std::string bytes_of(const AuditEntry& entry) {
  std::string bytes;
  append_number(bytes, entry.place->chain);
  append_number(bytes, entry.place->number);
  append_number(bytes, to_microseconds(entry.at));
  for (const std::string* text : {&entry.id, &entry.actor, &entry.subject.str(), &entry.action,
                                  &entry.outcome, &entry.address, &entry.request, &entry.details})
    append_text(bytes, *text);
  return bytes;
}

// "<id of the ring's key> <digest>"
std::string make_link(const crypto::KeyRing& keys, const std::string& key, const AuditEntry& entry,
                      std::string_view before) {
  std::string bytes;
  append_text(bytes, before);
  bytes += bytes_of(entry);
  const std::string secret = keys.derive(key, "audit chain", std::to_string(entry.place->chain));
  return key + " " + crypto::base64url(crypto::keyed_digest(secret, bytes));
}

// Any will do, but one for all that a request adds: two transactions that add to two chains each could wait for one another.
// Ids end at random.
std::int64_t chain_for(const AuditEntry& entry) {
  const std::string& id = entry.request.empty() ? entry.id : entry.request;
  const char last = id.empty() ? '0' : id.back();
  const int digit = last >= 'a' ? last - 'a' + 10 : last - '0';
  return std::clamp(digit, 0, static_cast<int>(audit_chains) - 1);
}

void cut_at_character(std::string& text, std::size_t most) {
  if (text.size() <= most) return;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xc0U) == 0x80U) --most;
  text.resize(most);
}

}  // namespace

const Table AuditChain::table{"audit_chain", fields, {}};

AuditChain AuditChain::read(std::span<const Value> row) {
  AuditChain chain{-1, row[1].number, std::string(row[2].text)};
  const char* const end = row[0].text.data() + row[0].text.size();
  std::from_chars(row[0].text.data(), end, chain.chain);
  if (std::to_string(chain.chain) != row[0].text) chain.chain = -1;  // "03" is a row that was put in
  return chain;
}

void AuditChains::add(AuditEntry entry) {
  const std::int64_t chain = chain_for(entry);
  const std::string id = std::to_string(chain);
  const Match is_it{"id", Test::is, Value::of_text(id)};
  const auto end = find_one<AuditChain>(tx_, {is_it}).value_or(AuditChain{});

  cut_at_character(entry.details, most_details);
  // An end that somebody has set to the largest number goes on at the smallest: that is found by who verifies, and keeps nobody
  // from writing.
  const auto number = static_cast<std::int64_t>(static_cast<std::uint64_t>(end.number) + 1);
  entry.place = {chain, number, {}};
  const std::string link = make_link(keys_, keys_.current(), entry, end.link);

  const Cell moved[] = {
      {"id", Value::of_text(id)}, {"number", Value::of_number(number)}, {"link", Value::of_text(link)}};
  const Cell cells[] = {
      {"id", Value::of_text(entry.id)},           {"at", Value::of_time(entry.at)},
      {"actor", optional_text(entry.actor)},      {"subject", optional_text(entry.subject.str())},
      {"action", Value::of_text(entry.action)},   {"outcome", Value::of_text(entry.outcome)},
      {"address", Value::of_text(entry.address)}, {"request", Value::of_text(entry.request)},
      {"details", Value::of_text(entry.details)}, {"chain", Value::of_number(chain)},
      {"number", Value::of_number(number)},       {"link", Value::of_text(link)},
  };
  const bool moves =
      number == 1
          ? tx_.store().insert(AuditChain::table.name, moved)
          : update(tx_, AuditChain::table, {is_it, {"number", Test::is, Value::of_number(end.number)}},
                   {{"number", Value::of_number(number)}, {"link", Value::of_text(link)}}) == 1;
  if (!moves || !tx_.store().insert(AuditEntry::table.name, cells))
    throw Busy("somebody else has added to this chain of the audit");
}

std::vector<AuditChain> AuditChains::ends() {
  auto ends = find_all<AuditChain>(tx_, {});
  std::erase_if(ends, [](const AuditChain& end) { return end.chain < 0 || end.chain >= audit_chains; });
  std::sort(ends.begin(), ends.end(),
            [](const AuditChain& a, const AuditChain& b) { return a.chain < b.chain; });
  return ends;
}

Linked follows(const crypto::KeyRing& keys, const AuditEntry& entry, std::string_view before) {
  const std::string key = entry.place->link.substr(0, entry.place->link.find(' '));
  const auto ids = keys.ids();
  if (std::find(ids.begin(), ids.end(), key) == ids.end()) return Linked::unknown;
  return crypto::equal(make_link(keys, key, entry, before), entry.place->link) ? Linked::yes : Linked::no;
}

}  // namespace doorward::records
