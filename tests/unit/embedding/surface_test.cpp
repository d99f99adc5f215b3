#include "embedding/surface.hpp"

#include "embedding/text.hpp"

#include <gtest/gtest.h>

#include <cstddef>

namespace doorward::embedding {
namespace {

Surface site() {
  static const doorward_text paths[] = {text("/backup-login")};
  static const doorward_text headers[] = {text("x-user"), text("x-doorward-*")};
  static const doorward_text cookies[] = {text("__Host-session"), text("__Host-browser")};
  static const doorward_text uploads[] = {text("/account/avatar")};
  const doorward_surface described{
      sizeof described, text("/account"), paths, 1, headers, 2, cookies, 2, 4096, uploads, 1, 9000};
  return Surface(described);
}

std::string rest(std::string_view header) {
  std::string left(header.size(), '?');
  left.resize(site().without_own_cookies(header, left.data()));
  return left;
}

TEST(Surface, OwnsTheMountAndAllBelowIt) {
  const auto surface = site();
  for (const auto* own : {"/account", "/account/", "/account/login", "/account//x", "/backup-login"}) {
    EXPECT_TRUE(surface.owns(own)) << own;
  }
  for (const auto* other :
       {"", "/", "/a", "/accounts", "/Account", "/x/account", "/backup-login/", "/backup"}) {
    EXPECT_FALSE(surface.owns(other)) << other;
  }
}

TEST(Surface, ClaimsAHeaderInEverySpelling) {
  const auto surface = site();
  for (const auto* claimed : {"x-user", "X-User", "X_USER", "x.user", "x user", "X-Doorward-",
                              "x_doorward_email", "X-DOORWARD-A-B", "x\xC3user"}) {
    EXPECT_TRUE(surface.claims_header(claimed)) << claimed;
  }
  for (const auto* free : {"", "x", "x-use", "x-users", "xuser", "y-user", "x-doorward", "host", "-x-user"}) {
    EXPECT_FALSE(surface.claims_header(free)) << free;
  }
}

TEST(Surface, ALoneStarClaimsEverything) {
  const doorward_text headers[] = {text("*")};
  doorward_surface described{};
  described.size = sizeof described;
  described.identity_headers = headers;
  described.identity_header_count = 1;
  EXPECT_TRUE(Surface(described).claims_header("host"));
}

TEST(Surface, WithoutAMountOwnsNothing) {
  doorward_surface described{};
  described.size = sizeof described;
  EXPECT_FALSE(Surface(described).owns("/"));
  EXPECT_FALSE(Surface(described).owns(""));
}

TEST(Surface, TellsOwnCookiesFromOthers) {
  const auto surface = site();
  EXPECT_FALSE(surface.look_at_cookies("a=1; b=2").ours);
  EXPECT_FALSE(surface.look_at_cookies("").others);
  const auto alone = surface.look_at_cookies(" __Host-session=x ;");
  EXPECT_TRUE(alone.ours && !alone.others);
  const auto mixed = surface.look_at_cookies("a=__Host-session=x;__Host-browser");
  EXPECT_TRUE(mixed.ours && mixed.others);
  EXPECT_FALSE(surface.look_at_cookies("__Host-session2=x; __host-session=y").ours);
}

TEST(Surface, LeavesOtherCookiesAsTheyWere) {
  EXPECT_EQ(rest("a=1; __Host-session=x; b=\"2 3\""), "a=1; b=\"2 3\"");
  EXPECT_EQ(rest("__Host-session=x;a=1;b=2"), "a=1; b=2");
  EXPECT_EQ(rest("a=1;b=2;__Host-browser=y"), "a=1;b=2");
  EXPECT_EQ(rest("__Host-session=x"), "");
  EXPECT_EQ(rest(";;  ;a;\t; __Host-session"), "a");
}

TEST(Surface, NeverWritesMoreThanWasThere) {
  // Every header of up to seven of these bytes: the result fits, holds no own cookie, and stays the same when cut again.
  const std::string bytes = "a; =";
  doorward_surface described{};
  described.size = sizeof described;
  const doorward_text cookies[] = {text("a")};
  described.cookies = cookies;
  described.cookie_count = 1;
  const Surface surface(described);
  for (std::size_t length = 0; length <= 7; ++length) {
    for (std::size_t number = 0; number < (std::size_t{1} << (2 * length)); ++number) {
      std::string header;
      for (std::size_t i = 0; i < length; ++i) {
        header += bytes[(number >> (2 * i)) & 3];
      }
      std::string left(length + 8, '#');
      const auto size = surface.without_own_cookies(header, left.data());
      ASSERT_LE(size, length) << header;
      ASSERT_EQ(left.substr(length), "########") << header;
      left.resize(size);
      ASSERT_FALSE(surface.look_at_cookies(left).ours) << header << " -> " << left;
    }
  }
}

TEST(Surface, TakesAFileAtOnePathOnly) {
  const auto surface = site();
  EXPECT_EQ(surface.max_body("/account/avatar"), 9000u);
  for (const auto* other :
       {"/account", "/account/avatar/", "/account/avatar/x", "/account/Avatar", "/avatar", ""}) {
    EXPECT_EQ(surface.max_body(other), 4096u) << other;
  }
}

TEST(Surface, OfAnOlderEngineTakesNoFiles) {
  const doorward_text uploads[] = {text("/account/avatar")};
  doorward_surface described{};
  described.size = offsetof(doorward_surface, uploads);
  described.max_body = 4096;
  described.uploads = uploads;  // what isn't there, it isn't looked at
  described.upload_count = 1;
  described.max_upload = 9000;
  EXPECT_EQ(Surface(described).max_body("/account/avatar"), 4096u);
}

TEST(Surface, GoesThroughAPipeUnchanged) {
  const auto texts = site().pack();
  EXPECT_EQ(Surface::unpack(texts).pack(), texts);
  EXPECT_TRUE(Surface::unpack(texts).claims_header("X_User"));
  EXPECT_TRUE(Surface::unpack(texts).owns("/backup-login"));
  EXPECT_EQ(Surface::unpack(texts).max_body("/account/login"), 4096u);
  EXPECT_EQ(Surface::unpack(texts).max_body("/account/avatar"), 9000u);
  auto cut = texts;
  cut.pop_back();
  EXPECT_THROW(Surface::unpack(cut), std::exception);
}

}  // namespace
}  // namespace doorward::embedding
