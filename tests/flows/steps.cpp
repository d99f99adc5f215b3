#include "steps.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <latch>
#include <nlohmann/json.hpp>
#include <regex>
#include <thread>

namespace doorward::test {

FormFields signup_form(const std::string& email, const std::string& name) {
  return {{"name", name}, {"email", email}, {"password", Site::password}};
}

ReadLetter sign_up(Site& site, Browser& browser, const std::string& email) {
  const Answer answer = browser.submit("/account/signup", signup_form(email));
  EXPECT_EQ(answer.location, "/account/verify-email/check") << answer.status << answer.body;
  browser.follow(answer);
  return site.letter();
}

ReadLetter ask_for_recovery(Site& site, Browser& browser, const std::string& identifier) {
  const Answer answer = browser.submit("/account/recovery", {{"identifier", identifier}});
  EXPECT_EQ(answer.location, "/account/recovery/check") << answer.status << answer.body;
  browser.follow(answer);
  return site.letter();
}

std::string json(const FormFields& fields) {
  nlohmann::json object = nlohmann::json::object();
  for (const auto& [name, value] : fields) object[name] = value;
  return object.dump();
}

std::string masked(Answer answer, const std::string& typed) {
  std::string text = std::to_string(answer.status) + "\n";
  for (const auto& [name, value] : answer.headers) {
    const bool cookie = name == "Set-Cookie";
    text += name + ": " +
            (cookie ? std::regex_replace(value, std::regex("=[^;]*;"), "=;",
                                         std::regex_constants::format_first_only)
                    : value) +
            "\n";
  }
  text += std::regex_replace(answer.body, std::regex("name=\"csrf\" value=\"[^\"]*\""), "");
  text = std::regex_replace(text, std::regex("(<code>|\"id\":\")[0-9a-f]{16}"), "");
  if (typed.empty()) return text;
  for (std::size_t at; (at = text.find(typed)) != std::string::npos;) text.erase(at, typed.size());
  return text;
}

std::vector<std::string> history(Site& site, const std::string& who) {
  std::vector<std::string> lines;
  const auto known = site.admin().show(who);
  if (!known) return lines;
  for (const auto& entry : known->history) lines.push_back(entry.action + " " + entry.outcome);
  return lines;
}

bool has_happened(Site& site, const std::string& who, const std::string& what) {
  const auto lines = history(site, who);
  return std::find(lines.begin(), lines.end(), what) != lines.end();
}

std::vector<Answer> at_once(int n, const std::function<Answer(int)>& one) {
  std::vector<Answer> answers(static_cast<std::size_t>(n));
  std::latch start(n);
  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      answers[static_cast<std::size_t>(i)] = one(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return answers;
}

std::pair<int, Answer> ask_until_refused(Site& site, const std::function<Answer(Browser&, int)>& ask) {
  for (int i = 1; i <= 100; ++i) {
    Browser browser(site);
    browser.address = "192.0.2." + std::to_string(i);
    const Answer answer = ask(browser, i);
    if (answer.status != 303) return {i, answer};
  }
  return {};
}

long count_status(const std::vector<Answer>& answers, int status) {
  return std::count_if(answers.begin(), answers.end(),
                       [&](const Answer& answer) { return answer.status == status; });
}

}  // namespace doorward::test
