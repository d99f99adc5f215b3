// The site's own keys: a file of mode 0600 below state_dir (crypto/key_ring_file). New things are made with the first key; the
// others only open what they have made. It is created by a store's first start. Hosts that share a store share the
// file. Every use has a key of its own, derived from the ring's by a label.
//
// Keys are replaced while the site runs: each process takes a new file when it is told to look (engine/jobs does each second),
// before it seals something, and before it fails for a key that it doesn't have.
#pragma once
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "crypto/key_ring_file.hpp"

namespace doorward::crypto {

class KeyRing {  // any thread
 public:
  // Makes it where there is none. Throws BadSettings where others may read it, or own it, or it is no key ring.
  static KeyRing open(const std::string& path, Random& random);

  // Takes the file's keys, if it was replaced. False: it wasn't. Throws BadSettings, once for each such file, where it can't be
  // used or has none of the keys that were known; what was known stays. About 1 us.
  bool refresh() const;

  std::string current() const;           // id of the first
  std::vector<std::string> ids() const;  // the first comes first
  // The one that was there before all others, wherever it stands: a ring's first one doesn't say when it was made.
  std::string oldest() const;

  // AEAD (XChaCha20-Poly1305). `context` binds the result to its place ("account|<id>|password"): a sealed value
  // moved into another row doesn't open. The result carries the key's id.
  std::string seal(std::string_view plain, std::string_view context, Random& random) const;
  // Throws std::runtime_error where it was altered, moved, or its key is gone.
  std::string open_sealed(std::string_view sealed, std::string_view context) const;
  static std::string_view key_of(std::string_view sealed);  // the key's id; empty: nothing sealed

  // 32 bytes that only this site can make, the same at every call: secrets of links, which are so never stored.
  // Throws std::runtime_error where no key has this id.
  std::string derive(std::string_view key_id, std::string_view label, std::string_view subject) const;

  // Keys that take others' places have the time in their id, "20261129T094600Z-1f0c2b3a"; a ring's first one has none.
  static std::string make_id(Time now, Random& random);
  static std::optional<Time> made_at(std::string_view id);

 private:
  KeyRing(std::string path, RingFile file);
  std::shared_ptr<const std::vector<RingKey>> keys() const;
  Secret secret_of(std::string_view id) const;
  void look_again() const;  // as refresh, but what can't be used is no matter here

  const std::string path_;
  mutable std::mutex reading_;
  mutable std::optional<FileMark> mark_;  // of the file that was read last; of reading_
  mutable std::mutex mutex_;
  mutable std::shared_ptr<const std::vector<RingKey>> keys_;  // never null; of mutex_
};

}  // namespace doorward::crypto
