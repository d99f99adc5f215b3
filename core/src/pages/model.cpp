#include "pages/model.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/clock.hpp"
#include "base/text.hpp"
#include "pages/moment.hpp"

namespace doorward::pages {
namespace {

using nlohmann::json;

std::string plain(const json& value) {
  if (value.is_string()) return value.get<std::string>();
  if (value.is_number_unsigned()) return std::to_string(value.get<std::uint64_t>());
  if (value.is_number_integer()) return std::to_string(value.get<std::int64_t>());
  return value.is_number() ? value.dump() : std::string();
}

Data text_data(std::string text) { return text.empty() ? Data(false) : Data(std::move(text)); }

// A word for which there is no text, such as one that a newer version has written, is shown as it is: "two_factor.on" as "two
// factor on".
std::string said(const Catalogue& catalogue, std::string_view view, std::string word) {
  if (const Message* message = catalogue.find(std::string(view) + "." + word))
    return catalogue.fill(*message, [](std::string_view) { return std::string(); });
  std::replace_if(word.begin(), word.end(), [](char c) { return c == '.' || c == '_'; }, ' ');
  return word;
}

// Microseconds since 1970 as {iso, date, text}.
Data time_data(const json& value, const Catalogue& catalogue, const Reader& reader) {
  if (!value.is_number_integer() || value.get<std::int64_t>() <= 0) return Data(false);
  Moment moment = moment_of(from_microseconds(value.get<std::int64_t>()), catalogue, reader);
  Data result;
  result["iso"] = Data(std::move(moment.iso));
  result["date"] = Data(std::move(moment.date));
  result["text"] = Data(std::move(moment.text));
  return result;
}

class Converter {
 public:
  Converter(const View& view, const Catalogue& catalogue, const Reader& reader)
      : view_(view), catalogue_(catalogue), reader_(reader) {}

  Data convert(const json& value, const std::string& path) const {
    switch (value.type()) {
      case json::value_t::object: return object(value, path);
      case json::value_t::array: return list(value, path);
      case json::value_t::boolean: return Data(value.get<bool>());
      case json::value_t::null: return Data(false);
      default: return leaf(value, path);
    }
  }

 private:
  Data object(const json& value, const std::string& path) const {
    if (value.empty()) return Data(false);
    Data result;
    for (const auto& [key, member] : value.items()) {
      result[key] = convert(member, path.empty() ? key : path + "." + key);
    }
    return result;
  }

  Data list(const json& value, const std::string& path) const {
    kainjow::mustache::list items;
    items.reserve(value.size());
    for (const auto& item : value) items.push_back(convert(item, path));
    return Data(items);
  }

  Data leaf(const json& value, const std::string& path) const {
    const Kind kind = kind_of(&view_, path).value_or(Kind::text);
    if (kind == Kind::time) return time_data(value, catalogue_, reader_);
    std::string text = plain(value);
    if (kind == Kind::word) return text_data(said(catalogue_, view_.name, std::move(text)));
    if (kind == Kind::address && !is_safe_address(text)) return Data(false);
    return text_data(std::move(text));
  }

  const View& view_;
  const Catalogue& catalogue_;
  const Reader& reader_;
};

const Data* descend(const Data* data, std::string_view path) {
  while (data != nullptr && !path.empty()) {
    const std::size_t dot = path.find('.');
    data = data->get(std::string(path.substr(0, dot)));
    path.remove_prefix(dot == std::string_view::npos ? path.size() : dot + 1);
  }
  return data;
}

}  // namespace

Data to_data(const json& model, const View& view, const Catalogue& catalogue, const Reader& reader) {
  Data data = Converter(view, catalogue, reader).convert(model, {});
  return data.is_object() ? std::move(data) : Data();
}

bool is_safe_address(std::string_view address) {
  if (address.empty() || has_control(address) || address.find_first_of("\\ <>\"") != std::string_view::npos)
    return false;
  if (address.front() == '/') return !address.starts_with("//");
  if (address.front() == '?' || address.front() == '#') return true;
  // A text to be saved, and a key for an authenticator application: neither is ever run.
  if (address.starts_with("data:text/plain;charset=utf-8,") || address.starts_with("otpauth://totp/"))
    return true;
  const std::string start = ascii_lower(address.substr(0, 8));
  return start.starts_with("https://") || start.starts_with("http://") || start.starts_with("mailto:");
}

std::string argument_of(const json& arguments, std::string_view name) {
  const json* value = &arguments;
  while (!name.empty()) {
    if (!value->is_object()) return {};
    const std::size_t dot = name.find('.');
    const auto found = value->find(std::string(name.substr(0, dot)));
    if (found == value->end()) return {};
    value = &*found;
    name.remove_prefix(dot == std::string_view::npos ? name.size() : dot + 1);
  }
  return plain(*value);
}

Context::Context(const Data& model, const Catalogue& catalogue, const Literals& literals)
    : catalogue_(catalogue), literals_(literals) {
  frames_.push_back(&model);
}

const Data* Context::get(const std::string& name) const {
  if (name.front() == '~') return literals_.get(std::string_view(name).substr(1));
  if (name.starts_with("t.")) return text(std::string_view(name).substr(2));
  return find(name);
}

const Data* Context::find(std::string_view name) const {
  if (name == ".") return frames_.back();
  const std::size_t dot = name.find('.');
  const std::string first(name.substr(0, dot));
  for (auto frame = frames_.rbegin(); frame != frames_.rend(); ++frame) {
    const Data* found = (*frame)->get(first);
    if (found == nullptr) continue;
    return dot == std::string_view::npos ? found : descend(found, name.substr(dot + 1));
  }
  return nullptr;
}

const Data* Context::text(std::string_view key) const {
  const Message* message = catalogue_.find(key);
  if (message == nullptr) return nullptr;
  return &texts_.emplace_back(catalogue_.fill(*message, [this](std::string_view name) {
    const Data* value = find(name);
    return value != nullptr && value->is_string() ? value->string_value() : std::string();
  }));
}

}  // namespace doorward::pages
