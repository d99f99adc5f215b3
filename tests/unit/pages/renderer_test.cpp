#include "pages/renderer.hpp"

#include <gtest/gtest.h>

#include <thread>

#include "pages/names.hpp"
#include "site.hpp"

namespace doorward::pages {
namespace {

using nlohmann::json;
using testing::Test;

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

#define EXPECT_HAS(text, part) EXPECT_TRUE(contains(text, part)) << text

TEST(Renderer, HasEveryPageAndLetterInEveryLanguage) {
  const auto renderer = Site().load();
  for (const auto& view : all_pages()) {
    for (const char* locale : {"en", "de"}) {
      const auto html = renderer->page(view.name, sample_model(), locale);
      EXPECT_FALSE(contains(html, "{{")) << view.name;
      if (view.name == "menu") continue;  // a piece of a site's page
      EXPECT_TRUE(html.starts_with("<!doctype html>\n<html lang=\"" + std::string(locale) + "\">"))
          << view.name;
      EXPECT_TRUE(html.ends_with("</html>\n")) << view.name;
    }
  }
  for (const auto& view : all_letters()) {
    const auto letter = renderer->letter(view.name, sample_model(), "de");
    EXPECT_FALSE(letter.subject.empty()) << view.name;
    EXPECT_HAS(letter.text, "Northwind");
    EXPECT_HAS(letter.html, "<html lang=\"de\">");
  }
}

TEST(Renderer, EscapesWhatPeopleTyped) {
  auto model = sample_model();
  model["form"]["identifier"] = "\"><script>alert('1')</script>&";
  model["error"] = "<b>";
  const auto html = Site().load()->page("login", model, "en");
  EXPECT_HAS(html, "value=\"&quot;&gt;&lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;&amp;\"");
  EXPECT_HAS(html, "&lt;b&gt;");
  EXPECT_FALSE(contains(html, "<script"));
}

TEST(Renderer, EscapesArgumentsOfTexts) {
  auto model = sample_model();
  model["site"]["name"] = "A<i>&B";
  EXPECT_HAS(Site().load()->page("login", model, "en"), "to continue to A&lt;i&gt;&amp;B");
}

TEST(Renderer, NeitherTemplatesNorTextsAreReadInWhatPeopleTyped) {
  auto model = sample_model();
  model["site"]["name"] = "{{csrf}} {csrf} {{>hidden}}";
  EXPECT_HAS(Site().load()->page("login", model, "en"), "to continue to {{csrf}} {csrf} {{&gt;hidden}}");
}

TEST(Renderer, DropsAddressesThatWouldRunSomething) {
  for (const char* address :
       {"javascript:alert(1)", " javascript:alert(1)", "JavaScript:alert(1)", "data:text/html,x",
        "data:text/plain,x", "data:text/plain;charset=utf-8;base64,x", "DATA:text/plain;charset=utf-8,x",
        "otpauth:x", "//evil.example", "/\\evil.example", "\\\\evil.example", "/a\nb", "vbscript:x", "evil",
        "http:evil"}) {
    auto model = sample_model();
    model["site"]["home"] = address;
    EXPECT_HAS(Site().load()->page("login", model, "en"), "class=\"brand\" href=\"\"");
  }
  auto model = sample_model();
  model["site"]["home"] = "https://example.org/?a=1&b=2#c";
  EXPECT_HAS(Site().load()->page("login", model, "en"), "href=\"https://example.org/?a=1&amp;b=2#c\"");
}

TEST(Renderer, EmptyTextsAndObjectsAreAbsent) {
  auto model = sample_model();
  model["error"] = "";
  model["notice"] = nullptr;
  model["errors"] = json::object();
  const auto html = Site().load()->page("login", model, "en");
  EXPECT_FALSE(contains(html, "role=\"alert\""));
  EXPECT_FALSE(contains(html, "role=\"status\""));
  EXPECT_FALSE(contains(html, "aria-invalid"));
}

TEST(Renderer, SignUpIsOfferedOnlyWhereThereIsALink) {
  auto model = sample_model();
  const auto renderer = Site().load();
  EXPECT_HAS(renderer->page("login", model, "en"), "href=\"/account/signup\"");
  model["links"].erase("signup");
  EXPECT_FALSE(contains(renderer->page("login", model, "en"), "/account/signup"));
}

TEST(Renderer, EveryFormSendsTheTokenAndWhereToGo) {
  auto model = sample_model();
  model["return_to"] = "/reports";
  const auto html = Site().load()->page("login", model, "en");
  EXPECT_HAS(html, "<input type=\"hidden\" name=\"csrf\" value=\"token\">");
  EXPECT_HAS(html, "<input type=\"hidden\" name=\"return_to\" value=\"/reports\">");
}

TEST(Renderer, CountsAsTheLanguageDoes) {
  const auto renderer = Site().load();
  const auto attempts = [&](json minutes, const char* locale) {
    return renderer->text("error.too_many_attempts", {{"minutes", std::move(minutes)}}, locale);
  };
  EXPECT_EQ(attempts(1, "en"), "Too many attempts. Please try again in 1 minute.");
  EXPECT_EQ(attempts("5", "en"), "Too many attempts. Please try again in 5 minutes.");
  EXPECT_EQ(attempts(1, "de"), "Zu viele Versuche. Bitte versuchen Sie es in 1 Minute noch einmal.");
  EXPECT_EQ(attempts(0, "de"), "Zu viele Versuche. Bitte versuchen Sie es in 0 Minuten noch einmal.");
  auto model = sample_model();
  model["devices"] = 1;
  EXPECT_HAS(renderer->page("account", model, "en"), "Signed in on 1 device<");
  model["devices"] = 3;
  EXPECT_HAS(renderer->page("account", model, "de"), "Auf 3 Geräten angemeldet");
}

TEST(Renderer, TextsFallBackToTheirKeyAndLanguagesToTheDefault) {
  const auto renderer = Site().load();
  EXPECT_EQ(renderer->text("error.no_such_code", json::object(), "en"), "error.no_such_code");
  EXPECT_EQ(renderer->text("error.required", json::object(), "fr"),
            renderer->text("error.required", json::object(), "en"));
  EXPECT_EQ(renderer->text("error.password_too_short", nullptr, "en"), "Please use at least  characters.");
}

TEST(Renderer, WritesTimesInTheLanguageOfThePage) {
  auto model = sample_model();
  model["password_changed"] = 1795276800000000;  // 2026-11-21 16:00:00 UTC
  const auto renderer = Site().load();
  EXPECT_HAS(renderer->page("account", model, "en"), "Last changed 21 November 2026");
  EXPECT_HAS(renderer->page("account", model, "de"), "Zuletzt geändert am 21. November 2026");
  model["time"] = 1795276800000000;
  EXPECT_HAS(renderer->letter("password_changed", model, "de").text,
             "Wann: 21. November 2026, 16:00 Uhr UTC");
  model["time"] = 951827640000000;  // 2000-02-29 12:34
  EXPECT_HAS(renderer->letter("password_changed", model, "en").text, "When: 29 February 2000, 12:34 UTC");
}

TEST(Renderer, WritesTimesInTheZoneAndByTheClockOfTheReader) {
  auto model = sample_model();
  model["password_changed"] = model["time"] = 1795276800000000;  // 2026-11-21 16:00:00 UTC
  const auto renderer = Site().load();
  EXPECT_HAS(renderer->page("account", model, {"en", "Pacific/Auckland"}), "Last changed 22 November 2026");
  EXPECT_HAS(renderer->letter("password_changed", model, {"en", "America/New_York", "12"}).text,
             "When: 21 November 2026, 11:00 AM\n");
  EXPECT_HAS(renderer->letter("password_changed", model, {"de", "Europe/Berlin", "24"}).text,
             "Wann: 21. November 2026, 17:00 Uhr\n");
  EXPECT_HAS(renderer->letter("password_changed", model, {"en", "Nowhere/Atlantis"}).text, "16:00 UTC\n");
  EXPECT_EQ(renderer->moment(from_microseconds(1795276800000000), {"en", "Asia/Tokyo"}),
            "22 November 2026, 01:00");
}

TEST(Renderer, TheErrorPageFindsItsTextsByCode) {
  auto model = sample_model();
  model.update({{"status", 404}, {"code", "not_found"}, {"id", "0123"}});
  const auto renderer = Site().load();
  const auto html = renderer->page("error", model, "de");
  EXPECT_HAS(html, "<h1>Diese Seite gibt es nicht</h1>");
  EXPECT_HAS(html, "<title>Diese Seite gibt es nicht · Northwind</title>");
  EXPECT_HAS(html, "<code>0123</code>");
  model["code"] = "wrong_address";
  EXPECT_HAS(renderer->page("error", model, "en"), "You have opened Northwind under another address");
  model["title"] = "Out to lunch";
  EXPECT_HAS(renderer->page("error", model, "en"), "<h1>Out to lunch</h1>");
}

TEST(Renderer, ThePageThatChangesAnAddressSaysSoInItsTitle) {
  auto model = sample_model();
  const auto renderer = Site().load();
  EXPECT_HAS(renderer->page("emails_add", model, "en"), "<title>Add an address · Northwind</title>");
  model["change"] = true;
  EXPECT_HAS(renderer->page("emails_add", model, "en"), "<title>Change your address · Northwind</title>");
  model["errors"] = {{"email", "This is nobody's."}};
  EXPECT_HAS(renderer->page("emails_add", model, "en"),
             "<title>Error: Change your address · Northwind</title>");
}

TEST(Renderer, TheErrorPageOfAnUnknownCodeSaysThatSomethingWentWrong) {
  auto model = sample_model();
  model.update({{"status", 418}, {"code", "teapot"}});
  EXPECT_HAS(Site().load()->page("error", model, "en"), "<h1>Something went wrong</h1>");
}

TEST(Renderer, LettersAreWholeAsTextAndHaveNoMarkupInIt) {
  auto model = sample_model();
  model.update({{"link", "https://example.org/a?b=1&c=2"},
                {"code", "123456"},
                {"minutes", 30},
                {"name", "O'Neil & <Co>"}});
  const auto letter = Site().load()->letter("recovery", model, "en");
  EXPECT_EQ(letter.subject, "Reset your password for Northwind");
  EXPECT_HAS(letter.text, "Hello O'Neil & <Co>,\n");
  EXPECT_HAS(letter.text, "\nhttps://example.org/a?b=1&c=2\n");
  EXPECT_HAS(letter.text, "123456");
  EXPECT_HAS(letter.text, "30 minutes");
  EXPECT_HAS(letter.html, "href=\"https://example.org/a?b=1&amp;c=2\"");
  EXPECT_HAS(letter.html, "<title>Reset your password for Northwind</title>");
}

TEST(Renderer, LettersLoadNothingFromElsewhere) {
  const auto renderer = Site().load();
  for (const auto& view : all_letters()) {
    const auto html = renderer->letter(view.name, sample_model(), "en").html;
    for (const char* part : {"src=", "url(", "<link", "@import", "<img", "<table"}) {
      EXPECT_FALSE(contains(html, part)) << view.name << ": " << part;
    }
  }
}

TEST(Renderer, SubjectsStayOneLine) {
  auto model = sample_model();
  model["site"]["name"] = "North\r\nBcc: everybody@example.org\twind";
  const auto subject = Site().load()->letter("recovery", model, "en").subject;
  EXPECT_EQ(subject.find_first_of("\r\n\t"), std::string::npos);
  EXPECT_EQ(subject, "Reset your password for North");
}

TEST(Renderer, ServesAssetsWithATypeAndAVersionOfTheirBytes) {
  Site site;
  const auto plain = site.load();
  const auto* style = plain->asset("style.css");
  ASSERT_NE(style, nullptr);
  EXPECT_EQ(style->content_type, "text/css; charset=utf-8");
  EXPECT_EQ(style->version.size(), 16u);
  EXPECT_EQ(plain->asset("icon.svg")->content_type, "image/svg+xml");
  for (const char* name : {"", "../pages/login.html", "site.css", "style.css/", "."})
    EXPECT_EQ(plain->asset(name), nullptr) << name;
  const auto changed = site.file("assets/site.css", ":root { --accent: #083 }\n").load();
  EXPECT_TRUE(changed->asset("style.css")->bytes.ends_with(":root{--accent:#083}"));
  EXPECT_NE(changed->asset("style.css")->version, style->version);
  const auto scripted = site.file("assets/chart.js", "// What it draws.\n  draw();\n").load();
  EXPECT_EQ(scripted->asset("chart.js")->bytes, "draw();\n");
}

TEST(Renderer, NoPageIsLargerThan30KilobytesWithItsStyle) {
  const auto renderer = Site().load();
  const auto style = renderer->asset("style.css")->bytes.size();
  auto model = sample_model();
  model["me"] = {{"name", "Ada"}, {"email", "ada@example.org"}, {"initials", "A"}};
  for (const auto& view : all_pages())
    EXPECT_LT(renderer->page(view.name, model, "de").size() + style, 30000u) << view.name;
}

TEST(Renderer, RendersFromManyThreadsAtOnce) {
  const auto renderer = Site().load();
  const std::string expected = renderer->page("login", sample_model(), "de");
  std::vector<std::thread> threads;
  std::atomic<int> different = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&] {
      for (int n = 0; n < 50; ++n) different += renderer->page("login", sample_model(), "de") != expected;
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(different, 0);
}

TEST(Renderer, AnUnknownPageIsAFaultOfTheCaller) {
  const auto renderer = Site().load();
  EXPECT_THROW(renderer->page("lgin", sample_model(), "en"), std::logic_error);
  EXPECT_THROW(renderer->letter("../pages/login", sample_model(), "en"), std::logic_error);
}

}  // namespace
}  // namespace doorward::pages
