#include "pages/check.hpp"

namespace doorward::pages {
namespace {

class NameChecker {
 public:
  NameChecker(const View& view, const Catalogue& catalogue, Faults& faults)
      : view_(view), catalogue_(catalogue), faults_(faults) {}

  void check(const Placed& placed) {
    const auto* tag = std::get_if<Tag>(&placed.piece);
    if (tag == nullptr) return;
    file_ = placed.file;
    tag_ = tag;
    if (tag->kind == TagKind::close) {
      if (!sections_.empty()) sections_.pop_back();
    } else if (tag->name.starts_with("t.")) {
      text(tag->name.substr(2));
    } else {
      name();
    }
  }

 private:
  void fault(std::string_view sentence) { faults_.add(*file_, tag_->line, tag_->column, sentence); }

  void text(const std::string& key) {
    if (tag_->kind != TagKind::variable) {
      sections_.emplace_back();
      return fault("a text can't be a section");
    }
    if (tag_->begins_address) fault("an address can't begin with a text");
    const Message* message = catalogue_.find(key);
    if (message == nullptr) {
      return fault("no catalogue has the text '" + key + "'." + near_name(key, catalogue_.keys()));
    }
    for (const auto& argument : arguments_of(*message)) {
      if (!resolve(view_, sections_, argument)) {
        fault("the text '" + key + "' asks for {" + argument + "}, which " + std::string(view_.name) +
              " doesn't know." + near_name(argument, paths_of(view_)));
      }
    }
  }

  void name() {
    const auto resolved = resolve(view_, sections_, tag_->name);
    if (!resolved) {
      fault("nothing is called '" + tag_->name + "' in " + std::string(view_.name) + "." +
            near_name(tag_->name, paths_of(view_)));
    }
    if (tag_->kind != TagKind::variable) {
      sections_.push_back(resolved ? resolved->path : std::string());
      return;
    }
    if (!resolved) return;
    const Kind kind = resolved->kind;
    if (kind == Kind::list || kind == Kind::flag || kind == Kind::object || kind == Kind::time) {
      fault("'" + tag_->name + "' isn't a text: it can only be asked for by {{#" + tag_->name + "}}");
    }
    if (tag_->begins_address && kind != Kind::address) {
      fault("'" + tag_->name + "' isn't an address, so it can't begin the value of this attribute");
    }
  }

  const View& view_;
  const Catalogue& catalogue_;
  Faults& faults_;
  const std::string* file_ = nullptr;
  const Tag* tag_ = nullptr;
  std::vector<std::string> sections_;
};

}  // namespace

void check_names(const std::vector<Placed>& pieces, const View& view, const Catalogue& catalogue,
                 Faults& faults) {
  NameChecker checker(view, catalogue, faults);
  for (const auto& placed : pieces) checker.check(placed);
}

void collect_texts(const std::vector<Placed>& pieces, std::set<std::string>& keys) {
  for (const auto& placed : pieces) {
    const auto* tag = std::get_if<Tag>(&placed.piece);
    if (tag != nullptr && tag->name.starts_with("t.")) keys.insert(tag->name.substr(2));
  }
}

std::vector<std::string> texts_of_code() {
  std::vector<std::string> keys{"time.date",     "time.moment", "time.moment_utc", "time.clock_24",
                                "time.clock_12", "time.am",     "time.pm"};
  for (int month = 1; month <= 12; ++month) keys.push_back("time.month." + std::to_string(month));
  for (const auto& page : all_pages()) keys.push_back(std::string(page.name) + ".title");
  for (const char* code : {"bad_request", "cookies_blocked", "csrf_failed", "forbidden", "internal", "loop",
                           "method_not_allowed", "not_found", "read_only", "too_large", "too_many_requests",
                           "unavailable", "wrong_address"}) {
    keys.push_back("error_page." + std::string(code));
    keys.push_back("error_page." + std::string(code) + ".title");
  }
  return keys;
}

}  // namespace doorward::pages
