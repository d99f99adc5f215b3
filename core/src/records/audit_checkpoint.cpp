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
#include "records/installation.hpp"

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

constexpr std::size_t digits = 12;

// 0: it is no number of a checkpoint.
std::int64_t number_of(std::string_view id) {
  std::int64_t number = 0;
  const char* const end = id.data() + id.size();
  const auto read = std::from_chars(id.data(), end, number);
  return id.size() == digits && read.ec == std::errc() && read.ptr == end && number > 0 ? number : 0;
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

}  // namespace

const Table AuditCheckpoint::table{"audit_checkpoint", fields, {}};

AuditCheckpoint AuditCheckpoint::read(std::span<const Value> row) {
  AuditCheckpoint checkpoint{number_of(row[0].text),
                             row[1].time(),
                             row[2].number,
                             std::string(row[3].text),
                             {std::string(row[4].text), std::string(row[5].text)}};
  checkpoint.id = row[0].text;
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

std::string AuditCheckpoints::id_of(std::int64_t number) {
  std::array<char, 24> text{};
  std::snprintf(text.data(), text.size(), "%0*lld", static_cast<int>(digits), static_cast<long long>(number));
  return text.data();
}

template <class IsGood>
std::optional<AuditCheckpoint> AuditCheckpoints::last_of(std::initializer_list<Match> matches,
                                                         const IsGood& is_good) {
  const Page page{nullptr, true, 1, 0};
  std::string below = ":";  // stands behind all digits
  for (;;) {
    std::vector<Match> all(matches);
    all.push_back({"id", Test::below, Value::of_text(below)});
    std::optional<AuditCheckpoint> found;
    tx_.store().find(AuditCheckpoint::table.name, all, &page,
                     [&](std::span<const Value> row) { found = AuditCheckpoint::read(row); });
    if (!found || is_good(*found)) return found;
    below = found->id;
  }
}

std::optional<AuditCheckpoint> AuditCheckpoints::last() {
  return last_of({}, [&](const AuditCheckpoint& each) {
    return is_signed(keys_, each.text(), each.signature) == Signed::yes;
  });
}

std::optional<AuditCheckpoint> AuditCheckpoints::last_removal() {
  return last_of({{"removed_at", Test::is_not, Value{}}}, [&](const AuditCheckpoint& each) {
    return is_signed(keys_, each.removal_text(), each.removal->signature) == Signed::yes;
  });
}

std::optional<AuditCheckpoint> AuditCheckpoints::numbered(std::int64_t number) {
  const std::string id = id_of(number);
  return find_one<AuditCheckpoint>(tx_, {{"id", Test::is, Value::of_text(id)}});
}

std::vector<AuditCheckpoint> AuditCheckpoints::after(const std::string& id, std::uint32_t limit) {
  const Page page{nullptr, false, limit, 0};
  return find_all<AuditCheckpoint>(tx_, {{"id", Test::above, Value::of_text(id)}}, &page);
}

std::optional<AuditNote> AuditCheckpoints::note() {
  const auto installation = Installations(tx_).get();
  return installation ? open_note(installation->last_checkpoint, keys_) : std::nullopt;
}

// A number is never given twice, though the last checkpoints may have been taken out: their place stays empty.
std::optional<AuditCheckpoint> AuditCheckpoints::add(Random& random,
                                                     const std::optional<AuditCheckpoint>& last,
                                                     const std::vector<AuditChain>& ends, Time now) {
  const auto known = this->last();
  if ((known ? known->number : 0) != (last ? last->number : 0)) return std::nullopt;
  AuditNote note = this->note().value_or(AuditNote{0, {}, now});
  AuditCheckpoint made;
  made.number = std::max(note.number, last ? last->number : 0) + 1;
  // What is there behind the last one was put in by somebody: a fault of its own, and in nobody's way.
  while (numbered(made.number)) ++made.number;
  made.at = std::chrono::floor<std::chrono::seconds>(now);
  if (last && last->at <= now + skew) made.at = std::max(made.at, last->at);
  made.records = records_of(ends);
  made.ends = as_text(ends);
  made.signature.key = keys_.current();
  made.signature = sign(keys_, keys_.current(), made.text());
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
  note.number = made.number;
  note.signature = made.signature.bytes;
  Installations(tx_).note_checkpoint(seal(note, keys_, random));
  return made;
}

// What may have been done to records that are gone now is no matter any more.
AuditCheckpoint AuditCheckpoints::decide_removal(Random& random, AuditCheckpoint checkpoint, Time now) {
  checkpoint.removal = {std::chrono::floor<std::chrono::seconds>(now), {keys_.current(), {}}};
  checkpoint.removal->signature = sign(keys_, keys_.current(), checkpoint.removal_text());
  update(tx_, AuditCheckpoint::table, {{"id", Test::is, Value::of_text(checkpoint.id)}},
         {{"removed_at", Value::of_time(checkpoint.removal->at)},
          {"removal_key", Value::of_text(checkpoint.removal->signature.key)},
          {"removal_signature", Value::of_text(checkpoint.removal->signature.bytes)}});
  if (auto note = this->note(); note && note->lost_at && *note->lost_at < checkpoint.at) {
    note->lost_at.reset();
    Installations(tx_).note_checkpoint(seal(*note, keys_, random));
  }
  return checkpoint;
}

std::int64_t AuditCheckpoints::remove_before(std::int64_t number, std::int64_t at_most) {
  const Page page{nullptr, false, static_cast<std::uint32_t>(at_most), 0};
  const std::string below = id_of(number);
  const auto old = find_all<AuditCheckpoint>(tx_, {{"id", Test::below, Value::of_text(below)}}, &page);
  if (old.empty()) return 0;
  const std::string& last = old.back().id;
  return remove(tx_, AuditCheckpoint::table, {{"id", Test::below, Value::of_text(last)}}) +
         remove(tx_, AuditCheckpoint::table, {{"id", Test::is, Value::of_text(last)}});
}

}  // namespace doorward::records
