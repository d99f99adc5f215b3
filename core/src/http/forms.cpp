#include "http/forms.hpp"

#include <array>
#include <boost/url/encoding_opts.hpp>
#include <boost/url/params_encoded_view.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>
#include <nlohmann/json.hpp>

#include "base/text.hpp"

namespace doorward::http {
namespace {

constexpr std::array<std::string_view, 4> ticked{"yes", "on", "true", "1"};
constexpr std::array<std::string_view, 5> unticked{"", "no", "off", "false", "0"};

template <typename Texts>
bool is_among(const Texts& texts, std::string_view text) {
  return std::find(texts.begin(), texts.end(), text) != texts.end();
}

tl::unexpected<Refusal> bad_request() { return refuse("bad_request", {}, 400); }

bool is_acceptable(std::string_view text) {
  return is_utf8(text) && text.find('\0') == std::string_view::npos;
}

// Takes one flat object and nothing else. Each function answers whether to go on.
class FlatObject final : public nlohmann::json_sax<nlohmann::json> {
 public:
  Fields fields;

  bool start_object(std::size_t) override { return depth_++ == 0; }
  bool end_object() override { return true; }
  bool key(std::string& name) override {
    name_ = name;
    return is_acceptable(name) && fields.size() < max_form_fields;
  }
  bool string(std::string& value) override { return is_acceptable(value) && take(value); }
  bool boolean(bool value) override { return take(value ? "true" : "false"); }
  bool number_integer(std::int64_t) override {
    return false;
  }  // 007 and 7, 1e2 and 100: no field is a number
  bool number_unsigned(std::uint64_t) override { return false; }
  bool null() override { return false; }
  bool number_float(double, const std::string&) override { return false; }
  bool binary(nlohmann::json::binary_t&) override { return false; }
  bool start_array(std::size_t) override { return false; }
  bool end_array() override { return false; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  bool take(std::string value) { return depth_ == 1 && fields.insert(name_, std::move(value)); }
  int depth_ = 0;
  std::string name_;
};

}  // namespace

std::string_view Fields::operator[](std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? std::string_view() : std::string_view(found->second);
}

bool Fields::flag(std::string_view name) const { return is_among(ticked, (*this)[name]); }

bool Fields::is_flag(std::string_view name) const { return flag(name) || is_among(unticked, (*this)[name]); }

bool Fields::are_among(const std::vector<std::string>& names) const {
  constexpr std::array<std::string_view, 3> of_every_form = {"csrf", "return_to", "token"};
  return std::all_of(values_.begin(), values_.end(), [&](const auto& field) {
    return is_among(names, field.first) || is_among(of_every_form, field.first);
  });
}

Result<Fields> parse_form(std::string_view body) {
  if (body.size() > max_form_bytes) return refuse("too_large", {}, 413);
  Fields fields;
  if (body.empty()) return fields;
  // As the query of an address: parse_query() of Boost 1.81 gives the last value an end beyond the text.
  const std::string address = "?" + std::string(body);
  const auto parsed = boost::urls::parse_relative_ref(address);
  if (!parsed || parsed->has_fragment() || parsed->encoded_params().size() > max_form_fields)
    return bad_request();
  boost::urls::encoding_opts space_as_plus;
  space_as_plus.space_as_plus = true;
  for (const auto& parameter : parsed->encoded_params()) {
    std::string name = parameter.key.decode(space_as_plus);
    std::string value = parameter.value.decode(space_as_plus);
    if (!is_acceptable(name) || !is_acceptable(value) || !fields.insert(std::move(name), std::move(value))) {
      return bad_request();
    }
  }
  return fields;
}

Result<Fields> parse_json(std::string_view body) {
  if (body.size() > max_form_bytes) return refuse("too_large", {}, 413);
  FlatObject object;
  if (!nlohmann::json::sax_parse(body, &object)) return bad_request();
  return std::move(object.fields);
}

}  // namespace doorward::http
