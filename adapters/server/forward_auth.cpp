#include "server/forward_auth.hpp"

#include <stdexcept>
#include <utility>

#include "embedding/answer.hpp"
#include "embedding/identity.hpp"
#include "embedding/rule.hpp"
#include "embedding/text.hpp"

namespace doorward::server {

namespace http = boost::beast::http;

namespace {

constexpr const char *method_header = "X-Forwarded-Method", *host_header = "X-Forwarded-Host",
                     *target_header = "X-Forwarded-Uri";

// The value of a header that is there once; else the question has a fault.
std::string only(const Fields& fields, const char* name, Question& question) {
  const auto values = values_of(fields, name);
  if (values.size() == 1 && !values[0].empty()) return values[0];
  question.fault = std::string(name) + (values.size() > 1 ? " is given twice" : " is missing");
  return {};
}

// One word of the query. False: it isn't one, or is said twice.
bool read_word(std::string_view word, Question& question) {
  if (word == "required") return !std::exchange(question.is_required, true);
  if (word == "sign_in=401") return !std::exchange(question.in_401_and_403, true);
  if (word.starts_with("role=") && question.role.empty()) {
    question.role = word.substr(5);
    return embedding::is_role(question.role) && question.role.find_first_of("%+") == std::string::npos;
  }
  if (word.starts_with("fresh=") && question.fresh_seconds == 0) {
    question.fresh_seconds = embedding::parse_fresh(word.substr(6)).value_or(0);
    return question.fresh_seconds != 0;
  }
  if (word.starts_with("level=") && question.level == 0) {
    question.level = embedding::parse_level(word.substr(6)).value_or(0);
    return question.level != 0;
  }
  return false;
}

void read_words(std::string_view query, Question& question) {
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view word = query.substr(0, end);
    query.remove_prefix(end == std::string_view::npos ? query.size() : end + 1);
    if (!read_word(word, question))
      question.fault =
          "what may follow the path is required, role=NAME, level=NUMBER, fresh=DURATION and sign_in=401, "
          "each once, "
          "not \"" +
          std::string(word) + "\"";
  }
  question.is_required =
      question.is_required || question.fresh_seconds != 0 || question.level != 0 || !question.role.empty();
}

// The proxy hands the target on as it came. Where it has dot segments or doubled slashes, the application could find
// another place in it than the one by which the rule is chosen.
bool is_plain(const Target& target) {
  return std::string_view(target.raw).substr(0, target.raw.find('?')) == target.encoded;
}

}  // namespace

ForwardAuth::ForwardAuth(std::string_view path) {
  auto place = parse_place(path);
  if (!place || place->empty() || path.find_first_of("%;?") != std::string_view::npos)
    throw std::invalid_argument("--forward-auth takes a clean path such as /forward-auth, not \"" +
                                std::string(path) + "\"");
  path_ = std::move(*place);
}

bool ForwardAuth::is_asked(std::string_view target) const noexcept {
  if (path_.empty() || !target.starts_with(path_)) return false;
  return target.size() == path_.size() || target[path_.size()] == '?' || target[path_.size()] == '/';
}

Question ForwardAuth::read(std::string_view method, std::string_view target, const Fields& fields) const {
  Question question;
  const std::string_view rest = target.substr(path_.size());
  std::string original;
  if (rest.starts_with('/')) {
    for (const char* name : {method_header, target_header})
      if (!values_of(fields, name).empty())
        question.fault = std::string(name) + " and a path behind " + path_ + " are two questions";
    question.method = method;
    question.host = only(fields, "Host", question);
    original = rest;
  } else {
    read_words(rest.empty() ? rest : rest.substr(1), question);
    question.method = only(fields, method_header, question);
    question.host = only(fields, host_header, question);
    original = only(fields, target_header, question);
  }
  if (!question.fault.empty()) return question;
  auto read = parse_target(original);
  if (!read || !is_plain(*read)) {
    question.fault = "the address of the original request could be taken for another's";
  } else if (!embedding::sendable_header(question.method, {})) {  // a method is a token, too (RFC 9110 9.1)
    question.fault = "the method of the original request is none";
  } else {
    question.target = std::move(*read);
  }
  return question;
}

std::vector<doorward_rule> rules_for(const Protections& protections, const Question& question) {
  const doorward_rule* own = protections.rule_for(question.target.place);
  std::vector<doorward_rule> rules;
  if (own != nullptr && (own->required != 0 || !question.is_required)) rules.push_back(*own);
  if (own == nullptr || question.is_required)
    rules.push_back(
        {sizeof(doorward_rule), 1, question.fresh_seconds, embedding::text(question.role), question.level});
  return rules;
}

void for_proxy(ProxyAnswer& response, const Question& question, const std::string& public_url) {
  const auto location = response.find(http::field::location);
  if (location != response.end() && location->value().starts_with('/') &&
      !location->value().starts_with("//"))
    response.set(http::field::location,
                 public_url + std::string(location->value().data(), location->value().size()));
  if (!question.in_401_and_403) return;
  const unsigned status = response.result_int();
  if (status == 303) response.result(http::status::unauthorized);
  if (status == 400 || status == 421) response.result(http::status::forbidden);
}

void tell_proxy(ProxyAnswer& response, const Known& known) {
  for (const auto& told : embedding::all_told)
    response.set(told.header, known.identity == nullptr ? std::string()
                                                        : embedding::header_text(embedding::told_text(
                                                              known.host, known.identity, told.fact)));
  response.set(embedding::assertion_header, known.assertion);
}

}  // namespace doorward::server
