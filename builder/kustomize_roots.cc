#include "kustomize_roots.h"

#include "tree_entry.h"

#include <sealift/base/encoding.h>
#include <sealift/objects/yaml.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::builder {
namespace {

// The lists of a kustomization whose entries may be directories with another one.
constexpr std::array<std::string_view, 6> kLists = {"resources",  "bases",        "components",
                                                    "generators", "transformers", "validators"};

// kustomize reads the document with Go's encoding/json, which takes members in any case.
bool is_list_of_roots(std::string name) {
  std::ranges::transform(name, name.begin(), [](char byte) {
    return byte >= 'A' && byte <= 'Z' ? static_cast<char>(byte - 'A' + 'a') : byte;
  });
  return std::ranges::find(kLists, name) != kLists.end();
}

struct Kustomization {
  std::string path;
  std::string bytes;
};

Result<std::optional<Kustomization>> kustomization_in(SourceTree& tree,
                                                      const std::string& directory) {
  for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    std::string path = directory.empty() ? name : join_path(directory, name);
    SEALIFT_ASSIGN(auto bytes, tree.read_in_repository(path, objects::YamlLimits{}.max_bytes));
    if (bytes) return Kustomization{std::move(path), *std::move(bytes)};
  }
  return std::nullopt;
}

std::vector<std::string> entries_of(const Json& kustomization) {
  std::vector<std::string> entries;
  const Json::Object* members = kustomization.as_object();
  if (members == nullptr) return entries;
  for (const auto& [name, value] : *members) {
    const Json::Array* list = is_list_of_roots(name) ? value.as_array() : nullptr;
    if (list == nullptr) continue;
    for (const Json& entry : *list) {
      if (const std::string* text = entry.as_string()) entries.push_back(*text);
    }
  }
  return entries;
}

Result<std::vector<std::string>> roots_of(SourceTree& tree, const std::string& directory) {
  std::vector<std::string> roots;
  SEALIFT_ASSIGN(const auto file, kustomization_in(tree, directory));
  if (!file) return roots;
  SEALIFT_ASSIGN(const auto documents, objects::parse_yaml(file->bytes, file->path));
  for (const auto& document : documents) {
    for (const std::string& entry : entries_of(document.value)) {
      if (entry.find('\n') != std::string::npos) continue;  // a generator, written in its place
      auto root = join_in_repository(directory, entry);
      if (!root) {
        return fail(ErrorCode::kInvalidInput,
                    printable(file->path, 400) + ": " + printable(entry, 400) +
                        " lies outside of the repository and is no part of the commit; add it to "
                        "the repository");
      }
      roots.push_back(*std::move(root));
    }
  }
  return roots;
}

}  // namespace

Result<std::vector<std::string>> kustomize_roots(SourceTree& tree) {
  std::set<std::string> seen;
  std::vector<std::string> waiting{tree.path()};
  while (!waiting.empty()) {
    const std::string root = std::move(waiting.back());
    waiting.pop_back();
    if (!seen.insert(root).second) continue;
    SEALIFT_ASSIGN(auto more, roots_of(tree, root));
    std::ranges::move(more, std::back_inserter(waiting));
  }
  return std::vector<std::string>(seen.begin(), seen.end());
}

}  // namespace sealift::builder
