// Bytes that nobody shall find in a core dump, in the swap or in memory that was given back: keys of the site's ring and what
// signs with them.
#pragma once
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace doorward::crypto {

// Stands in pages of its own, which are locked (as far as RLIMIT_MEMLOCK allows), left out of core dumps, written by nobody
// and wiped at the end. Copies and parts share them.
class Secret {  // immutable; any thread
 public:
  explicit Secret(std::string bytes);  // wipes what it is made of; throws std::bad_alloc, std::system_error
  std::string_view bytes() const { return {bytes_.get(), size_}; }
  // In the same place, which stays as long as any of both does. Throws std::out_of_range.
  Secret part(std::size_t at, std::size_t size) const;
  bool operator==(const Secret& other) const;  // takes the same time wherever they differ

 private:
  Secret(std::shared_ptr<const char> bytes, std::size_t size) : bytes_(std::move(bytes)), size_(size) {}
  std::shared_ptr<const char> bytes_;
  std::size_t size_;
};

void wipe(std::string& text);  // leaves it empty, and nothing of it in the memory that it has

// A text on its way to or from a Secret, wiped when it goes out of sight. Make room for all of it first: what it leaves
// behind in growing isn't wiped.
struct Wiped {
  std::string text;
  Wiped() = default;
  explicit Wiped(std::string own) : text(std::move(own)) {}
  ~Wiped() { wipe(text); }
  Wiped(Wiped&& other) noexcept : text(std::move(other.text)) {}
  Wiped& operator=(const Wiped&) = delete;
};

}  // namespace doorward::crypto
