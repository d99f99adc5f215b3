// The file of a key ring: mode 0600, one key a line ("<id> <base64url of 32 bytes>"), lines with "#" say nothing. It is never
// written over: a new file takes its place, so that whoever reads finds a whole one at any moment, also after a crash.
#pragma once
#include <sys/types.h>

#include <ctime>
#include <functional>
#include <string>
#include <vector>

#include "base/random.hpp"
#include "crypto/secret.hpp"

namespace doorward::crypto {

struct RingKey {
  std::string id;  // 1 to 32 characters, no space
  Secret secret;   // 32 bytes
};

// Which file it is: another one, or another content, has another mark.
struct FileMark {
  dev_t device = 0;
  ino_t inode = 0;
  off_t size = 0;
  timespec modified{}, changed{};
  bool operator==(const FileMark& other) const;
};

struct RingFile {
  std::vector<RingKey> keys;  // the first is the one that new things are made with
  FileMark mark;
};

FileMark mark_of(const std::string& path);  // where there is none: that of nothing
// Throws BadSettings where it can't be read, is readable by others, owned by somebody else, or not a key ring.
RingFile read_key_ring(const std::string& path);
// One with a single key. Of many who do so at once one wins. Throws std::system_error.
void create_key_ring(const std::string& path, Random& random);
// `change` gets the keys and leaves others; what it throws leaves the file as it was. One at a time on a host. Throws
// BadSettings, std::system_error.
void change_key_ring(const std::string& path, const std::function<void(std::vector<RingKey>&)>& change);

}  // namespace doorward::crypto
