// What of a request is Doorward's own: its paths, its cookies, and the header names that only it may fill in.
//
// A Surface is a copy, so that it outlives the engine that described it. Every question is answered without
// an allocation and from any thread; they are asked for each header of each request of a site.
#pragma once
#include <doorward/host.h>

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace doorward::embedding {

// What a Cookie header holds.
struct CookieMix {
  bool ours = false;
  bool others = false;
};

class Surface {
 public:
  Surface() = default;
  explicit Surface(const doorward_surface& described);

  // Is this decoded, normalized path one of Doorward's pages? "/account" owns "/account" and "/account/x",
  // not "/accounts".
  bool owns(std::string_view path) const noexcept {
    // Nearly every path of a site is told apart by its second byte.
    return path.size() > 1 && may_be_own_[static_cast<unsigned char>(path[1])] && matches_path(path);
  }

  // Must a client's header of this name be dropped? Asks for any spelling that some server or language
  // would fold to the same name: capitals, and whatever is neither letter nor digit in the place of "-".
  bool claims_header(std::string_view name) const noexcept {
    return !name.empty() && may_begin_[static_cast<unsigned char>(name.front())] && matches_header(name);
  }

  // What is in the value of a Cookie header?
  CookieMix look_at_cookies(std::string_view header) const noexcept;

  // Write the header's value without Doorward's cookies to `rest`, which has room for header.size() bytes,
  // and return how many were written. Each remaining pair stays as it was sent.
  std::size_t without_own_cookies(std::string_view header, char* rest) const noexcept;

  // Bytes that a body to this path of Doorward's may have.
  std::uint64_t max_body(std::string_view path) const noexcept {
    return takes_upload(path) ? max_upload_ : max_body_;
  }
  // Is it a path where people send files? Nothing secret is in their bodies.
  bool takes_upload(std::string_view path) const noexcept;

  // For the way through a pipe: a sequence of texts, and back. unpack() throws std::runtime_error where the
  // texts were not made by pack().
  std::vector<std::string> pack() const;
  static Surface unpack(const std::vector<std::string>& texts);

 private:
  bool matches_path(std::string_view path) const noexcept;
  bool matches_header(std::string_view name) const noexcept;
  bool own_cookie(std::string_view name) const noexcept;
  void prepare();

  std::string mount_;
  std::vector<std::string> paths_;
  std::vector<std::string> identity_headers_;  // folded; a last "*" stands for any ending
  std::vector<std::string> cookies_;
  std::vector<std::string> uploads_;
  std::uint64_t max_body_ = 0, max_upload_ = 0;
  std::array<bool, 256> may_be_own_{};  // second bytes of Doorward's paths
  std::array<bool, 256> may_begin_{};   // first bytes that some identity header may have
};

}  // namespace doorward::embedding
