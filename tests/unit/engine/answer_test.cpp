// What an answer that is no page says of itself; pages are tested with the flows that show them.
#include "engine/answer.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace doorward::engine {
namespace {

class BytesAnswer : public ::testing::Test {
 protected:
  http::Response of(flows::Bytes bytes, bool json = false) {
    Asker asker;
    asker.json = json;
    return answers_.of(flows::give(std::move(bytes)), asker, "/account/picture", "", "");
  }
  static std::string header(const http::Response& response, std::string_view wanted) {
    std::string all;
    for (const auto& [name, value] : response.headers) {
      if (name == wanted) all += (all.empty() ? "" : " | ") + value;
    }
    return all;
  }

 private:
  settings::Settings settings_;
  http::CookieNames cookies_{true};
  std::unique_ptr<const pages::Renderer> renderer_ =
      pages::Renderer::load({DOORWARD_ROOT "/config/theme", {}, DOORWARD_ROOT "/config/locales", {"en"}});
  Answers answers_{settings_, *renderer_, cookies_};
};

TEST_F(BytesAnswer, IsWhatTheFlowSaysForPeopleAndForPrograms) {
  for (const bool json : {false, true}) {
    const auto response = of({"image/png", std::string("\x89PNG\0", 5), {}, {}}, json);
    EXPECT_EQ(response.status, 200);
    EXPECT_EQ(response.body.size(), 5U);
    EXPECT_EQ(header(response, "Content-Type"), "image/png");
    EXPECT_EQ(header(response, "Content-Disposition"), "inline");
  }
}

TEST_F(BytesAnswer, IsKeptNowhereUnlessTheFlowAllowsIt) {
  EXPECT_EQ(header(of({"image/png", "x", {}, {}}), "Cache-Control"), "no-store");
  EXPECT_EQ(header(of({"image/png", "x", {}, std::chrono::hours(24)}), "Cache-Control"),
            "private, immutable, max-age=86400");
}

TEST_F(BytesAnswer, IsSavedWhereItHasAFileName) {
  EXPECT_EQ(header(of({"application/json", "{}", "export.json", {}}), "Content-Disposition"),
            "attachment; filename=\"export.json\"");
}

TEST_F(BytesAnswer, RunsNothingWhateverItIsTakenFor) {
  const auto response = of({"image/png", "<script>", {}, {}});
  EXPECT_EQ(
      header(response, "Content-Security-Policy"),
      "default-src 'none'; form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'; "
      "sandbox");
  EXPECT_EQ(header(response, "X-Content-Type-Options"), "nosniff");
  EXPECT_EQ(header(response, "Cross-Origin-Resource-Policy"), "same-origin");
}

}  // namespace
}  // namespace doorward::engine
