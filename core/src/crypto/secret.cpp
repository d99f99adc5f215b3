#include "crypto/secret.hpp"

#include <sodium.h>

#include <cerrno>
#include <cstring>
#include <new>
#include <stdexcept>
#include <system_error>

#include "crypto/digest.hpp"

namespace doorward::crypto {

Secret::Secret(std::string bytes) : size_(bytes.size()) {
  initialize();
  auto* const memory = static_cast<char*>(sodium_malloc(size_));
  if (memory == nullptr) throw std::bad_alloc();
  bytes_ = std::shared_ptr<const char>(memory, [](const char* own) { sodium_free(const_cast<char*>(own)); });
  std::memcpy(memory, bytes.data(), size_);
  wipe(bytes);
  if (sodium_mprotect_readonly(memory) != 0)
    throw std::system_error(errno, std::generic_category(), "a key's memory");
}

Secret Secret::part(std::size_t at, std::size_t size) const {
  const std::string_view part = bytes().substr(at, size);
  if (part.size() != size) throw std::out_of_range("a secret's part");
  return {std::shared_ptr<const char>(bytes_, part.data()), size};
}

bool Secret::operator==(const Secret& other) const { return equal(bytes(), other.bytes()); }

void wipe(std::string& text) {
  text.resize(text.capacity());
  sodium_memzero(text.data(), text.size());
  text.clear();
}

}  // namespace doorward::crypto
