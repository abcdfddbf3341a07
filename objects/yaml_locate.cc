#include "yaml_events.h"
#include "yaml_stream.h"

#include <sealift/objects/json_pointer.h>
#include <sealift/objects/yaml.h>

#include <functional>
#include <optional>
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

// The text with blanks for all that stands before the document: a chunk of JSON may hold several,
// and positions must stay what they are.
std::string from_document(const YamlChunk& chunk, SourcePosition document) {
  std::string text(chunk.text);
  std::size_t line = chunk.first_line;
  std::size_t column = 1;
  for (char& c : text) {
    if (line == document.line && column >= document.column) break;
    const bool continues_character = (static_cast<unsigned char>(c) & 0xc0) == 0x80;
    if (c == '\n') {
      ++line;
      column = 1;
      continue;
    }
    if (!continues_character) ++column;
    c = ' ';
  }
  return text;
}

void walk_document(std::string_view bytes, SourcePosition document, PathWalker::Visitor visitor) {
  YamlStream stream(bytes, "");
  YamlChunk chunk;
  std::optional<YamlChunk> found;
  for (;;) {
    const auto more = stream.next(chunk);
    if (!more || !*more || chunk.first_line > document.line) break;
    found = chunk;
  }
  if (!found) return;
  const std::string text = from_document(*found, document);
  YamlEvents events(text, "", found->first_line);
  PathWalker(std::move(visitor)).walk(events);
}

std::size_t common_prefix(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  std::size_t length = 0;
  while (length < a.size() && length < b.size() && a[length] == b[length]) ++length;
  return length;
}

}  // namespace

SourcePosition locate(std::string_view bytes, SourcePosition document, std::string_view pointer) {
  const std::vector<std::string> wanted = split_pointer(pointer);
  SourcePosition best = document;
  if (wanted.empty()) return best;
  walk_document(bytes, document,
                [&](const std::vector<std::string>& path, SourcePosition position) {
                  if (path.empty() || common_prefix(path, wanted) != path.size()) return true;
                  best = position;
                  return path.size() < wanted.size();
                });
  return best;
}

std::vector<SourcePosition> locate_elements(std::string_view bytes, SourcePosition document,
                                            std::string_view pointer) {
  const std::vector<std::string> array = split_pointer(pointer);
  std::vector<SourcePosition> positions;
  walk_document(
      bytes, document, [&](const std::vector<std::string>& path, SourcePosition position) {
        if (path.size() == array.size() + 1 && common_prefix(path, array) == array.size()) {
          positions.push_back(position);
        }
        return true;
      });
  return positions;
}

}  // namespace sealift::objects
