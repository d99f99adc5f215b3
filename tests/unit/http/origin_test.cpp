// Which requests come from our own pages (SECURITY T051 to T055).
#include "http/origin.hpp"

#include <gtest/gtest.h>

namespace doorward::http {
namespace {

Provenance of(std::vector<std::pair<std::string_view, std::string_view>> headers) {
  Request request;
  request.headers = std::move(headers);
  return provenance(request, "https://example.org");
}

TEST(Provenance, OfOurOwnPagesIsOwn) {
  EXPECT_EQ(of({{"Sec-Fetch-Site", "same-origin"}, {"Origin", "https://example.org"}}), Provenance::own);
  EXPECT_EQ(of({{"origin", "https://example.org"}}), Provenance::own);
  EXPECT_EQ(of({{"ORIGIN", "https://EXAMPLE.org"}}), Provenance::own);
  EXPECT_EQ(of({{"Sec-Fetch-Site", "same-origin"}}), Provenance::own);
}

TEST(Provenance, OfOthersIsForeignHoweverItIsDressed) {
  for (const std::string_view site :
       {"cross-site", "same-site", "CROSS-SITE", "", "same-origin, cross-site", "null"}) {
    EXPECT_EQ(of({{"Sec-Fetch-Site", site}}), Provenance::foreign) << site;
    EXPECT_EQ(of({{"Sec-Fetch-Site", site}, {"Origin", "https://example.org"}}), Provenance::foreign) << site;
  }
  for (const std::string_view origin :
       {"null", "", "https://evil.example", "http://example.org", "https://example.org:8443",
        "https://example.org.evil.example", "https://www.example.org", "https://example.or",
        "https://example.org/", "https://example.org https://evil.example"}) {
    EXPECT_EQ(of({{"Origin", origin}}), Provenance::foreign) << origin;
    EXPECT_EQ(of({{"Origin", origin}, {"Sec-Fetch-Site", "same-origin"}}), Provenance::foreign) << origin;
  }
}

TEST(Provenance, OfOldBrowsersIsForeignWhereTheyComeFromElsewhere) {  // T053
  for (const std::string_view from :
       {"https://evil.example/", "https://example.org.evil.example/", "https://example.org@evil.example/",
        "http://example.org/", "https://example.or", "", "null"}) {
    EXPECT_EQ(of({{"Referer", from}}), Provenance::foreign) << from;
  }
  EXPECT_EQ(of({{"Referer", "https://EXAMPLE.org"}}), Provenance::unknown);
}

TEST(Provenance, OfThoseWhoDontSayIsUnknown) {
  EXPECT_EQ(of({}), Provenance::unknown);
  EXPECT_EQ(of({{"Referer", "https://example.org/login"}}), Provenance::unknown);
  EXPECT_EQ(of({{"Sec-Fetch-Site", "none"}}), Provenance::unknown)
      << "an address that was typed is no form of ours";
}

TEST(Addressed, MeansTheHostAndNothingElse) {
  const auto addressed = [](std::string_view host) {
    Request request;
    request.headers = {{"Host", host}};
    return addressed_to(request, "example.org:8443");
  };
  EXPECT_TRUE(addressed("example.org:8443"));
  EXPECT_TRUE(addressed("Example.ORG:8443"));
  for (const std::string_view host :
       {"example.org", "example.org:84", "evil.example", "", "example.org:8443.evil"})
    EXPECT_FALSE(addressed(host)) << host;
  EXPECT_FALSE(addressed_to(Request{}, "example.org"));
}

}  // namespace
}  // namespace doorward::http
