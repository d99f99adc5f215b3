// The settings of the scripted engine: lines "key: value".
#pragma once
#include <cstdint>
#include <fstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace fake {

struct Script {
  std::string mount = "/account";
  std::vector<std::string> paths, headers, cookies;
  std::uint64_t max_body = 1000;
  std::vector<std::string> uploads;
  std::uint64_t max_upload = 0;
  int slow_ms = 20;
  std::string on_open, on_start;  // "fault", "crash", "exit", "hang"
};

inline Script read_script(const char* path) {
  std::ifstream file(path);
  if (!file) {
    throw std::runtime_error(std::string(path) + ": cannot open file");
  }
  Script script;
  std::string line;
  for (int number = 1; std::getline(file, line); ++number) {
    const auto colon = line.find(": ");
    if (colon == std::string::npos) {
      throw std::runtime_error(std::string(path) + ":" + std::to_string(number) + ":1: no key here");
    }
    const auto key = line.substr(0, colon);
    const auto value = line.substr(colon + 2);
    if (key == "mount") {
      script.mount = value;
    } else if (key == "path") {
      script.paths.push_back(value);
    } else if (key == "header") {
      script.headers.push_back(value);
    } else if (key == "cookie") {
      script.cookies.push_back(value);
    } else if (key == "max_body") {
      script.max_body = std::stoull(value);
    } else if (key == "upload") {
      script.uploads.push_back(value);
    } else if (key == "max_upload") {
      script.max_upload = std::stoull(value);
    } else if (key == "slow_ms") {
      script.slow_ms = std::stoi(value);
    } else if (key == "on_open") {
      script.on_open = value;
    } else if (key == "on_start") {
      script.on_start = value;
    } else {
      throw std::runtime_error(std::string(path) + ":" + std::to_string(number) + ":1: unknown key '" + key +
                               "'");
    }
  }
  return script;
}

}  // namespace fake
