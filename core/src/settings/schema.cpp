#include <nlohmann/json.hpp>

#include "settings/keys.hpp"
#include "settings/read.hpp"

namespace doorward::settings {

namespace {

using Json = nlohmann::json;

struct Describe {
  const Key& key;

  Json operator()(std::string& (*)(Settings&)) const {
    Json type{{"type", "string"}};
    if (key.fallback != nullptr) type["default"] = key.fallback;
    return type;
  }
  Json operator()(bool& (*)(Settings&)) const {
    return {{"type", "boolean"}, {"default", std::string_view(key.fallback) == "true"}};
  }
  Json operator()(std::uint32_t& (*)(Settings&)) const {
    return {{"type", "integer"},
            {"minimum", *parse_count(key.least)},
            {"maximum", *parse_count(key.most)},
            {"default", *parse_count(key.fallback)}};
  }
  Json operator()(std::uint64_t& (*)(Settings&)) const {
    return measured("^(0|[1-9][0-9]*) ?(KiB|MiB|GiB)$");
  }
  Json operator()(std::chrono::seconds& (*)(Settings&)) const {
    return measured("^(0|[1-9][0-9]*)(ms|s|m|h|d)$");
  }
  Json operator()(std::chrono::milliseconds& (*)(Settings&)) const {
    return measured("^(0|[1-9][0-9]*)(ms|s|m|h|d)$");
  }
  Json operator()(std::vector<std::string>& (*)(Settings&)) const {
    Json items = Json::array();
    for (std::string rest = key.fallback; !rest.empty();) {
      const std::size_t comma = rest.find(", ");
      items.push_back(rest.substr(0, comma));
      rest = comma == std::string::npos ? "" : rest.substr(comma + 2);
    }
    return {{"type", "array"}, {"items", {{"type", "string"}}}, {"uniqueItems", true}, {"default", items}};
  }
  Json operator()(Names& (*)(Settings&)) const {
    return {{"type", "object"},
            {"additionalProperties", {{"type", "string"}}},
            {"propertyNames", {{"pattern", "^(?!(all|none)$)[a-z][a-z0-9_]{0,31}$"}}},
            {"default", Json::object()}};
  }
  Json operator()(PluginEntry& (*)(Settings&)) const {
    return {{"type", "object"},
            {"required", {"plugin"}},
            {"properties", {{"plugin", {{"type", "string"}, {"pattern", "^[a-z][a-z0-9_]*$"}}}}}};
  }

 private:
  Json measured(const char* pattern) const {
    return {{"type", "string"}, {"pattern", pattern}, {"default", key.fallback}};
  }
};

std::string help(const Key& key) {
  std::string text = key.help;
  if (key.least != nullptr) text += std::string(" From ") + key.least + " to " + key.most + ".";
  return text;
}

Json object() {
  return {{"type", "object"}, {"additionalProperties", false}, {"properties", Json::object()}};
}

}  // namespace

Json schema() {
  Json root = object();
  root["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  root["title"] = "doorward.yaml";
  const Json text{{"type", "string"}};
  root["properties"]["include"] = {
      {"oneOf", {text, {{"type", "array"}, {"items", text}}}},
      {"description",
       "More files, and patterns such as conf.d/*.yaml; what stands in this file wins over them."}};
  Json required = Json::array();
  for (const Key& key : keys()) {
    Json value = std::visit(Describe{key}, key.member);
    value["description"] = help(key);
    const std::string name = key.name;
    const std::size_t dot = name.find('.');
    Json* at = &root;
    if (dot != std::string::npos) {
      Json& section = root["properties"][name.substr(0, dot)];
      if (section.is_null()) section = object();
      section["type"] = {"object", "null"};  // a section whose lines are all commented out
      at = &section;
    }
    (*at)["properties"][name.substr(dot == std::string::npos ? 0 : dot + 1)] = std::move(value);
    if (key.fallback == nullptr) required.push_back(name.substr(0, dot));
  }
  // What an included file may bring isn't missing here.
  root["if"] = {{"not", {{"required", {"include"}}}}};
  root["then"] = {{"required", required}};
  return root;
}

}  // namespace doorward::settings
