// Steps that many tests begin with, and ways to compare what came of them.
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "browser.hpp"

namespace doorward::test {

inline constexpr const char* new_password = "periwinkle-lighthouse-47";

FormFields signup_form(const std::string& email, const std::string& name = "Grace Hopper");
// Both end on the page that asks for the code; the letter is what came of it.
ReadLetter sign_up(Site& site, Browser& browser, const std::string& email);
ReadLetter ask_for_recovery(Site& site, Browser& browser, const std::string& identifier);

std::string json(const FormFields& fields);  // one flat object

// Status, headers and body as one text, without what is random in every answer (form tokens, cookie values, the request's id)
// and without `typed`, which forms show again.
std::string masked(Answer answer, const std::string& typed = {});

// What the audit has about an account, the newest first: "login ok".
std::vector<std::string> history(Site& site, const std::string& who);
bool has_happened(Site& site, const std::string& who, const std::string& what);

// Calls `one` with 0 to n-1, all at once; what each answered.
std::vector<Answer> at_once(int n, const std::function<Answer(int)>& one);
// Asks as one person of a network after another, numbered from 1, until a page isn't answered with a redirect; which of them
// that was, and what was said. After 100 it gives up.
std::pair<int, Answer> ask_until_refused(Site& site, const std::function<Answer(Browser&, int)>& ask);
long count_status(const std::vector<Answer>& answers, int status);

}  // namespace doorward::test
