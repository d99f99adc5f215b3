#include <dlfcn.h>
#include <gtest/gtest.h>
#include <parts/part.h>

#include <algorithm>
#include <thread>

#include "base/errors.hpp"
#include "engine/store_check.hpp"
#include "http/multipart.hpp"
#include "pictures.hpp"
#include "records/avatar.hpp"
#include "steps.hpp"

namespace doorward::test {
namespace {

constexpr const char* page = "/account/profile";
constexpr const char* path = "/account/avatar";
const std::string picture = plain_png(40, 30);

// Where a page shows the picture; empty where it shows initials.
std::string shown(const Answer& answer) {
  const std::size_t at = answer.body.find("/account/avatar?v=");
  return at == std::string::npos ? "" : answer.body.substr(at, answer.body.find('"', at) - at);
}

// As a page asks for what it shows.
Answer as_image(Browser& browser) {
  return browser.send("GET", path, "",
                      {{"accept", "image/avif,image/webp,*/*"}, {"sec-fetch-dest", "image"}});
}

class avatar : public ::testing::Test {
 protected:
  avatar() {
    ada = site.account("ada@example.org");
    browser.login("ada@example.org");
  }
  Answer upload(const std::string& file, const std::string& name = "me.png") {
    return browser.upload(page, path, file, name);
  }
  Answer multipart(const std::string& body, const std::string& type = "multipart/form-data; boundary=b") {
    browser.get(page);
    return browser.send("POST", path, body, {{"origin", Site::origin}, {"content-type", type}});
  }
  std::string csrf() {
    const std::string mark = "name=\"csrf\" value=\"", body = browser.get(page).body;
    const std::size_t at = body.find(mark) + mark.size();
    return body.substr(at, body.find('"', at) - at);
  }
  std::string csrf_part() {
    return "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n" + csrf() + "\r\n";
  }
  std::optional<records::Avatar> kept() {
    return site.database().read(
        [&](records::Transaction& tx) { return records::Avatars(tx).of_account(ada); });
  }
  std::size_t faults() {
    return engine::check_store(site.database(), site.keys(), site.clock().now()).faults.size();
  }

