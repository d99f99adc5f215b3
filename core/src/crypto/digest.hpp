// Digests, and comparison that takes the same time wherever two secrets differ.
#pragma once
#include <string>
#include <string_view>

namespace doorward::crypto {

// Call once before anything of this layer; safe to repeat, any thread. Throws std::runtime_error.
void initialize();

std::string sha256(std::string_view bytes);  // 32 bytes
std::string sha1(std::string_view bytes);    // 20 bytes; only where a protocol of others wants it
std::string keyed_digest(std::string_view key,
                         std::string_view bytes);    // 32 bytes: BLAKE2b, key of 16 to 64 bytes
bool equal(std::string_view a, std::string_view b);  // false at once where the lengths differ

}  // namespace doorward::crypto
