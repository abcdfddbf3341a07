#include <sealift/base/percent_encoding.h>
#include <sealift/tuf/metadata.h>

#include <algorithm>
#include <string_view>

#include "path_pattern.h"

namespace sealift::tuf {

const ListedFile* Snapshot::find(std::string_view name) const {
  const auto at = std::lower_bound(
      entries.begin(), entries.end(), name,
      [](const Entry& entry, std::string_view wanted) { return entry.name < wanted; });
  return at != entries.end() && at->name == name ? &at->file : nullptr;
}

const TargetFile* Targets::find(std::string_view path) const {
  const auto at = std::lower_bound(
      targets.begin(), targets.end(), path,
      [](const TargetFile& target, std::string_view wanted) { return target.path < wanted; });
  return at != targets.end() && at->path == path ? &*at : nullptr;
}

bool Delegation::covers(std::string_view path) const {
  if (!paths.empty()) {
    return std::any_of(paths.begin(), paths.end(), [path](const std::string& pattern) {
      return matches_path_pattern(pattern, path);
    });
  }
  const auto hash = Digest::of(path).hex();
  return std::any_of(hash_prefixes.begin(), hash_prefixes.end(),
                     [&](const std::string& prefix) { return hash.starts_with(prefix); });
}

std::string escaped_role(std::string_view role) { return percent_encode(role); }

}  // namespace sealift::tuf
