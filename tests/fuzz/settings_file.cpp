// doorward.yaml as a tree: whatever the bytes, there is a tree or a fault, and the tree stays within its bounds.
#include "settings/document.hpp"

#include "fuzz.hpp"

namespace {

using namespace doorward::settings;

std::size_t walk(const Node& node, std::size_t depth) {
  doorward::fuzz::must(depth <= most_depth + 1, "a tree is nested deeper than may be");
  doorward::fuzz::must(node.place.line >= 1 && node.place.column >= 1, "a value has no place");
  std::size_t nodes = 1;
  for (const Node& item : node.items) nodes += walk(item, depth + 1);
  for (const Entry& entry : node.entries) {
    doorward::fuzz::must(node.find(entry.key) == &entry, "a key stands twice");
    nodes += walk(entry.value, depth + 1);
  }
  return nodes;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Faults faults;
  const auto root = parse_document("f", std::string(doorward::fuzz::text(data, size)), faults);
  doorward::fuzz::must(root.has_value() || !faults.empty(), "no tree, and no fault");
  if (root) doorward::fuzz::must(walk(*root, 0) <= most_nodes, "a tree has more nodes than may be");
  if (!faults.empty()) doorward::fuzz::must(!faults.text().empty(), "a fault without a sentence");
  return 0;
}