  Site site;
  AccountId ada;
  Browser browser{site};
};

TEST_F(avatar, a_picture_is_made_anew_and_shown_on_every_page) {  // M8
  const Answer answer = upload(picture);
  EXPECT_EQ(answer.status, 303);
  const Answer profile = browser.follow(answer);
  EXPECT_TRUE(profile.says("Your picture is saved."));
  const std::string address = shown(profile);
  ASSERT_FALSE(address.empty());
  EXPECT_EQ(shown(browser.get("/account/")), address);
  const Answer file = browser.get(address);
  EXPECT_EQ(file.status, 200);
  EXPECT_EQ(file.header("content-type"), "image/webp");
  EXPECT_EQ(file.body.substr(0, 4), "RIFF");
  EXPECT_EQ(file.body, kept()->picture);
  EXPECT_TRUE(has_happened(site, "ada@example.org", "avatar.change ok"));
  EXPECT_EQ(faults(), 0U);
}

TEST_F(avatar, a_picture_is_in_a_sandbox_whatever_a_browser_takes_it_for) {
  const Answer file = browser.get(shown(browser.follow(upload(picture))));
  EXPECT_NE(file.header("content-security-policy").find("default-src 'none'"), std::string::npos);
  EXPECT_NE(file.header("content-security-policy").find("sandbox"), std::string::npos);
  EXPECT_EQ(file.header("x-content-type-options"), "nosniff");
  EXPECT_EQ(file.header("content-disposition"), "inline");
  EXPECT_EQ(file.header("cache-control"), "private, immutable, max-age=31536000");
  EXPECT_EQ(as_image(browser).header("cache-control"), "no-store") << "it may be another one tomorrow";
}

TEST_F(avatar, is_sent_or_removed_and_not_both) {
  ASSERT_EQ(upload(picture).status, 303);
  const std::string file =
      "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"me.png\"\r\nContent-Type: "
      "image/png\r\n\r\n" +
      plain_png(8, 8) + "\r\n";
  const std::string before = kept()->version;
  for (const char* remove : {"yes", "maybe"}) {
    const std::string field =
        "--b\r\nContent-Disposition: form-data; name=\"remove\"\r\n\r\n" + std::string(remove) + "\r\n";
    EXPECT_EQ(multipart(csrf_part() + field + file + "--b--\r\n").status, 400) << remove;
  }
  ASSERT_TRUE(kept());
  EXPECT_EQ(kept()->version, before);
}

TEST_F(avatar, is_its_owners_alone) {
  const std::string address = shown(browser.follow(upload(picture)));
  site.account("eve@example.org", "Eve");
  Browser eve(site), nobody(site);
  eve.login("eve@example.org");
  EXPECT_EQ(eve.get(address).status, 404);
  EXPECT_EQ(nobody.get(address).status, 303);
  EXPECT_TRUE(nobody.get(address).body.empty());
  EXPECT_TRUE(as_image(eve).says("<svg"));
  EXPECT_EQ(browser.get("/account/avatar?v=0").status, 404);
}

TEST_F(avatar, sent_after_the_session_has_ended_the_way_back_is_a_page) {
  Browser late = browser;
  late.get(page);
  browser.submit("/account/logout", {});
  const Answer refused = late.upload("/account/login", path, picture);
  EXPECT_EQ(refused.location, "/account/login?return_to=%2Faccount%2Favatar");
  const Answer in =
      late.submit(refused.location, {{"identifier", "ada@example.org"}, {"password", Site::password}});
  EXPECT_EQ(in.location, path);
  EXPECT_EQ(late.follow(in).location, page);
}

TEST_F(avatar, without_a_picture_there_are_initials) {
  const Answer answer = as_image(browser);
  EXPECT_EQ(answer.header("content-type"), "image/svg+xml");
  EXPECT_TRUE(answer.says(">AL</text>"));
  browser.submit(page, {{"name", "<b> &c"}});
  EXPECT_FALSE(as_image(browser).says("<b"));
}

TEST_F(avatar, a_new_picture_takes_the_place_of_the_old_one) {
  const std::string before = shown(browser.follow(upload(picture)));
  const std::string after = shown(browser.follow(upload(plain_png(9, 9, {}, "\xff\x10\x10"))));
  EXPECT_NE(before, after);
  EXPECT_EQ(browser.get(before).status, 404);
  EXPECT_EQ(faults(), 0U);
}

TEST_F(avatar, is_removed) {
  const std::string address = shown(browser.follow(upload(picture)));
  browser.get(page);
  const Answer answer = browser.post(path, {{"remove", "yes"}});
  EXPECT_EQ(answer.status, 303);
  EXPECT_TRUE(browser.follow(answer).says("Your picture is removed."));
  EXPECT_EQ(browser.get(address).status, 404);
  EXPECT_FALSE(kept());
  EXPECT_TRUE(has_happened(site, "ada@example.org", "avatar.remove ok"));
  EXPECT_EQ(faults(), 0U);
}

TEST_F(avatar, goes_with_its_account) {  // T227
  upload(picture);
  ASSERT_TRUE(kept());
  ASSERT_TRUE(site.admin().remove("ada@example.org"));
  EXPECT_FALSE(kept());
  EXPECT_EQ(faults(), 0U);
}

TEST_F(avatar, a_program_sends_the_picture_itself) {
  const std::map<std::string, std::string> headers = {
      {"origin", ""}, {"accept", "application/json"}, {"content-type", "image/png"}};
  EXPECT_EQ(browser.send("POST", path, picture, headers).status, 200);
  EXPECT_TRUE(kept());
  EXPECT_EQ(browser.post_json(path, R"({"remove":true})").status, 200);
  EXPECT_FALSE(kept());
  const Answer refused = browser.send("POST", path, "GIF89a", headers);
  EXPECT_EQ(refused.status, 422);
  EXPECT_TRUE(refused.says("\"code\":\"picture_type\"")) << refused.body;
}

TEST_F(avatar, what_is_no_picture_is_refused_at_its_field) {
  for (const auto& [file, text] :
       {std::pair<std::string, std::string>{"", "Please choose a picture."},
        {"GIF89a", "This isn’t a still picture"},
        {"<svg xmlns='http://www.w3.org/2000/svg'/>", "This isn’t a still picture"},
        {picture.substr(0, 60), "This picture can’t be read."},
        {png(50000, 50000, "x"), "This picture has too many pixels."}}) {
    const Answer answer = upload(file);
    EXPECT_EQ(answer.status, 422) << text;
    EXPECT_TRUE(answer.says(text)) << text;
    EXPECT_TRUE(answer.says("value=\"Ada Lovelace\"")) << "the rest of the page is there";
  }
  EXPECT_FALSE(kept());
}

TEST_F(avatar, names_of_files_lead_nowhere) {  // T185
  using namespace std::string_literals;
  for (const std::string& name :
       {"../../x"s, "a\0.png"s, "a\\b.png"s, "/etc/passwd"s, ".."s, "CON"s, "con.png"s, std::string(300, 'a'),
        "a\r\nX-Evil: 1"s, "a\"; name=\"csrf"s}) {
    EXPECT_EQ(upload(picture, name).status, 400) << name;
  }
  EXPECT_FALSE(kept());
  for (const std::string& name : {"Bild (1) \u00e9%22.png"s, std::string(255, 'a')})
    EXPECT_EQ(upload(picture, name).status, 303) << "nothing is made of it: " << name;
}

TEST_F(avatar, a_form_that_is_none_is_refused) {  // T185
  const std::string head = "Content-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n";
  std::string many;
  for (int i = 0; i < 10000; ++i)
    many += "--b\r\nContent-Disposition: form-data; name=\"f" + std::to_string(i) + "\"\r\n\r\n\r\n";
  for (const std::string& body :
       {std::string(), many + "--b--\r\n", csrf_part() + "--b\r\n" + head + "\r\n" + picture,
        csrf_part() + "--b\r\n" + head + "Content-Length: 3\r\n\r\nx\r\n--b--\r\n"}) {
    EXPECT_EQ(multipart(body).status, 400) << body.substr(0, 40);
  }
  const std::string good = csrf_part() + "--b\r\n" + head + "\r\n" + picture + "\r\n--b--\r\n";
  for (const std::string& type :
       {std::string("multipart/form-data"), "multipart/form-data; boundary=" + std::string(1024 * 1024, 'b'),
        std::string("multipart/form-data; boundary=b; boundary=b")}) {
    EXPECT_EQ(multipart(good, type).status, 400) << type.substr(0, 60);
  }
  EXPECT_FALSE(kept());
  EXPECT_EQ(multipart(good).status, 303);
}

TEST_F(avatar, a_file_that_is_too_long_is_refused_at_its_field) {
  for (const std::string& file :
       {picture + std::string(2 * 1024 * 1024, 'x'), std::string(5 * 1024 * 1024, 'x')}) {
    const Answer answer = upload(file);
    EXPECT_EQ(answer.status, 413) << file.size();
    EXPECT_NE(answer.body.find("id=\"picture-error\""), std::string::npos) << answer.body;
    EXPECT_NE(answer.body.find("larger than 2 MB"), std::string::npos) << answer.body;
  }
  EXPECT_FALSE(kept());
}

// Servers read past such a body: what it says of its length is all that comes of it.
TEST_F(avatar, a_file_that_was_read_past_is_refused_at_its_field) {
  const std::map<std::string, std::string> form = {
      {"origin", Site::origin},
      {"content-type", "multipart/form-data; boundary=b"},
      {"content-length", std::to_string(http::max_upload_bytes + 1)}};
  const auto with = [&](std::map<std::string, std::string> headers) {
    headers.insert(form.begin(), form.end());
    return browser.send("POST", path, "", headers);
  };
  const Answer answer = with({});
  EXPECT_EQ(answer.status, 413);
  EXPECT_NE(answer.body.find("larger than 2 MB"), std::string::npos) << answer.body;
  EXPECT_TRUE(has_happened(site, "ada@example.org", "avatar.change picture_too_large"));
  const Answer program = with({{"accept", "application/json"}, {"content-type", "image/png"}});
  EXPECT_EQ(program.status, 413);
  EXPECT_NE(program.body.find("picture_too_large"), std::string::npos) << program.body;
  EXPECT_EQ(with({{"origin", "https://evil.example"}}).status, 403);
  EXPECT_NE(with({{"content-length", "18446744073709551616"}}).status, 413) << "no number";
  Browser stranger(site);
  EXPECT_EQ(stranger.send("POST", path, "", form).status, 303) << "to sign in";
}

TEST_F(avatar, is_not_taken_from_another_site) {  // T051
  const std::string head = "--b\r\nContent-Disposition: form-data; name=\"picture\"; filename=\"a\"\r\n\r\n";
  const std::string body = head + picture + "\r\n--b--\r\n";
  EXPECT_EQ(multipart(body).status, 403) << "without its token";
  const std::string whole = csrf_part() + body;
  EXPECT_EQ(
      browser
          .send("POST", path, whole,
                {{"origin", "https://evil.example"}, {"content-type", "multipart/form-data; boundary=b"}})
          .status,
      403);
  EXPECT_EQ(
      browser.send("POST", path, picture, {{"origin", "https://evil.example"}, {"content-type", "image/png"}})
          .status,
      403);
  EXPECT_FALSE(kept());
}

TEST_F(avatar, other_pages_take_no_files) {  // T029
  for (const char* other : {"/account/profile", "/account/login", "/account/password"}) {
    for (const char* type : {"multipart/form-data; boundary=b", "image/png"}) {
      browser.get(page);
      EXPECT_EQ(browser
                    .send("POST", other, csrf_part() + "--b--\r\n",
                          {{"origin", Site::origin}, {"content-type", type}})
                    .status,
                415)
          << other << " " << type;
    }
  }
}

// The part is in the middle of a picture for as long as it hands out what it has made.
void while_another_picture_is_made(const std::function<void()>& done) {
  void* part = ::dlopen(DOORWARD_PLUGIN_DIR "/part/picture.so", RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(part, nullptr);
  const auto make = reinterpret_cast<decltype(&doorward_picture_v1)>(::dlsym(part, "doorward_picture_v1"));
  const auto put = [](void* self, const char*, std::size_t) {
    std::thread(*static_cast<const std::function<void()>*>(self)).join();
  };
  EXPECT_EQ(make(picture.data(), picture.size(), const_cast<std::function<void()>*>(&done), put),
            DOORWARD_PICTURE_MADE);
}

TEST_F(avatar, nobody_waits_long_for_others_pictures) {
  while_another_picture_is_made([this] {
    const Answer answer = upload(picture);
    EXPECT_EQ(answer.status, 503);
    EXPECT_TRUE(answer.says("id=\"picture-error\"")) << answer.body;
    EXPECT_TRUE(answer.says("Please try again later."));
  });
  EXPECT_FALSE(kept());
  EXPECT_EQ(upload(picture).status, 303);
}

TEST_F(avatar, fifty_at_once_leave_one_picture) {
  const auto answers = at_once(50, [&](int i) {
    Browser one = browser;
    return one.upload(page, path, plain_png(8, 8, {}, std::string(3, static_cast<char>(i))));
  });
  EXPECT_EQ(count_status(answers, 303), 30) << "as many as an account may send in an hour";
  EXPECT_EQ(count_status(answers, 429), 20);
  EXPECT_EQ(faults(), 0U);
}

}  // namespace
}  // namespace doorward::test
