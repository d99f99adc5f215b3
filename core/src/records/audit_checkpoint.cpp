#include "records/audit_checkpoint.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <sstream>
#include <stdexcept>

#include "base/iso_time.hpp"
#include "crypto/digest.hpp"
#include "crypto/encoding.hpp"

namespace doorward::records {
namespace {

constexpr Field fields[] = {{"id", Type::text},
                            {"at", Type::time},
                            {"records", Type::number},
                            {"ends", Type::text},
                            {"key", Type::text},
                            {"signature", Type::text},
                            {"removed_at", Type::time, false},
                            {"removal_key", Type::text, false},
                            {"removal_signature", Type::text, false}};

// Sorts as the number does.
std::string id_of(std::int64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%012lld", static_cast<long long>(number));
  return text.data();
}

std::string as_text(const std::vector<AuditChain>& ends) {
  std::string text;
  for (const AuditChain& end : ends)
    text += std::to_string(end.chain) + " " + std::to_string(end.number) + " " + end.link + "\n";
  return text;
}

AuditCheckpoint::Signature sign(const crypto::KeyRing& keys, const std::string& key,
                                const std::string& text) {
  return {key, crypto::base64url(audit_signing_key(keys, key).sign(text))};
}

std::optional<AuditCheckpoint> first(std::vector<AuditCheckpoint> found) {
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

}  // namespace

const Table AuditCheckpoint::table{"audit_checkpoint", fields, {}};

AuditCheckpoint AuditCheckpoint::read(std::span<const Value> row) {
  AuditCheckpoint checkpoint{0,
                             row[1].time(),
                             row[2].number,
                             std::string(row[3].text),
                             {std::string(row[4].text), std::string(row[5].text)}};
  std::from_chars(row[0].text.data(), row[0].text.data() + row[0].text.size(), checkpoint.number);
  if (!row[6].is_null())
    checkpoint.removal = {row[6].time(), {std::string(row[7].text), std::string(row[8].text)}};
  return checkpoint;
}

std::string AuditCheckpoint::text() const {
  return "audit checkpoint " + std::to_string(number) + " at " + iso_text(at) + ": " +
         std::to_string(records) + " records, ends " + crypto::hex(crypto::sha256(ends)) + ", key " +
         signature.key;
}

std::string AuditCheckpoint::removal_text() const {
  return "audit removal at " + iso_text(removal->at) + ": all up to checkpoint " + std::to_string(number) +
         " at " + iso_text(at) + ", key " + removal->signature.key;
}

std::string AuditCheckpoint::line() const { return text() + ", signature " + signature.bytes; }

std::string AuditCheckpoint::removal_line() const {
  return removal_text() + ", signature " + removal->signature.bytes;
}

std::vector<AuditChain> AuditCheckpoint::chains() const {
  std::vector<AuditChain> chains;
  std::istringstream lines(ends);
  std::string line;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    AuditChain chain;
    words >> chain.chain >> chain.number >> std::ws;
    if (!words || !std::getline(words, chain.link))
      throw std::runtime_error("a checkpoint of the audit can't be read");
    chains.push_back(std::move(chain));
  }
  return chains;
}

crypto::Ed25519Key audit_signing_key(const crypto::KeyRing& keys, const std::string& id) {
  return crypto::Ed25519Key(keys.derive(id, "audit checkpoint", {}));
}

Signed is_signed(const crypto::KeyRing& keys, const std::string& text, const AuditCheckpoint::Signature& by) {
  const auto ids = keys.ids();
  if (std::find(ids.begin(), ids.end(), by.key) == ids.end()) return Signed::unknown;
  const auto bytes = crypto::from_base64url(by.bytes);
  return bytes && crypto::is_signed(text, *bytes, audit_signing_key(keys, by.key).public_key()) ? Signed::yes
                                                                                                : Signed::no;
}

std::optional<AuditCheckpoint> AuditCheckpoints::last() {
  const Page page{nullptr, true, 1, 0};
  return first(find_all<AuditCheckpoint>(tx_, {}, &page));
}

std::optional<AuditCheckpoint> AuditCheckpoints::last_before(Time time) {
  const Page page{"at", true, 1, 0};
  return first(find_all<AuditCheckpoint>(tx_, {{"at", Test::below, Value::of_time(time)}}, &page));
}

std::optional<AuditCheckpoint> AuditCheckpoints::last_removal() {
  const Page page{nullptr, true, 1, 0};
  return first(find_all<AuditCheckpoint>(tx_, {{"removed_at", Test::is_not, Value{}}}, &page));
}

std::vector<AuditCheckpoint> AuditCheckpoints::after(std::int64_t number, std::uint32_t limit) {
  const Page page{nullptr, false, limit, 0};
  return find_all<AuditCheckpoint>(tx_, {{"id", Test::above, Value::of_text(id_of(number))}}, &page);
}

std::optional<AuditCheckpoint> AuditCheckpoints::add(const crypto::KeyRing& keys,
                                                     const std::optional<AuditCheckpoint>& last,
                                                     const std::vector<AuditChain>& ends, Time now) {
  AuditCheckpoint made;
  made.number = last ? last->number + 1 : 1;
  made.at = std::max<Time>(std::chrono::floor<std::chrono::seconds>(now), last ? last->at : Time());
  for (const AuditChain& end : ends) made.records += end.number;
  made.ends = as_text(ends);
  made.signature.key = keys.current();
  made.signature = sign(keys, keys.current(), made.text());
  const std::string id = id_of(made.number);
  const Cell cells[] = {
      {"id", Value::of_text(id)},
      {"at", Value::of_time(made.at)},
      {"records", Value::of_number(made.records)},
      {"ends", Value::of_text(made.ends)},
      {"key", Value::of_text(made.signature.key)},
      {"signature", Value::of_text(made.signature.bytes)},
      {"removed_at", Value{}},
      {"removal_key", Value{}},
      {"removal_signature", Value{}},
  };
  if (!tx_.store().insert(AuditCheckpoint::table.name, cells)) return std::nullopt;
  return made;
}

AuditCheckpoint AuditCheckpoints::decide_removal(const crypto::KeyRing& keys, AuditCheckpoint checkpoint,
                                                 Time now) {
  checkpoint.removal = {std::chrono::floor<std::chrono::seconds>(now), {keys.current(), {}}};
  checkpoint.removal->signature = sign(keys, keys.current(), checkpoint.removal_text());
  const std::string id = id_of(checkpoint.number);
  update(tx_, AuditCheckpoint::table, {{"id", Test::is, Value::of_text(id)}},
         {{"removed_at", Value::of_time(checkpoint.removal->at)},
          {"removal_key", Value::of_text(checkpoint.removal->signature.key)},
          {"removal_signature", Value::of_text(checkpoint.removal->signature.bytes)}});
  return checkpoint;
}

std::int64_t AuditCheckpoints::remove_before(std::int64_t number, std::int64_t at_most) {
  const Page page{nullptr, false, 1, 0};
  const auto lowest = first(find_all<AuditCheckpoint>(tx_, {}, &page));
  if (!lowest || lowest->number >= number) return 0;
  const std::string id = id_of(std::min(number, lowest->number + at_most));
  return remove(tx_, AuditCheckpoint::table, {{"id", Test::below, Value::of_text(id)}});
}

}  // namespace doorward::records
