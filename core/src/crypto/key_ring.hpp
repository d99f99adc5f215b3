// The site's own keys: a file of mode 0600 below state_dir, one key a line ("<id> <base64url of 32 bytes>"), the newest
// first. New things are made with the first; older keys only open what they have made. It is created by whoever needs it
// first. Hosts that share a store share the file. Every use has a key of its own, derived from the ring's by a label.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace doorward::crypto {

class KeyRing {  // immutable; any thread
 public:
  // Throws BadSettings where the file is readable by others, owned by somebody else, or not a key ring.
  static KeyRing open(const std::string& path, Random& random);

  const std::string& current() const { return keys_.front().id; }
  std::vector<std::string> ids() const;  // the newest first

  // AEAD (XChaCha20-Poly1305). `context` binds the result to its place ("account|<id>|password"): a sealed value
  // moved into another row doesn't open. The result carries the key's id.
  std::string seal(std::string_view plain, std::string_view context, Random& random) const;
  // Throws std::runtime_error where it was altered, moved, or its key is gone.
  std::string open_sealed(std::string_view sealed, std::string_view context) const;

  // 32 bytes that only this site can make, the same at every call: secrets of links, which are so never stored.
  // Throws std::runtime_error where no key has this id.
  std::string derive(std::string_view key_id, std::string_view label, std::string_view subject) const;

 private:
  struct Key {
    std::string id, bytes;
  };
  const Key& key(std::string_view id) const;
  std::vector<Key> keys_;
};

}  // namespace doorward::crypto
