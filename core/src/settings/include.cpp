#include "settings/include.hpp"

#include <fnmatch.h>

#include <algorithm>
#include <filesystem>

namespace doorward::settings {

namespace {

namespace fs = std::filesystem;

std::size_t count(const Node& node) {
  std::size_t nodes = 1;
  for (const Node& item : node.items) nodes += count(item);
  for (const Entry& entry : node.entries) nodes += count(entry.value);
  return nodes;
}

Entry* find(Node& map, const std::string& key) {
  for (Entry& entry : map.entries)
    if (entry.key == key) return &entry;
  return nullptr;
}

void merge(Node& into, Node from, bool into_wins, Faults& faults) {
  for (Entry& entry : from.entries) {
    Entry* present = find(into, entry.key);
    if (present == nullptr) {
      into.entries.push_back(std::move(entry));
    } else if (present->value.kind == Node::Kind::map && entry.value.kind == Node::Kind::map) {
      merge(present->value, std::move(entry.value), into_wins, faults);
    } else if (present->value.kind == Node::Kind::nothing && entry.value.kind == Node::Kind::map) {
      *present = std::move(entry);  // `session:` with all of its lines commented out
    } else if (!into_wins && entry.value.kind != Node::Kind::nothing) {
      faults.add(entry.place, "the key " + settings::quoted(entry.key) + " is also given by " +
                                  present->place.file + ":" + std::to_string(present->place.line) +
                                  ": included files must not contradict each other");
    }
  }
}

// The files that one line of `include:` names: a file, or all files of a folder that fit a pattern.
std::vector<std::string> expand(const Node& line, Faults& faults) {
  if (line.kind == Node::Kind::faulty) return {};
  if (line.kind != Node::Kind::text || line.text.empty()) {
    faults.add(line.place, "include takes files, and patterns such as conf.d/*.yaml");
    return {};
  }
  const fs::path path = (fs::path(line.place.file).parent_path() / line.text).lexically_normal();
  const std::string pattern = path.filename().string();
  if (path.parent_path().string().find_first_of("*?[") != std::string::npos) {
    faults.add(line.place, "a pattern may stand in the last part of a path only");
    return {};
  }
  if (pattern.find_first_of("*?[") == std::string::npos) return {path.string()};

  std::vector<std::string> files;
  std::error_code failed;
  for (fs::directory_iterator entry(path.parent_path(), failed), end; !failed && entry != end;
       entry.increment(failed))
    if (::fnmatch(pattern.c_str(), entry->path().filename().c_str(), FNM_PERIOD) == 0)
      files.push_back(entry->path().string());
  if (failed)
    faults.add(line.place, "the folder " + settings::quoted(path.parent_path().string()) +
                               " can't be read: " + failed.message());
  std::sort(files.begin(), files.end());
  return files;
}

class Reader {
 public:
  explicit Reader(Faults& faults) : faults_(faults) {}

  // The file's map; none, and a fault, when it is none.
  std::optional<Node> read(const std::string& file, const Place& named_at) {
    const auto bytes = read_file(file, std::min(left_, most_file_bytes), named_at, faults_);
    if (!bytes) return std::nullopt;
    left_ -= bytes->size();
    auto root = parse_document(file, *bytes, faults_);
    if (!root) return std::nullopt;
    if (root->kind != Node::Kind::map) {
      faults_.add(root->place, "the file must be a map: lines such as `public_url: https://example.org`");
      return std::nullopt;
    }
    nodes_ += count(*root);
    if (nodes_ > most_nodes) {
      faults_.add(root->place, "all files together have more than " + std::to_string(most_nodes) + " values");
      return std::nullopt;
    }
    return root;
  }

 private:
  Faults& faults_;
  std::size_t left_ = most_bytes;
  std::size_t nodes_ = 0;
};

}  // namespace

std::optional<Merged> read_all(const std::string& main_file, Faults& faults) {
  Reader reader(faults);
  auto main = reader.read(main_file, {main_file, 0, 0});
  if (!main) return std::nullopt;
  Merged merged{std::move(*main), {main_file}};
  const Entry* include = merged.root.find("include");
  if (include == nullptr || include->value.kind == Node::Kind::nothing) return merged;

  const Node list = include->value;
  Node included;
  included.kind = Node::Kind::map;
  bool whole = true;
  for (const Node& line : list.kind == Node::Kind::list ? list.items : std::vector<Node>{list}) {
    for (const std::string& file : expand(line, faults)) {
      if (std::find(merged.files.begin(), merged.files.end(), file) != merged.files.end()) {
        faults.add(line.place, settings::quoted(file) + " is read already");
        continue;
      }
      if (merged.files.size() > most_files) {
        faults.add(line.place, "more than " + std::to_string(most_files) + " included files");
        return std::nullopt;
      }
      merged.files.push_back(file);
      auto root = reader.read(file, line.place);
      whole = whole && root;
      if (!root) continue;
      if (const Entry* more = root->find("include"); more != nullptr)
        faults.add(more->place, "an included file can't include others: name them in " + main_file);
      merge(included, std::move(*root), false, faults);
    }
  }
  if (!whole) return std::nullopt;
  merge(merged.root, std::move(included), true, faults);
  return merged;
}

}  // namespace doorward::settings
