#pragma once

#include <sealift/archive/tar_reader.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace sealift::archive {

// The files and directories of an archive so far, so that no two entries meet at one path. One node
// for each name: memory is bounded by the number of nodes, whatever the paths are.
class EntryTree {
 public:
  explicit EntryTree(std::uint64_t max_nodes) : max_nodes_(max_nodes) {}

  // `path` is normalised and not empty. kInvalidInput where it is there already, where a file is in
  // its way, or where there are too many; directories that are only part of a path count too.
  Result<> add(std::string_view path, TarEntry::Type type);

 private:
  enum class Kind : std::uint8_t { kImplied, kDirectory, kFile };
  struct Node {
    std::uint64_t id;
    Kind kind;
  };
  Result<> claim(Node& node, bool fresh, TarEntry::Type type);

  std::uint64_t max_nodes_;
  // By parent and name. An ordered map: no input can make it slow.
  std::map<std::pair<std::uint64_t, std::string>, Node> nodes_;
};

}  // namespace sealift::archive
