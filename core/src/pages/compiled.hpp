// A template ready to be rendered by Mustache.
//
// The library keeps a node of 140 bytes for every word and every space of a template, in each page again. So it is given the
// tags alone: each run of literal text is taken out, kept once for all templates, and stands as {{&~number}}. And it is given
// them when a page is rendered for the first time: most workers never show most pages.
#pragma once
#include <kainjow/mustache.hpp>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "pages/theme.hpp"

namespace doorward::pages {

using Data = kainjow::mustache::data;

class Literals {
 public:
  std::size_t add(const std::string& text);  // at load
  void seal() { numbers_.clear(); }          // what add() needed can go
  const Data* get(std::string_view number) const;

 private:
  std::vector<Data> texts_;
  std::unordered_map<std::string, std::size_t> numbers_;
};

class Compiled {
 public:
  // `pieces` without a fault: sections are closed, and names are names, so Mustache has nothing to refuse.
  Compiled(const std::vector<Placed>& pieces, bool escapes, Literals& literals);
  std::string render(kainjow::mustache::basic_context<std::string>& context) const;  // any thread

 private:
  void parse() const;

  bool escapes_;
  mutable std::string tags_;  // until the first rendering
  mutable std::once_flag parsed_;
  // Its render() isn't const, but writes only where a lambda or a partial fails; there are neither here.
  mutable std::optional<kainjow::mustache::mustache> mustache_;
};

}  // namespace doorward::pages
