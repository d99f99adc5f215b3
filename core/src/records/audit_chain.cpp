#include "records/audit_chain.hpp"

#include <algorithm>
#include <charconv>

#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"id", Type::text}, {"number", Type::number}, {"link", Type::text}};
constexpr std::size_t most_details = 512;
constexpr std::int64_t most_number = std::int64_t{1} << 62;  // no chain gets there
constexpr const char* in_the_way = "somebody else has added to this chain of the audit";

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

// False: its place is taken.
bool inserted(Transaction& tx, const AuditEntry& entry) {
  const Cell cells[] = {
      {"id", Value::of_text(entry.id)},
      {"at", Value::of_time(entry.at)},
      {"actor", optional_text(entry.actor)},
      {"subject", optional_text(entry.subject.str())},
      {"action", Value::of_text(entry.action)},
      {"outcome", Value::of_text(entry.outcome)},
      {"address", Value::of_text(entry.address)},
      {"request", Value::of_text(entry.request)},
      {"details", Value::of_text(entry.details)},
      {"chain", Value::of_number(entry.place->chain)},
      {"number", Value::of_number(entry.place->number)},
      {"link", Value::of_text(entry.place->link)},
  };
  return tx.store().insert(AuditEntry::table.name, cells);
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

// An end that somebody has set back, or to what no chain has, goes on behind the last that stands: who verifies finds what there
// is to find, and nobody is kept from writing.
void AuditChains::add(AuditEntry entry) {
  cut_at_character(entry.details, most_details);
  const std::int64_t chain = chain_for(entry);
  const std::string id = std::to_string(chain);
  const auto place_behind = [&](const AuditChain& end) {
    entry.place = {chain, static_cast<std::int64_t>(static_cast<std::uint64_t>(end.number) + 1), {}};
    entry.place->link = make_link(keys_, keys_.current(), entry, end.link);
  };
  const auto end = find_one<AuditChain>(tx_, {{"id", Test::is, Value::of_text(id)}});
  place_behind(end.value_or(AuditChain{}));
  if (!moves(end, entry)) throw Busy(in_the_way);
  const std::int64_t number = entry.place->number;
  const bool is_one = number > 0 && number <= most_number;
  if (is_one && inserted(tx_, entry)) return;
  const auto last = last_of(chain);
  if (is_one && (!last || last->number < number)) throw Busy(in_the_way);
  place_behind(last.value_or(AuditChain{}));
  if (!moves(AuditChain{chain, number, {}}, entry) || !inserted(tx_, entry)) throw Busy(in_the_way);
}

bool AuditChains::moves(const std::optional<AuditChain>& from, const AuditEntry& to) {
  const std::string id = std::to_string(to.place->chain);
  const Value number = Value::of_number(to.place->number), link = Value::of_text(to.place->link);
  const Cell first[] = {{"id", Value::of_text(id)}, {"number", number}, {"link", link}};
  if (!from) return tx_.store().insert(AuditChain::table.name, first);
  return update(tx_, AuditChain::table,
                {{"id", Test::is, Value::of_text(id)}, {"number", Test::is, Value::of_number(from->number)}},
                {{"number", number}, {"link", link}}) == 1;
}

std::optional<AuditChain> AuditChains::last_of(std::int64_t chain) {
  const Page page{"number", true, 1, 0};
  const auto found = find_all<AuditEntry>(tx_,
                                          {{"chain", Test::is, Value::of_number(chain)},
                                           {"number", Test::above, Value::of_number(0)},
                                           {"number", Test::below, Value::of_number(most_number)}},
                                          &page);
  if (found.empty()) return std::nullopt;
  return AuditChain{chain, found.front().place->number, found.front().place->link};
}

std::int64_t records_of(const std::vector<AuditChain>& ends) {
  std::int64_t records = 0;
  for (const AuditChain& end : ends)
    records += std::clamp(end.number, std::int64_t{0}, most_number / audit_chains);
  return records;
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
