#include "addresses.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

namespace doorward::test {
namespace {

// Asked by a copy: the browser stays on the page that it shows.
nlohmann::json listed(Browser browser) {
  const Answer answer = browser.send("GET", "/account/emails", "", {{"accept", "application/json"}});
  EXPECT_EQ(answer.status, 200) << answer.body;
  return nlohmann::json::parse(answer.body);
}

}  // namespace

ReadLetter add_address(Site& site, Browser& browser, const std::string& address, bool change) {
  const Answer answer =
      browser.submit(change ? "/account/emails/change" : "/account/emails/add", {{"email", address}});
  EXPECT_EQ(answer.leads(), "/account/emails: address_sent") << answer.status << answer.body;
  browser.follow(answer);
  return site.letter();
}

Answer open_link(Browser& browser, const ReadLetter& letter) {
  return browser.follow(browser.get(letter.link()));
}

void own_address(Site& site, Browser& browser, const std::string& address) {
  const ReadLetter letter = add_address(site, browser, address);
  EXPECT_EQ(browser.post("/account/emails", {{"code", letter.code()}}).status, 303) << address;
  site.letters();
}

Answer change(Browser& browser, const std::string& path, const std::string& address) {
  const nlohmann::json list = listed(browser);
  for (const auto& email : list.at("emails")) {
    if (email.at("address") == address)
      return browser.submit(path + "?email=" + email.at("id").get<std::string>(), {});
  }
  ADD_FAILURE() << "no address of this account: " << address;
  return {};
}

std::vector<std::string> waiting(Browser& browser) {
  std::vector<std::string> ids;
  const nlohmann::json list = listed(browser);
  for (const auto& one : list.at("waiting")) ids.push_back(one.at("id"));
  return ids;
}

std::vector<std::string> addresses(Site& site, const std::string& who) {
  std::vector<std::string> all;
  const auto known = site.admin().show(who);
  if (!known) return all;
  for (const auto& email : known->emails) all.push_back(email.address);
  std::sort(all.begin(), all.end());
  return all;
}

std::string address_id(Site& site, const std::string& who, const std::string& address) {
  const auto known = site.admin().show(who);
  if (!known) return {};
  for (const auto& email : known->emails) {
    if (email.address == address) return email.id.str();
  }
  return {};
}

std::string primary(Site& site, const std::string& who) {
  std::vector<std::string> found;
  const auto known = site.admin().show(who);
  if (!known) return {};
  for (const auto& email : known->emails) {
    if (!email.primary) continue;
    EXPECT_TRUE(email.verified_at) << email.address;
    found.push_back(email.address);
  }
  EXPECT_EQ(found.size(), 1U) << who;
  return found.empty() ? std::string() : found.front();
}

}  // namespace doorward::test
