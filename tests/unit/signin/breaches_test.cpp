// The service of leaked passwords: what it is told, and which answers count. As a whole, with a real server: stack.breaches.
#include "signin/breaches.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "base/errors.hpp"
#include "fixed.hpp"

namespace doorward::signin {
namespace {

// SHA-1("password"), which nobody need look up.
constexpr const char* told = "5baa6";
constexpr const char* kept = "1E4C9B93F3F0682250B6CF8331B7EE68FD8";
constexpr const char* other = "0018A45C4D1DEF81644B54AB7F969B88D65";

class Service : public Parts {
 public:
  Result<std::string> picture(std::string_view) override { return refuse("picture_type"); }
  std::optional<PhoneNumber> phone_number(std::string_view, const std::string&) override { return {}; }
  std::string fetch(const Wish& wish) override {
    asked.push_back(wish);
    if (!answers) throw Unavailable("no route to host");
    return text;
  }
  std::string text;
  bool answers = true;
  std::vector<Wish> asked;
};

class Lines final : public Log {
 public:
  void write(Level, std::string_view line) override { lines.emplace_back(line); }
  std::vector<std::string> lines;
};

class BreachService : public ::testing::Test {
 protected:
  BreachService() { settings.breach_service = "https://breaches.example/range/"; }
  Breach look_up(const std::string& answer) {
    service.text = answer;
    clock.advance(Breaches::rest);
    return breaches.look_up("password");
  }
  settings::Settings::Password settings;
  Service service;
  test::StandingClock clock;
  Lines log;
  Breaches breaches{settings, service, clock, log};
};

TEST_F(BreachService, LearnsFiveDigitsAndNothingElse) {
  look_up(std::string(other) + ":1");
  ASSERT_EQ(service.asked.size(), 1U);
  const Wish& wish = service.asked.front();
  EXPECT_EQ(wish.url, settings.breach_service + told);
  EXPECT_NE(wish.headers.find("Add-Padding: true"), std::string::npos);
  EXPECT_EQ(wish.headers.find("1e4c9b"), std::string::npos);
  EXPECT_EQ(wish.timeout, settings.breach_timeout);
}

TEST_F(BreachService, KnowsWhatItLists) {
  EXPECT_EQ(look_up(std::string(other) + ":3\r\n" + kept + ":9659365\r\n"), Breach::known);
  EXPECT_EQ(look_up(std::string(kept) + ":1"), Breach::known);
  std::string small = kept;
  for (char& c : small) c = static_cast<char>(std::tolower(c));
  EXPECT_EQ(look_up(small + ":2\n" + other + ":1"), Breach::known);
  EXPECT_EQ(look_up(std::string(other) + ":3\r\n"), Breach::none);
  EXPECT_EQ(look_up(std::string(other) + ":3\n" + kept + ":0\n"), Breach::none) << "padding";
}

TEST_F(BreachService, ThatAnswersAnythingElseHasNotAnswered) {
  for (const std::string& odd :
       {std::string(), std::string("<html>Please sign in to the network</html>"), std::string(kept),
        std::string(kept) + ":", std::string(kept) + ":1 ", std::string(kept) + ":x\n",
        std::string(kept).substr(1) + ":1", std::string(kept) + "0:1",
        std::string(other) + ":1\n\n" + kept + ":1", std::string(kept) + ":1\n<html>"}) {
    EXPECT_EQ(look_up(odd), Breach::unanswered) << odd;
  }
}

TEST_F(BreachService, ThatFailedIsLeftAloneForAWhile) {
  service.answers = false;
  EXPECT_EQ(look_up(""), Breach::unanswered);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(breaches.look_up("password"), Breach::unanswered);
  EXPECT_EQ(service.asked.size(), 1U);
  EXPECT_EQ(log.lines.size(), 1U);
  service.answers = true;
  service.text = std::string(kept) + ":1";
  clock.advance(Breaches::rest - std::chrono::microseconds(1));
  EXPECT_EQ(breaches.look_up("password"), Breach::unanswered);
  clock.advance(std::chrono::microseconds(1));
  EXPECT_EQ(breaches.look_up("password"), Breach::known);
  EXPECT_EQ(breaches.look_up("password"), Breach::known);
  EXPECT_EQ(service.asked.size(), 3U);
  ASSERT_EQ(log.lines.size(), 2U);
  EXPECT_NE(log.lines[0].find("no route to host"), std::string::npos);
  EXPECT_NE(log.lines[1].find("answers again"), std::string::npos);
}

TEST_F(BreachService, IsAskedAgainThoughTheClockWasSetBack) {
  service.answers = false;
  look_up("");
  clock.advance(-std::chrono::hours(24));
  breaches.look_up("password");
  EXPECT_EQ(service.asked.size(), 2U);
}

TEST_F(BreachService, IsNotAskedWhileSomebodyTypesOrWithoutASetting) {
  EXPECT_EQ(breaches.look_up_here("password"), Breach::none);
  settings.breach_service.clear();
  EXPECT_EQ(breaches.look_up("password"), Breach::none);
  EXPECT_TRUE(service.asked.empty());
}

TEST_F(BreachService, MakesUpForAListThatCanNotBeRead) {
  settings.breach_list = "/nonexistent/list";
  EXPECT_EQ(look_up(std::string(kept) + ":1"), Breach::known);
  EXPECT_EQ(look_up(std::string(other) + ":1"), Breach::unanswered) << "half of what is asked is no answer";
  ASSERT_FALSE(log.lines.empty());
  EXPECT_NE(log.lines[0].find("/nonexistent/list"), std::string::npos);
}

TEST_F(BreachService, AListThatCanNotBeReadIsToldOnceInAWhile) {
  settings.breach_list = "/nonexistent/list";
  settings.breach_service.clear();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(breaches.look_up("password"), Breach::unanswered);
  EXPECT_EQ(log.lines.size(), 1U);
  clock.advance(Breaches::rest);
  breaches.look_up("password");
  EXPECT_EQ(log.lines.size(), 2U);
}

}  // namespace
}  // namespace doorward::signin
