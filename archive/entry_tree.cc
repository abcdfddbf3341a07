#include "entry_tree.h"

#include <sealift/archive/entry_path.h>

#include <algorithm>

namespace sealift::archive {
namespace {

constexpr std::uint64_t kRoot = 0;

}  // namespace

Result<> EntryTree::add(std::string_view path, TarEntry::Type type) {
  std::uint64_t parent = kRoot;
  for (std::size_t begin = 0;;) {
    const std::size_t end = std::min(path.find('/', begin), path.size());
    const auto [at, fresh] =
        nodes_.try_emplace({parent, std::string(path.substr(begin, end - begin))},
                           Node{nodes_.size() + 1, Kind::kImplied});
    if (nodes_.size() > max_nodes_)
      return fail(ErrorCode::kInvalidInput,
                  "with it the archive has more files and directories than the limit of " +
                      std::to_string(max_nodes_) + "; split the artifact");
    Node& node = at->second;
    if (end == path.size()) return claim(node, fresh, type);
    if (node.kind == Kind::kFile)
      return fail(ErrorCode::kInvalidInput, "it lies below " + quote_name(path.substr(0, end)) +
                                                ", which is a file in the same archive");
    parent = node.id;
    begin = end + 1;
  }
}

Result<> EntryTree::claim(Node& node, bool fresh, TarEntry::Type type) {
  const bool directory = type == TarEntry::Type::kDirectory;
  if (!fresh && node.kind != Kind::kImplied)
    return fail(ErrorCode::kInvalidInput,
                "the same path is in the archive twice; pack each path once");
  if (!fresh && !directory)
    return fail(ErrorCode::kInvalidInput,
                "it is a file, but earlier entries use its path as a directory");
  node.kind = directory ? Kind::kDirectory : Kind::kFile;
  return {};
}

}  // namespace sealift::archive
