#include "yaml_events.h"

#include <sealift/objects/json_pointer.h>
#include <sealift/objects/yaml.h>

#include <functional>
#include <string>

namespace sealift::objects {
namespace {

// Walks the events of a document and says of each value at which path it stands.
class PathWalker {
 public:
  // Called for each value in the order of the text; false ends the walk.
  using Visitor =
      std::function<bool(const std::vector<std::string>& path, SourcePosition position)>;

  explicit PathWalker(Visitor visitor) : visitor_(std::move(visitor)) {}

  void walk(YamlEvents& events) {
    for (;;) {
      const auto event = events.next();
      if (!event || event->type == YamlEvent::Type::kDocumentEnd || !take(*event)) return;
    }
  }

 private:
  struct Level {
    bool is_mapping;
    std::size_t index;
    bool has_key;
    SourcePosition key_position;
  };

  bool take(const YamlEvent& event) {
    if (event.type == YamlEvent::Type::kCollectionEnd) {
      levels_.pop_back();
      path_.pop_back();
      if (!levels_.empty()) levels_.back().has_key = false;
      return true;
    }
    const bool is_collection = event.type == YamlEvent::Type::kSequenceStart ||
                               event.type == YamlEvent::Type::kMappingStart;
    SourcePosition position = event.position;
    if (!levels_.empty()) {
      Level& level = levels_.back();
      if (level.is_mapping && !level.has_key) {
        level.has_key = true;
        level.key_position = event.position;
        path_.back() = event.text;
        return true;
      }
      if (level.is_mapping) {
        position = level.key_position;
      } else {
        path_.back() = std::to_string(level.index++);
      }
    }
    if (!visitor_(path_, position)) return false;
    if (is_collection) {
      levels_.push_back({event.type == YamlEvent::Type::kMappingStart, 0, false, {}});
      path_.emplace_back();
    } else if (!levels_.empty()) {
      levels_.back().has_key = false;
    }
    return true;
  }

  Visitor visitor_;
  std::vector<Level> levels_;
  std::vector<std::string> path_;
};

void walk_document(const YamlDocument& document, PathWalker::Visitor visitor) {
  YamlEvents events(document.text, "");
  PathWalker(std::move(visitor)).walk(events);
}

std::size_t common_prefix(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::size_t length = 0;
  while (length < a.size() && length < b.size() && a[length] == b[length]) ++length;
  return length;
}

// What stands for an element; the key of a mapping may look the same, and is as short.
bool is_index(std::string_view token) {
  constexpr std::size_t kMaxDigits = 10;
  return token.size() <= kMaxDigits &&
         token.find_first_not_of("0123456789") == std::string_view::npos;
}

// The pointer of a path that is "items" and an index, once or again and again; empty for others.
std::string items_pointer(const std::vector<std::string>& path) {
  std::string pointer;
  if (path.size() % 2 != 0) return pointer;
  for (std::size_t i = 0; i < path.size(); i += 2) {
    if (path[i] != "items" || !is_index(path[i + 1])) return {};
    pointer += "/items/" + path[i + 1];
  }
  return pointer;
}

// The paths that are looked for, as a tree of their tokens: a name that is long, with a million
// elements below it, is compared once.
class WantedPaths {
 public:
  void add(const std::vector<std::string>& path) {
    std::size_t node = 0;
    for (const std::string& token : path) {
      const auto [child, is_new] = nodes_[node].children.emplace(token, nodes_.size());
      node = child->second;
      if (is_new) nodes_.emplace_back();
    }
  }

  // Takes the values of a document in their order.
  void visit(const std::vector<std::string>& path, SourcePosition position) {
    if (path.empty()) {
      way_.assign(1, 0);
      return;
    }
    way_.resize(path.size());
    const std::size_t parent = way_.back();
    const auto found =
        parent == kNowhere ? nodes_[0].children.end() : nodes_[parent].children.find(path.back());
    const bool is_wanted = parent != kNowhere && found != nodes_[parent].children.end();
    way_.push_back(is_wanted ? found->second : kNowhere);
    if (is_wanted) nodes_[found->second].position = position;
  }

  // Of the value, or of the nearest thing around it.
  SourcePosition nearest(const std::vector<std::string>& path, SourcePosition otherwise) const {
    std::size_t node = 0;
    for (const std::string& token : path) {
      node = nodes_[node].children.find(token)->second;
      if (nodes_[node].position.line == 0) break;
      otherwise = nodes_[node].position;
    }
    return otherwise;
  }

 private:
  static constexpr std::size_t kNowhere = static_cast<std::size_t>(-1);
  struct Node {
    std::map<std::string, std::size_t> children;
    SourcePosition position;  // line 0: does not stand in the text
  };
  std::vector<Node> nodes_ = std::vector<Node>(1);
  std::vector<std::size_t> way_;  // the nodes from the root to the last value's
};

}  // namespace

std::vector<SourcePosition> locate_all(const YamlDocument& document,
                                       const std::vector<std::string>& pointers) {
  WantedPaths wanted;
  bool any = false;
  for (const auto& pointer : pointers) {
    wanted.add(split_pointer(pointer));
    any = any || !pointer.empty();
  }
  if (any) {
    walk_document(document, [&](const std::vector<std::string>& path, SourcePosition position) {
      wanted.visit(path, position);
      return true;
    });
  }
  std::vector<SourcePosition> positions;
  positions.reserve(pointers.size());
  for (const auto& pointer : pointers) {
    positions.push_back(wanted.nearest(split_pointer(pointer), document.start));
  }
  return positions;
}

SourcePosition locate(const YamlDocument& document, std::string_view pointer) {
  const std::vector<std::string> wanted = split_pointer(pointer);
  SourcePosition best = document.start;
  if (wanted.empty()) return best;
  walk_document(document, [&](const std::vector<std::string>& path, SourcePosition position) {
    if (path.empty() || common_prefix(path, wanted) != path.size()) return true;
    best = position;
    return path.size() < wanted.size();
  });
  return best;
}

std::map<std::string, SourcePosition> locate_items(const YamlDocument& document) {
  std::map<std::string, SourcePosition> items;
  walk_document(document, [&](const std::vector<std::string>& path, SourcePosition position) {
    std::string pointer = items_pointer(path);
    if (!pointer.empty()) items.emplace(std::move(pointer), position);
    return true;
  });
  return items;
}

}  // namespace sealift::objects
