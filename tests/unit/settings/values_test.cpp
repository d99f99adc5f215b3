#include "settings/values.hpp"

#include <gtest/gtest.h>

namespace doorward::settings {
namespace {

using namespace std::chrono_literals;

TEST(SettingsValues, Durations) {
  EXPECT_EQ(parse_duration("500ms"), 500ms);
  EXPECT_EQ(parse_duration("30s"), 30s);
  EXPECT_EQ(parse_duration("15m"), 15min);
  EXPECT_EQ(parse_duration("24h"), 24h);
  EXPECT_EQ(parse_duration("14d"), 14 * 24h);
  EXPECT_EQ(parse_duration("0s"), 0s);
  for (const char* wrong : {"", "30", "m", "-1m", "+1m", "1.5h", "01m", "1 h", "1h30m", "30M", "99999999999d",
                            "9999999999999999999s", "1h ", "\u0663h"})
    EXPECT_FALSE(parse_duration(wrong)) << wrong;
  EXPECT_EQ(format_duration(36h), "36h");
  EXPECT_EQ(format_duration(48h), "2d");
  EXPECT_EQ(format_duration(90s), "90s");
  EXPECT_EQ(format_duration(1500ms), "1500ms");
  EXPECT_EQ(format_duration(0ms), "0s");
}

TEST(SettingsValues, Sizes) {
  EXPECT_EQ(parse_size("19 MiB"), 19456u);
  EXPECT_EQ(parse_size("512KiB"), 512u);
  EXPECT_EQ(parse_size("1 GiB"), 1048576u);
  for (const char* wrong : {"", "19", "19 MB", "19  MiB", "-1 MiB", "1.5 GiB", "19 mib", "999999999999 GiB"})
    EXPECT_FALSE(parse_size(wrong)) << wrong;
  EXPECT_EQ(format_size(19456), "19 MiB");
  EXPECT_EQ(format_size(1000), "1000 KiB");
}

TEST(SettingsValues, Counts) {
  EXPECT_EQ(parse_count("0"), 0u);
  EXPECT_EQ(parse_count("4294967295"), 4294967295u);
  for (const char* wrong : {"", "4294967296", "-1", "+1", "007", "1_000", "1,000", "1e3", "0x1", " 1", "1 "})
    EXPECT_FALSE(parse_count(wrong)) << wrong;
}

std::string after(Check check, std::string value) {
  const std::string why = check(value);
  return why.empty() ? value : "refused";
}

TEST(SettingsValues, PublicUrlIsASchemeAndAHost) {
  EXPECT_EQ(after(check_public_url, "https://example.org"), "https://example.org");
  EXPECT_EQ(after(check_public_url, "HTTPS://Example.ORG:443/"), "https://example.org");
  EXPECT_EQ(after(check_public_url, "https://example.org:8443"), "https://example.org:8443");
  EXPECT_EQ(after(check_public_url, "https://b\u00fccher.example"), "https://xn--bcher-kva.example");
  EXPECT_EQ(after(check_public_url, "https://192.0.2.7"), "https://192.0.2.7");
  EXPECT_EQ(after(check_public_url, "https://[2001:DB8:0::1]:8443"), "https://[2001:db8::1]:8443");
  for (const char* loopback : {"http://localhost", "http://localhost:8080", "http://127.0.0.1:80/",
                               "http://127.9.9.9", "http://[::1]:8080"})
    EXPECT_NE(after(check_public_url, loopback), "refused") << loopback;
  for (const char* wrong : {"",
                            "example.org",
                            "//example.org",
                            "ftp://example.org",
                            "http://example.org",
                            "http://10.0.0.1",
                            "http://[::2]",
                            "http://localhost.example.org",
                            "http://127.1",
                            "https://example.1",
                            "https://example.1.",
                            "https://0x7f.0x1",
                            "https://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.\xef\xbc\x91",
                            "http://0x7f.0.0.1",
                            "http://128.0.0.1",
                            "https://",
                            "https:///",
                            "https:example.org",
                            "https://user@example.org",
                            "https://example.org/account",
                            "https://example.org?x",
                            "https://example.org#x",
                            "https://example.org:0",
                            "https://example.org:65536",
                            "https://example.org:",
                            "https://exa mple.org",
                            "https://example..org",
                            "https://[::1",
                            "https://[::1]x",
                            "https://example.org\\",
                            "https://-a.example",
                            "https://localhost@evil.example",
                            "http://127.0.0.1.evil.example"})
    EXPECT_EQ(after(check_public_url, wrong), "refused") << wrong;
}

TEST(SettingsValues, MountIsACleanPath) {
  EXPECT_EQ(after(check_mount, "/account"), "/account");
  EXPECT_EQ(after(check_mount, "/a/b-c_d.e~f"), "/a/b-c_d.e~f");
  for (const char* wrong : {"", "/", "account", "/account/", "//account", "/a//b", "/a/./b", "/a/../b", "/..",
                            "/a?b", "/a%20b", "/a b", "/a\\b", "/\u00e4", "/backup-login", "/backup-login/x"})
    EXPECT_EQ(after(check_mount, wrong), "refused") << wrong;
  EXPECT_EQ(after(check_own_or_request, "own"), "own");
  EXPECT_EQ(after(check_own_or_request, "request"), "request");
  EXPECT_EQ(after(check_own_or_request, "Own"), "refused");
  EXPECT_EQ(after(check_own_or_request, ""), "refused");
  EXPECT_EQ(after(check_home, "/"), "/");
  EXPECT_EQ(after(check_home, "/app/"), "/app/");
  EXPECT_EQ(after(check_home, "//evil.example"), "refused");
  EXPECT_EQ(after(check_home, "https://evil.example/"), "refused");
}

TEST(SettingsValues, Addresses) {
  EXPECT_EQ(after(check_email, "No.Reply+x@B\u00fccher.Example"), "No.Reply+x@xn--bcher-kva.example");
  EXPECT_EQ(after(check_email, "doorward@localhost"), "doorward@localhost");
  for (const char* wrong : {"", "a", "@b.example", "a@", "a b@c.example", "a@b@c.example", ".a@b.example",
                            "a..b@c.example", "<a@b.example>", "a@b.example, c@d.example", "a\"@b.example"})
    EXPECT_EQ(after(check_email, wrong), "refused") << wrong;
  EXPECT_EQ(after(check_network, "192.0.2.0/24"), "192.0.2.0/24");
  EXPECT_EQ(after(check_network, "::1"), "::1");
  for (const char* wrong : {"", "192.0.2.0/33", "192.0.2.1/24", "192.0.2", "::1/129", "fe80::1/64",
                            "example.org", "192.0.2.0/", "192.0.2.0/024"})
    EXPECT_EQ(after(check_network, wrong), "refused") << wrong;
}

TEST(SettingsValues, HeadersLanguagesAndLinks) {
  EXPECT_EQ(after(check_header, "X_Remote-User"), "x-remote-user");
  EXPECT_EQ(after(check_header, "X-Auth-*"), "x-auth-*");
  for (const char* wrong : {"", "*", "X User", "X:", "X*Y"})
    EXPECT_EQ(after(check_header, wrong), "refused") << wrong;
  EXPECT_EQ(after(check_locale, "pt-BR"), "pt-BR");
  for (const char* wrong : {"", "e", "EN", "de_DE", "de-", "../de", "english"})
    EXPECT_EQ(after(check_locale, wrong), "refused") << wrong;
  EXPECT_EQ(after(check_url_or_empty, "https://help.example.org/start?a=b#c"),
            "https://help.example.org/start?a=b#c");
  for (const char* wrong : {"javascript:alert(1)", "https://a.example/\"", "mailto:a@b.example", "/help"})
    EXPECT_EQ(after(check_url_or_empty, wrong), "refused") << wrong;
}

}  // namespace
}  // namespace doorward::settings
