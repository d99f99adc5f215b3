// What a flow knows, as Mustache reads it, and how a template's names find their values.
#pragma once
#include <deque>
#include <kainjow/mustache.hpp>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "pages/catalogue.hpp"
#include "pages/compiled.hpp"
#include "pages/names.hpp"
#include "pages/reader.hpp"

namespace doorward::pages {

// Mustache calls false, null and empty lists absent; here empty texts and empty objects are absent too, so that a
// template can ask {{#error}}. Addresses that are neither a path of this site nor http(s), mailto, otpauth or plain
// text to be saved are dropped. Times are written for `reader`.
Data to_data(const nlohmann::json& model, const View& view, const Catalogue& catalogue, const Reader& reader);

bool is_safe_address(std::string_view address);

// The argument of a text as it is shown: a text or a number; dotted names lead into objects. Empty: there is none.
std::string argument_of(const nlohmann::json& arguments, std::string_view name);

class Context final : public kainjow::mustache::basic_context<std::string> {
 public:
  Context(const Data& model, const Catalogue& catalogue, const Literals& literals);
  void push(const Data* data) override { frames_.push_back(data); }
  void pop() override { frames_.pop_back(); }
  const Data* get(const std::string& name) const override;
  const Data* get_partial(const std::string&) const override { return nullptr; }

 private:
  const Data* find(std::string_view name) const;
  const Data* text(std::string_view key) const;

  std::vector<const Data*> frames_;
  const Catalogue& catalogue_;
  const Literals& literals_;
  mutable std::deque<Data> texts_;  // filled in for this rendering; Mustache wants pointers that stay
};

}  // namespace doorward::pages
