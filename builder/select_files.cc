#include "select_files.h"

#include <sealift/base/encoding.h>
#include <sealift/builder/ignore_rules.h>

#include <algorithm>
#include <cstddef>
#include <unordered_map>
#include <utility>

namespace sealift::builder {
namespace {

constexpr std::uint64_t kMaxIgnoreFileBytes = 1u << 20;

Error fault(std::string_view path, std::string_view message) {
  return Error(ErrorCode::kInvalidInput, printable(path, 400) + ": " + std::string(message));
}

bool is_plain_name(std::string_view name) { return !name.empty() && name != "." && name != ".."; }

Result<> check_path(std::string_view path, const SourceLimits& limits) {
  if (path.size() > limits.max_path_bytes) {
    return fail(
        fault(path, "the path is longer than " + std::to_string(limits.max_path_bytes) + " bytes"));
  }
  const bool odd_byte = std::ranges::any_of(path, [](char byte) {
    return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7f || byte == '\\';
  });
  if (odd_byte || !is_utf8(path)) {
    return fail(fault(path,
                      "the name holds a backslash, a control character or bytes that are not "
                      "UTF-8; rename the file, or leave it out with .sourceignore"));
  }
  std::uint32_t depth = 0;
  for (std::string_view rest = path;;) {
    const auto slash = rest.find('/');
    if (!is_plain_name(rest.substr(0, slash))) {
      return fail(fault(path, "the path holds an empty name, \".\" or \"..\""));
    }
    if (++depth > limits.max_depth) {
      return fail(fault(
          path, "the path is deeper than " + std::to_string(limits.max_depth) + " directories"));
    }
    if (slash == std::string_view::npos) return {};
    rest = rest.substr(slash + 1);
  }
}

std::string_view parent_of(std::string_view path) {
  const auto slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

// Knows for each directory whether it is left out, and reads .sourceignore files on the way down.
class IgnoredDirectories {
 public:
  IgnoredDirectories(EntryStore& store, const std::vector<TreeEntry>& sorted)
      : store_(store), sorted_(sorted) {}

  Result<bool> excludes(const TreeEntry& entry) {
    SEALIFT_ASSIGN(const bool parent, excludes_directory(parent_of(entry.path)));
    return parent || rules_.excludes(entry.path, entry.kind == TreeEntry::Kind::kSubmodule);
  }

 private:
  // Recursion is bounded by the depth that check_path() allows.
  Result<bool> excludes_directory(std::string_view directory) {
    if (const auto known = known_.find(std::string(directory)); known != known_.end()) {
      return known->second;
    }
    bool excluded = false;
    if (!directory.empty()) {
      SEALIFT_ASSIGN(excluded, excludes_directory(parent_of(directory)));
      excluded = excluded || rules_.excludes(directory, true);
    }
    if (!excluded) SEALIFT_TRY(read_ignore_file(directory));
    known_.emplace(directory, excluded);
    return excluded;
  }

  Result<> read_ignore_file(std::string_view directory) {
    const std::string path =
        directory.empty() ? ".sourceignore" : std::string(directory) + "/.sourceignore";
    const auto found = std::ranges::lower_bound(sorted_, path, {}, &TreeEntry::path);
    if (found == sorted_.end() || found->path != path) return {};
    if (found->kind != TreeEntry::Kind::kFile) return fail(fault(path, "is no regular file"));
    TreeEntry entry = *found;
    SEALIFT_TRY(store_.measure(entry));
    if (entry.size > kMaxIgnoreFileBytes) return fail(fault(path, "is larger than 1 MiB"));
    SEALIFT_ASSIGN(const std::string bytes, store_.read(entry));
    SEALIFT_ASSIGN(auto patterns, parse_ignore_file(bytes, path));
    rules_.add(directory, std::move(patterns));
    return {};
  }

  EntryStore& store_;
  const std::vector<TreeEntry>& sorted_;
  IgnoreRules rules_ = IgnoreRules::flux_defaults();
  std::unordered_map<std::string, bool> known_;
};

// Git writes no such trees, but a crafted repository may hold them.
Result<> check_no_collisions(const std::vector<TreeEntry>& sorted) {
  for (std::size_t at = 1; at < sorted.size(); ++at) {
    if (sorted[at].path == sorted[at - 1].path) {
      return fail(fault(sorted[at].path, "the tree holds this name twice"));
    }
  }
  for (const TreeEntry& entry : sorted) {
    for (auto parent = parent_of(entry.path); !parent.empty(); parent = parent_of(parent)) {
      if (std::ranges::binary_search(sorted, parent, {}, [](const TreeEntry& other) {
            return std::string_view(other.path);
          })) {
        return fail(fault(parent, "the tree holds a file and a directory of this name"));
      }
    }
  }
  return {};
}

// Makes a file of the entry. Returns false where it is to be left out.
Result<bool> settle(EntryStore& store, const std::string& directory, TreeEntry& entry,
                    Selection selection) {
  if (entry.kind == TreeEntry::Kind::kSubmodule) {
    if (selection == Selection::kEverything) return false;
    return fail(fault(entry.path,
                      "is a submodule, and the commit holds none of its files; publish the other "
                      "repository on its own, or leave it out with .sourceignore"));
  }
  if (entry.kind == TreeEntry::Kind::kLink) {
    const auto followed = store.follow(entry, directory);
    if (!followed) {
      const bool is_misled = followed.error().code() == ErrorCode::kInvalidInput;
      if (is_misled && selection == Selection::kEverything) return false;
      return fail(followed.error());
    }
  }
  SEALIFT_TRY(store.measure(entry));
  return true;
}

}  // namespace

Result<std::vector<TreeEntry>> select_files(EntryStore& store, const std::string& directory,
                                            std::vector<TreeEntry> entries, Selection selection,
                                            const SourceLimits& limits) {
  std::ranges::sort(entries, {}, &TreeEntry::path);
  SEALIFT_TRY(check_no_collisions(entries));
  IgnoredDirectories ignored(store, entries);
  std::vector<TreeEntry> selected;
  std::uint64_t total = 0;
  for (const TreeEntry& listed : entries) {
    const auto checked = check_path(listed.path, limits);
    if (selection == Selection::kEverything) {
      // Ignore rules of the path do not reach here, so nobody could leave the file out himself.
      if (!checked) continue;
    } else {
      SEALIFT_TRY(checked);
      SEALIFT_ASSIGN(const bool excluded, ignored.excludes(listed));
      if (excluded) continue;
    }
    TreeEntry entry = listed;
    SEALIFT_ASSIGN(const bool taken, settle(store, directory, entry, selection));
    if (!taken) continue;
    if (entry.size > limits.max_file_bytes) {
      return fail(fault(entry.path, "is larger than " + std::to_string(limits.max_file_bytes) +
                                        " bytes; leave it out with .sourceignore"));
    }
    total += entry.size;
    if (total > limits.max_total_bytes) {
      return fail(fault(directory.empty() ? "the repository" : directory,
                        "the files are larger than " + std::to_string(limits.max_total_bytes) +
                            " bytes together; choose a smaller path"));
    }
    if (selected.size() == limits.max_files) {
      return fail(fault(directory.empty() ? "the repository" : directory,
                        "there are more than " + std::to_string(limits.max_files) +
                            " files; choose a smaller path, or leave files out with "
                            ".sourceignore"));
    }
    selected.push_back(std::move(entry));
  }
  return selected;
}

}  // namespace sealift::builder
