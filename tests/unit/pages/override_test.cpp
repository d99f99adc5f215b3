// A site's own files: what they replace, and what is said at load where they don't fit.
#include <gtest/gtest.h>

#include "site.hpp"

namespace doorward::pages {
namespace {

TEST(Override, ReplacesSingleFilesAndKeepsTheOthers) {
  Site site;
  site.file("parts/brand.html", "<b class=\"mine\">{{site.name}}</b>\n")
      .file("pages/logout.html", "<p>{{t.logout.lead}}</p>\n");
  const auto renderer = site.load();
  EXPECT_NE(renderer->page("login", sample_model(), "en").find("<b class=\"mine\">Northwind</b>"),
            std::string::npos);
  EXPECT_EQ(renderer->page("logout", sample_model(), "en"),
            "<p>You will be signed out of Northwind on this device.</p>\n");
}

TEST(Override, MayAddPartsAndTexts) {
  Site site;
  site.file("parts/terms.html", "<p>{{t.site.terms}}</p>\n")
      .file("pages/logout.html", "{{>terms}}\n")
      .file("locales/en.po", "msgid \"site.terms\"\nmsgstr \"Terms of {site.name}\"\n")
      .file("locales/de.po", "msgid \"site.terms\"\nmsgstr \"Bedingungen von {site.name}\"\n");
  EXPECT_EQ(site.load()->page("logout", sample_model(), "de"), "<p>Bedingungen von Northwind</p>\n");
}

TEST(Override, MayReplaceSingleTexts) {
  Site site;
  site.file("locales/en.po", "msgid \"login.submit\"\nmsgstr \"Let me in\"\n");
  const auto renderer = site.load();
  EXPECT_NE(renderer->page("login", sample_model(), "en").find("Let me in"), std::string::npos);
  EXPECT_NE(renderer->page("login", sample_model(), "de").find("Anmelden"), std::string::npos);
}

TEST(Override, FaultsNameFileAndLine) {
  Site site;
  site.file("pages/logout.html", "<p>\n<a href={{site.home}}>x</a></p>\n");
  EXPECT_EQ(site.faults(),
            site.folder() + "/pages/logout.html:2:9: an attribute's value needs quotation marks");
}

TEST(Override, NamesWhatDoesNotExistAndWhatWasMeant) {
  Site site;
  site.file("pages/logout.html", "{{site.nmae}}\n{{t.logout.led}}\n{{>hiden}}\n{{#me}}{{naem}}{{/me}}\n");
  const std::string file = site.folder() + "/pages/logout.html";
  EXPECT_EQ(site.faults(), file + ":3:1: there is no part 'hiden'. Did you mean hidden?\n" + file +
                               ":1:1: nothing is called 'site.nmae' in logout. Did you mean site.name?\n" +
                               file +
                               ":2:1: no catalogue has the text 'logout.led'. Did you mean logout.lead?\n" +
                               file + ":4:8: nothing is called 'naem' in logout.");
}

TEST(Override, NamesOfOnePageAreUnknownInAnother) {
  Site site;
  site.file("pages/logout.html", "{{password_min}} {{t.field.password_hint}}");
  const std::string file = site.folder() + "/pages/logout.html";
  EXPECT_EQ(site.faults(),
            file + ":1:1: nothing is called 'password_min' in logout.\n" + file +
                ":1:18: the text 'field.password_hint' asks for {password_min}, which logout doesn't know.");
}

TEST(Override, OnlyAddressesBeginAnAddress) {
  Site site;
  site.file("pages/profile.html",
            "<a href=\"{{form.name}}\">x</a><a href=\"{{t.profile.title}}\">y</a><a "
            "href=\"/x?{{form.name}}\">z</a>");
  const std::string file = site.folder() + "/pages/profile.html";
  EXPECT_EQ(site.faults(),
            file + ":1:10: 'form.name' isn't an address, so it can't begin the value of this attribute\n" +
                file + ":1:39: an address can't begin with a text");
}

TEST(Override, SectionsAndTextsAreNotMixedUp) {
  Site site;
  site.file(
      "pages/sessions.html",
      "{{sessions}}{{#t.sessions.title}}x{{/t.sessions.title}}{{#sessions}}{{id}}{{.}}{{/sessions}}{{id}}");
  const std::string file = site.folder() + "/pages/sessions.html";
  EXPECT_EQ(site.faults(), file +
                               ":1:1: 'sessions' isn't a text: it can only be asked for by {{#sessions}}\n" +
                               file + ":1:13: a text can't be a section\n" + file +
                               ":1:75: '.' isn't a text: it can only be asked for by {{#.}}\n" + file +
                               ":1:93: nothing is called 'id' in sessions. Did you mean is?");
}

TEST(Override, APartThatIncludesItselfIsRefusedInsteadOfCrashing) {
  Site site;
  site.file("parts/a.html", "{{>b}}").file("parts/b.html", "x {{>a}}").file("pages/logout.html", "{{>a}}");
  EXPECT_EQ(site.faults(), site.folder() + "/parts/b.html:1:3: the part 'a' includes itself");
}

TEST(Override, PartsThatGrowWithoutEndAreRefused) {
  Site site;
  for (int i = 0; i < 30; ++i) {
    const std::string next = "{{>p" + std::to_string(i + 1) + "}}";
    site.file("parts/p" + std::to_string(i) + ".html", next + "x" + next);
  }
  site.file("parts/p30.html", "x").file("pages/logout.html", "{{>p0}}");
  EXPECT_NE(site.faults().find("parts are nested too deep"), std::string::npos);
}

TEST(Override, FilesThatReplaceNothingAreNamed) {
  Site site;
  site.file("pages/logn.html", "x")
      .file("mails/recover.txt", "x")
      .file("assets/x.php", "x")
      .file("pages/login.html~", "{{");
  EXPECT_EQ(site.faults(),
            site.folder() + "/pages/logn.html: there is no such page. Did you mean login?\n" + site.folder() +
                "/mails/recover.txt: there is no such letter. Did you mean recovery?\n" + site.folder() +
                "/assets/x.php: assets are .css, .js, .svg, .png, .jpg, .webp or .ico");
}

TEST(Override, TextsWithOtherArgumentsOrWithoutAUseAreNamed) {
  Site site;
  site.file("locales/de.po",
            "msgid \"login.lead\"\nmsgstr \"bei {site.home}\"\n\nmsgid \"login.leed\"\nmsgstr \"x\"\n")
      .file("locales/en.po", "msgid \"login.sbumit\"\nmsgstr \"x\"\n");
  const auto faults = site.faults();
  const std::string root = DOORWARD_ROOT;
  EXPECT_NE(
      faults.find(site.folder() + "/locales/de.po:1: 'login.lead' has other {arguments} than in " + root),
      std::string::npos)
      << faults;
  EXPECT_NE(
      faults.find(
          site.folder() +
          "/locales/de.po:4: 'login.leed' isn't a key of the default language, en. Did you mean login.lead?"),
      std::string::npos)
      << faults;
  EXPECT_NE(faults.find("de.po: misses 'login.sbumit', which " + site.folder() + "/locales/en.po:1 has"),
            std::string::npos)
      << faults;
  EXPECT_NE(faults.find(site.folder() +
                        "/locales/en.po:1: no page uses 'login.sbumit'. Did you mean login.submit?"),
            std::string::npos)
      << faults;
}

TEST(Override, PluralFormsAreCounted) {
  Site site;
  site.file("locales/de.po",
            "msgid \"account.device_count\"\nmsgid_plural \"{devices}\"\nmsgstr[0] \"{devices}\"\n");
  EXPECT_EQ(site.faults().substr(site.folder().size()),
            "/locales/de.po:1: 'account.device_count' needs 2 plural forms");
}

TEST(Override, AMissingThemeOrLanguageIsNamed) {
  Site site;
  auto sources = site.sources();
  sources.theme_dir += "-elsewhere";
  EXPECT_THROW(Renderer::load(sources), BadSettings);
  sources = site.sources();
  sources.locales = {"en", "tlh"};
  EXPECT_THROW(Renderer::load(sources), BadSettings);
  sources.locales = {};
  EXPECT_THROW(Renderer::load(sources), BadSettings);
  sources = site.sources();
  sources.override_dir += "-elsewhere";
  EXPECT_THROW(Renderer::load(sources), BadSettings);
}

TEST(Override, AThemeWithoutAPageIsNotLoaded) {
  Site copy;
  std::filesystem::copy(std::string(DOORWARD_ROOT) + "/config/theme", copy.folder() + "/theme",
                        std::filesystem::copy_options::recursive);
  std::filesystem::remove(copy.folder() + "/theme/pages/logout.html");
  auto sources = copy.sources();
  sources.theme_dir = copy.folder() + "/theme";
  sources.override_dir.clear();
  try {
    Renderer::load(sources);
    FAIL();
  } catch (const BadSettings& bad) {
    EXPECT_EQ(std::string(bad.what()), copy.folder() + "/theme/pages/logout.html: is missing");
  }
}

}  // namespace
}  // namespace doorward::pages
