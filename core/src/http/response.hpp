// An answer, whole: Doorward's own pages are small.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace doorward::http {

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;

  void add(std::string name, std::string value) { headers.emplace_back(std::move(name), std::move(value)); }
};

}  // namespace doorward::http
