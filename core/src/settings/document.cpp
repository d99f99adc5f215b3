#include "settings/document.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <map>
#include <sstream>

#include "base/text.hpp"

namespace doorward::settings {

namespace {

struct Stop {};  // thrown through the parser once going on makes no sense; the fault has been added

std::size_t count(const Node& node) {
  std::size_t nodes = 1;
  for (const Node& item : node.items) nodes += count(item);
  for (const Entry& entry : node.entries) nodes += count(entry.value);
  return nodes;
}

// The parser has bounds of its own for few of these; a tab it reports far from where it stands.
bool check_bytes(const std::string& file, const std::string& bytes, Faults& faults) {
  if (!is_utf8(bytes)) {
    faults.add({file, 1, 1}, "the file is not UTF-8 text");
    return false;
  }
  int line = 1, column = 1;
  bool indentation = true;
  std::size_t faults_before = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i, ++column) {
    const char c = bytes[i];
    if (c == '\n') {
      ++line;
      column = 0;
      indentation = true;
    } else if (c == '\t') {
      const std::size_t next = bytes.find_first_not_of("\t ", i);
      const bool content = next != std::string::npos && bytes[next] != '\n' && bytes[next] != '#';
      if (indentation && content && faults_before++ < 10)
        faults.add({file, line, column}, "a tab stands where YAML wants spaces for indentation");
      if (indentation) i = (next == std::string::npos ? bytes.size() : next) - 1;
      indentation = indentation && !content;
    } else if ((static_cast<unsigned char>(c) < 0x20 && c != '\r') || c == 0x7f) {
      faults.add({file, line, column}, "a control character stands here");
      return false;
    } else if (c != ' ') {
      indentation = false;
    }
  }
  return faults_before == 0;
}

// Builds the tree from the parser's events. Children are finished before their parents, so that an anchor's copy
// is always of a whole value and a value that contains itself is an alias to an anchor not known yet.
class Builder final : public YAML::EventHandler {
 public:
  Builder(const std::string& file, Faults& faults) : file_(file), faults_(faults) {}

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    add(make(Node::Kind::nothing, mark), anchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    Node node = make(Node::Kind::text, mark);
    node.text = value;
    if (!accept(tag, node.place)) node.kind = Node::Kind::faulty;
    add(std::move(node), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    const Place place = at(mark);
    if (++aliases_ > most_aliases) stop(place, "more than " + std::to_string(most_aliases) + " aliases");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) stop(place, "an alias stands inside the value that it repeats");
    spend(count(found->second), place);
    add(found->second, YAML::NullAnchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    open(make(Node::Kind::list, mark), tag, anchor);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    open(make(Node::Kind::map, mark), tag, anchor);
  }
  void OnMapEnd() override { close(); }

  Node root;

 private:
  struct Level {
    Node node;
    YAML::anchor_t anchor;
    bool has_key = false;  // of a map: the next value belongs to `key`
    Entry key;
    bool drop = false;  // ... which stands there already, or isn't text
  };

  Place at(const YAML::Mark& mark) const { return {file_, mark.line + 1, mark.column + 1}; }

  [[noreturn]] void stop(const Place& place, std::string sentence) {
    faults_.add(place, std::move(sentence));
    throw Stop();
  }

  void spend(std::size_t nodes, const Place& place) {
    nodes_ += nodes;
    if (nodes_ > most_nodes)
      stop(place,
           "more than " + std::to_string(most_nodes) + " values, counting each time an alias repeats one");
  }

  Node make(Node::Kind kind, const YAML::Mark& mark) {
    Node node;
    node.kind = kind;
    node.place = at(mark);
    spend(1, node.place);
    return node;
  }

  bool accept(const std::string& tag, const Place& place) {
    if (tag.empty() || tag == "?" || tag == "!") return true;
    faults_.add(place,
                "the tag " + settings::quoted(tag) + " is not accepted: a value's type follows from its key");
    return false;
  }

  void open(Node node, const std::string& tag, YAML::anchor_t anchor) {
    if (levels_.size() >= most_depth)
      stop(node.place, "nested more than " + std::to_string(most_depth) + " deep");
    if (!accept(tag, node.place)) node.kind = Node::Kind::faulty;
    levels_.push_back({std::move(node), anchor, false, {}, false});
  }

  void close() {
    Level level = std::move(levels_.back());
    levels_.pop_back();
    add(std::move(level.node), level.anchor);
  }

  void add(Node node, YAML::anchor_t anchor) {
    if (anchor != YAML::NullAnchor) {
      spend(count(node), node.place);  // the copy is memory, too
      anchors_[anchor] = node;
    }
    if (levels_.empty()) {
      root = std::move(node);
    } else if (Level& level = levels_.back(); level.node.kind == Node::Kind::list) {
      level.node.items.push_back(std::move(node));
    } else if (level.node.kind == Node::Kind::map && level.has_key) {
      add_value(level, std::move(node));
    } else if (level.node.kind == Node::Kind::map) {
      add_key(level, node);
    }
  }

  void add_key(Level& level, const Node& node) {
    level.has_key = true;
    level.drop = node.kind != Node::Kind::text;
    level.key = {node.text, node.place, {}};
    if (level.drop && node.kind != Node::Kind::faulty) faults_.add(node.place, "a key must be text");
    if (level.drop) return;
    if (const Entry* first = level.node.find(node.text); first != nullptr) {
      faults_.add(node.place, "the key " + settings::quoted(node.text) + " is given twice: first in line " +
                                  std::to_string(first->place.line));
      level.drop = true;
    }
  }

  static void add_value(Level& level, Node node) {
    level.has_key = false;
    if (level.drop) return;
    if (node.kind == Node::Kind::nothing) node.place = level.key.place;  // the parser has it on the next line
    level.key.value = std::move(node);
    level.node.entries.push_back(std::move(level.key));
  }

  const std::string& file_;
  Faults& faults_;
  std::vector<Level> levels_;
  std::map<YAML::anchor_t, Node> anchors_;
  std::size_t nodes_ = 0;
  std::size_t aliases_ = 0;
};

// Only asks whether there is another document.
class Second final : public YAML::EventHandler {
 public:
  void OnDocumentStart(const YAML::Mark& mark) override {
    place = {{}, mark.line + 1, mark.column + 1};
    throw Stop();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark&, YAML::anchor_t) override {}
  void OnAlias(const YAML::Mark&, YAML::anchor_t) override {}
  void OnScalar(const YAML::Mark&, const std::string&, YAML::anchor_t, const std::string&) override {}
  void OnSequenceStart(const YAML::Mark&, const std::string&, YAML::anchor_t,
                       YAML::EmitterStyle::value) override {}
  void OnSequenceEnd() override {}
  void OnMapStart(const YAML::Mark&, const std::string&, YAML::anchor_t, YAML::EmitterStyle::value) override {
  }
  void OnMapEnd() override {}

  Place place;
};

}  // namespace

const Entry* Node::find(std::string_view key) const {
  for (const Entry& entry : entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

std::optional<Node> parse_document(const std::string& file, const std::string& bytes, Faults& faults) {
  if (!check_bytes(file, bytes, faults)) return std::nullopt;
  Builder builder(file, faults);
  Second second;
  try {
    std::istringstream stream(bytes);
    YAML::Parser parser(stream);
    parser.HandleNextDocument(builder);
    parser.HandleNextDocument(second);
  } catch (const Stop&) {
    if (second.place.line == 0) return std::nullopt;
    faults.add({file, second.place.line, second.place.column}, "a second YAML document begins here");
    return std::nullopt;
  } catch (const YAML::Exception& fault) {
    const bool known = fault.mark.line >= 0;
    faults.add({file, known ? fault.mark.line + 1 : 1, known ? fault.mark.column + 1 : 1},
               "this is not YAML: " + fault.msg);
    return std::nullopt;
  }
  if (builder.root.kind == Node::Kind::nothing) builder.root.kind = Node::Kind::map;
  if (builder.root.place.line == 0) builder.root.place = {file, 1, 1};
  return std::move(builder.root);
}

}  // namespace doorward::settings
