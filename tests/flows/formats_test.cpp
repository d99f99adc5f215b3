// What a web server may ask to have written as a person reads it: doorward/host.h, format_time and format_mac.
#include <doorward/host.h>
#include <gtest/gtest.h>

#include <limits>

#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr std::int64_t afternoon = 1'795'276'800'000'000;  // 2026-11-21 16:00 UTC

class Formats : public ::testing::Test {
 protected:
  Formats() {
    const doorward_log log{sizeof log, nullptr, [](void*, doorward_level, doorward_text) {}};
    EXPECT_EQ(host.open((site.folder() / "doorward.yaml").c_str(), &log, &engine, nullptr), DOORWARD_OK);
    account = site.account("ada@example.org");
  }
  ~Formats() override {
    host.release(ada);
    host.close(engine);
  }

  // Ada signs in anew, with these columns.
  void sign_in(std::string_view zone, std::string_view clock, std::string_view mac, std::string_view locale) {
    using records::optional_text;
    site.database().write([&](records::Transaction& tx) {
      records::update(tx, records::Account::table,
                      {{"id", records::Test::is, records::Value::of_text(account.str())}},
                      {{"time_zone", optional_text(zone)},
                       {"clock", optional_text(clock)},
                       {"mac_format", optional_text(mac)},
                       {"locale", optional_text(locale)}});
    });
    Browser browser(site);
    browser.login("ada@example.org");
    const std::string cookie = "__Host-doorward=" + browser.cookies.at("__Host-doorward");
    const std::string_view headers[] = {cookie};
    host.release(ada);
    auto decision = site.engine().guard().resolve(headers, {true, {}, {}});
    ada = reinterpret_cast<const doorward_identity*>(decision.identity.hand_over());
  }

  template <class Ask>
  std::string answer(Ask ask) const {  // "status N" where there is none
    std::string text;
    const doorward_sink out{&text, [](void* self, doorward_text more) {
                              static_cast<std::string*>(self)->append(more.data, more.size);
                            }};
    const doorward_status status = ask(&out);
    return status == DOORWARD_OK ? text : "status " + std::to_string(status) + text;
  }
  std::string time(const doorward_identity* who, std::int64_t moment) const {
    return answer([&](const doorward_sink* out) { return host.format_time(engine, who, moment, out); });
  }
  std::string mac(const doorward_identity* who, std::string_view given) const {
    return answer([&](const doorward_sink* out) {
      return host.format_mac(engine, who, {given.data(), given.size()}, out);
    });
  }

  Site site;
  const doorward_host& host = *doorward_host_v1();
  doorward_engine* engine = nullptr;
  AccountId account;
  const doorward_identity* ada = nullptr;
};

const std::string invalid = "status " + std::to_string(DOORWARD_INVALID);

TEST_F(Formats, times_are_the_persons) {  // M21
  sign_in("", "", "", "");
  EXPECT_EQ(time(ada, afternoon), "21 November 2026, 16:00 UTC");
  sign_in("Europe/Berlin", "12", "", "de");
  EXPECT_EQ(time(ada, afternoon), "21. November 2026, 5:00 PM");
  sign_in("Europe/Berlin", "24", "", "de");
  EXPECT_EQ(time(ada, afternoon), "21. November 2026, 17:00 Uhr");
  EXPECT_EQ(time(nullptr, afternoon), "21 November 2026, 16:00 UTC");
}

TEST_F(Formats, midnight_and_noon_are_twelve) {
  sign_in("UTC", "12", "", "en");
  constexpr std::int64_t minute = 60'000'000, hour = 60 * minute, midnight = afternoon - 16 * hour;
  EXPECT_EQ(time(ada, midnight), "21 November 2026, 12:00 AM");
  EXPECT_EQ(time(ada, midnight + 5 * minute), "21 November 2026, 12:05 AM");
  EXPECT_EQ(time(ada, midnight + hour), "21 November 2026, 1:00 AM");
  EXPECT_EQ(time(ada, midnight + 12 * hour - 1), "21 November 2026, 11:59 AM");
  EXPECT_EQ(time(ada, midnight + 12 * hour), "21 November 2026, 12:00 PM");
  EXPECT_EQ(time(ada, midnight + 24 * hour - 1), "21 November 2026, 11:59 PM");
}

TEST_F(Formats, times_that_no_calendar_has_are_refused) {
  for (const std::int64_t moment :
       {std::numeric_limits<std::int64_t>::min(), std::numeric_limits<std::int64_t>::max(),
        std::int64_t{-62'200'000'000'000'000}, std::int64_t{253'500'000'000'000'000}})
    EXPECT_EQ(time(nullptr, moment), invalid) << moment;
  EXPECT_EQ(time(nullptr, 0), "1 January 1970, 00:00 UTC");
  EXPECT_EQ(time(nullptr, -1), "31 December 1969, 23:59 UTC");
}

TEST_F(Formats, mac_addresses_are_written_as_the_person_wants) {  // M21
  const std::string bytes("\x00\x1b\x63\x84\x45\xe6", 6);
  for (const auto& [format, written] : {std::pair{"", "00:1b:63:84:45:e6"},
                                        {"colon", "00:1b:63:84:45:e6"},
                                        {"hyphen", "00-1b-63-84-45-e6"},
                                        {"dot", "001b.6384.45e6"}}) {
    sign_in("", "", format, "");
    for (const std::string& given : {std::string("001B.6384.45E6"), std::string("00-1b-63-84-45-e6"), bytes})
      EXPECT_EQ(mac(ada, given), written) << format;
  }
  EXPECT_EQ(mac(nullptr, "001B638445E6"), "00:1b:63:84:45:e6");
}

TEST_F(Formats, what_is_no_mac_address_is_refused) {
  for (const std::string_view given :
       {"", "00:1b", "00:1b:63:84:45:zz", "00:1b:63:84:45:e6:7f", "12345", "1234567"})
    EXPECT_EQ(mac(nullptr, given), invalid) << given;
  EXPECT_EQ(mac(nullptr, std::string(1 << 20, 'f')), invalid);
}

}  // namespace
}  // namespace doorward::test
