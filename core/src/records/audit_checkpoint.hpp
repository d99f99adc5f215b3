// How far the audit went at a moment, signed: what stands before a checkpoint can't be cut off without leaving the checkpoint
// behind, and its line in the server's log, which may be kept where whoever writes to the store can't. The first one that the
// store has is where the audit begins: what is before it was removed when its time was over, which is signed, too.
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "crypto/ed25519.hpp"
#include "crypto/key_ring.hpp"
#include "records/audit_chain.hpp"
#include "records/audit_note.hpp"

namespace doorward::records {

struct AuditCheckpoint {
  struct Signature {
    std::string key;    // of the ring
    std::string bytes;  // base64url
  };
  struct Removal {  // of all records up to this checkpoint
    Time at;
    Signature signature;
  };

  std::int64_t number = 0;   // from 1 on, without gaps; 0: its row's id is none, somebody has altered it
  Time at;                   // a whole second
  std::int64_t records = 0;  // of all chains, since there are chains
  std::string ends;          // of all chains: one line each
  Signature signature;
  std::optional<Removal> removal = {};
  std::string id = {};  // of its row: the number, so that it sorts

  static const Table table;
  static AuditCheckpoint read(std::span<const Value> row);

  // What is signed: "audit checkpoint 17 at 2026-11-21T19:23:00Z: 5120 records, ends <SHA-256 of `ends`>, key 3fa85f64"
  std::string text() const;
  std::string removal_text() const;
  std::string line() const;                // for the log: text() and the signature
  std::string removal_line() const;        // the same of removal_text()
  std::vector<AuditChain> chains() const;  // what `ends` says; throws std::runtime_error
};

enum class Signed { yes, no, unknown };
Signed is_signed(const crypto::KeyRing& keys, const std::string& text, const AuditCheckpoint::Signature& by);

// The key that checkpoints are signed with, of a key of the ring. Throws std::runtime_error where the ring has none of this id.
crypto::Ed25519Key audit_signing_key(const crypto::KeyRing& keys, const std::string& id);

class AuditCheckpoints {
 public:
  AuditCheckpoints(Transaction& tx, const crypto::KeyRing& keys) : tx_(tx), keys_(keys) {}

  // Only of what this key ring has signed: neither the next number nor a removal follows from a row that somebody put in.
  std::optional<AuditCheckpoint> last();
  std::optional<AuditCheckpoint> last_removal();

  std::optional<AuditCheckpoint> numbered(std::int64_t number);  // signed or not, and so are those below
  std::vector<AuditCheckpoint> after(const std::string& id, std::uint32_t limit);  // in their order
  static std::string id_of(std::int64_t number);

  // How far clocks of hosts may be apart.
  static constexpr std::chrono::minutes skew{5};

  // The one after `last`, as last() says outside of this transaction, of these ends; not before it in time, unless that lies
  // further ahead than clocks may be apart. Noted in the installation. None: somebody else was first.
  std::optional<AuditCheckpoint> add(Random& random, const std::optional<AuditCheckpoint>& last,
                                     const std::vector<AuditChain>& ends, Time now);
  // All records up to it may go from now on.
  AuditCheckpoint decide_removal(Random& random, AuditCheckpoint checkpoint, Time now);
  std::int64_t remove_before(std::int64_t number, std::int64_t at_most);  // the first ones; how many

  std::optional<AuditNote> note();  // none: also where there is no installation

 private:
  template <class IsGood>
  std::optional<AuditCheckpoint> last_of(std::initializer_list<Match> matches, const IsGood& is_good);

  Transaction& tx_;
  const crypto::KeyRing& keys_;
};

}  // namespace doorward::records
