#include "folder.hpp"

namespace doorward::settings {
namespace {

using namespace std::chrono_literals;
using ReadSettings = Folder;

TEST_F(ReadSettings, FewLinesAreEnoughAndTheRestHasDefaults) {
  const Settings settings = read_text(least);
  EXPECT_EQ(settings.public_url, "https://example.org");
  EXPECT_EQ(settings.public_host, "example.org");
  EXPECT_TRUE(settings.secure);
  EXPECT_EQ(settings.mount, "/account");
  EXPECT_EQ(settings.site.name, "example.org");
  EXPECT_EQ(settings.mail.from_name, "example.org");
  EXPECT_EQ(settings.assertion.audience, "https://example.org");
  EXPECT_EQ(settings.assertion.lifetime, 60s);
  EXPECT_EQ(settings.locales, (std::vector<std::string>{"en", "de"}));
  EXPECT_EQ(settings.password.hash_memory, 19456u);
  EXPECT_EQ(settings.session.idle, 1h);
  EXPECT_EQ(settings.file, (path / "doorward.yaml").string());
  EXPECT_FALSE(settings.plugin_dir.empty());
}

TEST_F(ReadSettings, EveryKindOfValueArrives) {
  const Settings settings = read_text(least +
                                      "mount: /members\n"
                                      "site: {name: 'no', home: /start}\n"
                                      "state_dir: state\n"
                                      "locales: [de, pt-BR]\n"
                                      "signup: {enabled: false}\n"
                                      "session: {idle: 90s, lifetime: 2h}\n"
                                      "assertion: {audience: intranet, lifetime: 2m}\n"
                                      "password: {hash_memory: 64 MiB, hash_wait: 500ms, min_length: 20}\n"
                                      "trusted_proxies: [127.0.0.1, 2001:db8::/32]\n"
                                      "identity_headers: [X_User, X-Auth-*]\n");
  EXPECT_EQ(settings.mount, "/members");
  EXPECT_EQ(settings.site.name, "no");
  EXPECT_EQ(settings.state_dir, (path / "state").string());
  EXPECT_EQ(settings.locales, (std::vector<std::string>{"de", "pt-BR"}));
  EXPECT_FALSE(settings.signup.enabled);
  EXPECT_EQ(settings.session.idle, 90s);
  EXPECT_EQ(settings.assertion.audience, "intranet");
  EXPECT_EQ(settings.assertion.lifetime, 120s);
  EXPECT_EQ(settings.password.hash_memory, 65536u);
  EXPECT_EQ(settings.password.hash_wait, 500ms);
  EXPECT_EQ(settings.password.min_length, 20u);
  EXPECT_EQ(settings.trusted_proxies.size(), 2u);
  EXPECT_EQ(settings.identity_headers, (std::vector<std::string>{"x-user", "x-auth-*"}));
}

TEST_F(ReadSettings, PlainWordsOfYamlStayText) {
  EXPECT_EQ(read_text(least + "site: {name: no}\n").site.name, "no");
  EXPECT_EQ(read_text(least + "site: {name: 0777}\n").site.name, "0777");
  EXPECT_EQ(read_text(least + "site: {name: 1e3}\n").site.name, "1e3");
}

TEST_F(ReadSettings, AllFaultsAreToldAtOnceInOrder) {
  EXPECT_EQ(faults_of("public-url: https://example.org\n"
                      "storage: {plugin: sqlite}\n"
                      "mailer: {plugin: smtp}\n"
                      "sesion: {idle: 1h}\n"
                      "mail: {from_address: nobody}\n"
                      "signup: {enabled: no}\n"
                      "password:\n"
                      "  min_length: 7\n"
                      "  min_lenght: 8\n"),
            "yaml:1:1: unknown key \"public-url\": did you mean public_url?\n"
            "yaml:1:1: \"public_url\" is missing. Where people reach the site. The only source of links in "
            "pages and "
            "letters; http on loopback only.\n"
            "yaml:4:1: unknown key \"sesion\": did you mean session?\n"
            "yaml:5:22: \"mail.from_address\": \"nobody\" must be an e-mail address: name@example.org\n"
            "yaml:6:19: \"signup.enabled\" must be true or false: \"no\" is taken as text here\n"
            "yaml:8:15: \"password.min_length\" must be from 8 to 64, not 7\n"
            "yaml:9:3: unknown key \"password.min_lenght\": did you mean min_length below password?");
}

TEST_F(ReadSettings, AKeyAtTheWrongPlaceIsPointedHome) {
  EXPECT_EQ(faults_of(least + "min_length: 20\n"),
            "yaml:5:1: unknown key \"min_length\": did you mean min_length below password?");
  EXPECT_EQ(faults_of(least + "session.idle: 1h\n"),
            "yaml:5:1: unknown key \"session.idle\": did you mean idle below session?");
  EXPECT_EQ(faults_of(least + "zzzzzzzz: 1h\n"), "yaml:5:1: unknown key \"zzzzzzzz\"");
}

TEST_F(ReadSettings, ShapesThatDoNotFitAreRefused) {
  EXPECT_EQ(faults_of(least + "mount: [a]\n"), "yaml:5:8: \"mount\" takes text, not a list");
  EXPECT_EQ(faults_of(least + "session: 1h\n"), "yaml:5:10: \"session\" takes a map of lifetime, ...");
  EXPECT_EQ(faults_of(least + "locales: en\n"), "yaml:5:10: \"locales\" takes a list: [en]");
  EXPECT_EQ(faults_of(least + "locales: [[en]]\n"),
            "yaml:5:11: \"locales\" takes a list of text, not a list");
  EXPECT_EQ(faults_of(least + "locales: [en, en]\n"), "yaml:5:15: \"locales\" holds \"en\" twice");
  EXPECT_EQ(faults_of(least + "mount:\n"),
            "yaml:5:1: \"mount\" has no value: leave the line out for the default, or write \"\" for empty "
            "text and "
            "[] for an empty list");
  EXPECT_EQ(faults_of(least + "session: {idle: 90}\n"),
            "yaml:5:17: \"session.idle\" must be a duration such as 30m, 24h or 14d, not \"90\"");
  EXPECT_EQ(faults_of(least + "password: {min_length: 0x10}\n"),
            "yaml:5:24: \"password.min_length\" must be a whole number, not \"0x10\"");
  EXPECT_EQ(faults_of(least + "site: {name: \"a\\nb\"}\n"),
            "yaml:5:14: \"site.name\" holds control characters");
}

TEST_F(ReadSettings, SitesAreKeysWithNames) {
  const Settings settings = read_text(least + "sites: {shop: The shop, blog: \"Our blog: news\"}\n");
  EXPECT_EQ(settings.sites, (Names{{"shop", "The shop"}, {"blog", "Our blog: news"}}));
  for (const auto& line : effective(settings)) {
    if (line.key == "sites") {
      EXPECT_EQ(line.value, "{shop: \"The shop\", blog: \"Our blog: news\"}");
    }
  }
  EXPECT_EQ(faults_of(least + "sites: [blog]\n"),
            "yaml:5:8: \"sites\" takes a map of names: {blog: Our blog}, not a list");
  EXPECT_EQ(faults_of(least + "sites: blog\n"),
            "yaml:5:8: \"sites\" takes a map of names: {blog: Our blog}, not text");
  for (const char* key :
       {"all", "none", "Blog", "1st", "a,b", "a b", "_a", "\u00e4", "abcdefghijklmnopqrstuvwxyz0123456"}) {
    EXPECT_NE(faults_of(least + "sites: {\"" + std::string(key) + "\": Name}\n"), "") << key;
  }
  EXPECT_NE(faults_of(least + "sites: {blog: \"\"}\n"), "");
  EXPECT_NE(faults_of(least + "sites: {blog: [a]}\n"), "");
  std::string many = least + "sites:\n";
  for (int i = 0; i < 41; ++i) many += "  s" + std::to_string(i) + ": Site\n";
  EXPECT_EQ(faults_of(many), "yaml:6:3: \"sites\" has more than 40 entries");
}

TEST_F(ReadSettings, ASectionWhoseLinesAreAllCommentedOutIsEmpty) {
  EXPECT_EQ(faults_of(least + "session:\n  # idle: 1h\n"), "");
}

TEST_F(ReadSettings, ContradictionsAreRefused) {
  EXPECT_EQ(faults_of(least + "session: {idle: 25h}\n"),
            "yaml:5:17: session.idle (25h) is longer than session.lifetime (1d)");
  EXPECT_EQ(faults_of(least + "session: {remembered_lifetime: 7d}\n"),
            "yaml:5:32: session.remembered_idle (14d) is longer than session.remembered_lifetime (7d)");
  EXPECT_EQ(faults_of(least + "session: {lifetime: 10m, idle: 5m}\n"),
            "yaml:5:21: session.fresh (15m) is longer than session.lifetime (10m)");
  EXPECT_EQ(faults_of(least + "password: {hash_passes: 1}\n"),
            "yaml:5:25: password.hash_memory must be at least 46 MiB with password.hash_passes: 1");
  EXPECT_EQ(faults_of(least + "locales: []\n"), "yaml:5:10: \"locales\" must name at least one language");
  EXPECT_EQ(faults_of(least + "limits: {address_failures: 2000}\n"),
            "yaml:5:28: limits.address_failures is more than limits.site_failures: one network could shut "
            "the whole "
            "site out");
}

TEST_F(ReadSettings, AMissingFileIsNamed) {
  EXPECT_THROW(
      try { read((path / "none.yaml").string()); } catch (const BadSettings& bad) {
        EXPECT_EQ(std::string(bad.what()),
                  (path / "none.yaml").string() + ": the file can't be opened: No such file or directory");
        throw;
      },
      BadSettings);
}

TEST_F(ReadSettings, PlacesTellWhatWasGiven) {
  const Settings settings = read_text(least + "session:\n  idle: 30m\n");
  ASSERT_TRUE(settings.places.contains("session.idle"));
  EXPECT_EQ(settings.places.at("session.idle").line, 6);
  EXPECT_EQ(settings.places.at("session.idle").column, 9);
  EXPECT_FALSE(settings.places.contains("session.lifetime"));
}

}  // namespace
}  // namespace doorward::settings
