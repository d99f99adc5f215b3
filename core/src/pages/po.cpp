#include "pages/po.hpp"

#include <optional>
#include <set>

#include "base/text.hpp"

namespace doorward::pages {
namespace {

class PoReader {
 public:
  PoReader(PoFile& file, Faults& faults) : file_(file), faults_(faults) {}

  void read(std::string_view bytes) {
    while (!bytes.empty()) {
      const std::size_t end = bytes.find('\n');
      ++line_;
      line(trim(bytes.substr(0, end)));
      bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    }
    finish_entry();
  }

 private:
  void fault(std::string_view sentence) { faults_.add(file_.path, line_, 0, sentence); }

  void line(std::string_view text) {
    if (text.empty()) return finish_entry();
    if (text.front() == '#') return comment(text);
    if (text.front() == '"') return append(text);
    const std::size_t space = text.find_first_of(" \t\"");
    const std::string_view word = text.substr(0, space);
    const std::string_view rest = space == std::string_view::npos ? "" : trim(text.substr(space));
    if (word == "msgid") {
      if (state_ == State::text) finish_entry();
      if (state_ != State::outside) return fault("msgid stands where msgstr was expected");
      state_ = State::id;
      entry_.line = line_;
      target_ = &entry_.id;
    } else if (word == "msgid_plural" && state_ == State::id) {
      state_ = State::plural;
      target_ = &entry_.plural_id;
    } else if (word == "msgstr" && state_ == State::id) {
      start_text();
    } else if (word == "msgstr[" + std::to_string(entry_.texts.size()) + "]" &&
               (state_ == State::plural || (state_ == State::text && !entry_.plural_id.empty()))) {
      start_text();
    } else {
      target_ = nullptr;
      return fault("'" + std::string(word.substr(0, 40)) + "' isn't expected here");
    }
    append(rest);
  }

  void comment(std::string_view text) {
    if (state_ == State::text) finish_entry();
    if (text.starts_with("#,") && text.find("fuzzy") != std::string_view::npos) fuzzy_ = true;
  }

  void start_text() {
    state_ = State::text;
    target_ = &entry_.texts.emplace_back();
  }

  void append(std::string_view quoted) {
    if (target_ == nullptr) return fault("a text stands here without a msgid or msgstr");
    if (quoted.size() < 2 || quoted.front() != '"' || quoted.back() != '"') {
      return fault("a text starts and ends with a quotation mark");
    }
    quoted = quoted.substr(1, quoted.size() - 2);
    for (std::size_t i = 0; i < quoted.size(); ++i) {
      if (quoted[i] == '"') return fault("a quotation mark within a text is written \\\"");
      if (quoted[i] != '\\') {
        target_->push_back(quoted[i]);
        continue;
      }
      const char next = ++i < quoted.size() ? quoted[i] : '\0';
      if (next == 'n')
        target_->push_back('\n');
      else if (next == 't')
        target_->push_back('\t');
      else if (next == '"' || next == '\\')
        target_->push_back(next);
      else
        return fault("only \\n, \\t, \\\" and \\\\ are known after a backslash");
    }
  }

  void finish_entry() {
    if (state_ == State::id || state_ == State::plural) fault("an entry ends without its msgstr");
    if (state_ == State::text && !fuzzy_) {
      if (!ids_.insert(entry_.id).second) {
        faults_.add(file_.path, entry_.line, 0, "'" + entry_.id + "' stands here a second time");
      } else if (entry_.id.empty()) {
        header(entry_.texts.front());
      } else {
        file_.entries.push_back(std::move(entry_));
      }
    }
    if (state_ != State::outside) fuzzy_ = false;
    state_ = State::outside;
    entry_ = {};
    target_ = nullptr;
  }

  void header(std::string_view text) {
    constexpr std::string_view name = "Plural-Forms:";
    const std::size_t at = text.find(name);
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + name.size());
    file_.plural_forms = trim(text.substr(0, text.find('\n')));
  }

  enum class State { outside, id, plural, text };
  PoFile& file_;
  Faults& faults_;
  std::set<std::string> ids_;
  PoEntry entry_;
  std::string* target_ = nullptr;  // what a quoted line is added to
  State state_ = State::outside;
  bool fuzzy_ = false;
  int line_ = 0;
};

}  // namespace

PoFile read_po(std::string path, std::string_view bytes, Faults& faults) {
  PoFile file;
  file.path = std::move(path);
  if (!is_utf8(bytes)) {
    faults.add(file.path, "isn't UTF-8");
    return file;
  }
  PoReader(file, faults).read(bytes);
  return file;
}

}  // namespace doorward::pages
