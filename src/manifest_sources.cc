#include "manifest_sources.h"

#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/builder/git_source.h>
#include <sealift/builder/render.h>

#include <set>

#include "build_machine.h"
#include "standard_input.h"

namespace sealift::program {
namespace {

// As for what is published (builder::SourceLimits).
constexpr std::size_t kMaxFiles = 40'000;
constexpr std::uint32_t kMaxDepth = 64;
constexpr std::uint64_t kMaxTotalBytes = 255u << 20;
constexpr std::uint64_t kMaxFileBytes = 16u << 20;

bool is_kustomization(std::string_view name) {
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

// Collects files, each path once, within the limits.
class Collection {
 public:
  explicit Collection(const Surroundings& surroundings) : surroundings_(surroundings) {}

  Result<> add_path(const std::string& path) {
    if (path == "-") {
      SEALIFT_ASSIGN(auto bytes, read_standard_input(kMaxFileBytes));
      return add("stdin", std::move(bytes));
    }
    // A link that was named is followed.
    const auto directory = system_files().info(join_path(path, "."));
    if (directory && directory->type == FileType::kDirectory) return add_directory(path, 0);
    return add_file(path);
  }
  std::vector<checks::ManifestFile> take() { return std::move(found_); }

 private:
  Result<> add_directory(const std::string& path, std::uint32_t depth) {
    if (depth > kMaxDepth) {
      return fail(ErrorCode::kInvalidInput, printable(path, 400) + " is more than " +
                                                std::to_string(kMaxDepth) + " directories deep");
    }
    SEALIFT_ASSIGN(const auto entries, system_files().list(join_path(path, ".")));
    for (const auto& entry : entries) {
      if (entry.name.starts_with('.')) continue;
      const std::string place = path == "." ? entry.name : join_path(path, entry.name);
      if (entry.type == FileType::kDirectory) {
        SEALIFT_TRY(add_directory(place, depth + 1));
      } else if (entry.type != FileType::kFile) {
        continue;
      } else if (is_kustomization(entry.name)) {
        surroundings_.output.warning(printable(place, 400) +
                                     " is not rendered here; give \"--from REPO --path DIR\" for "
                                     "what would be published");
      } else if (builder::is_manifest_file(entry.name)) {
        SEALIFT_TRY(add_file(place));
      }
    }
    return {};
  }

  Result<> add_file(const std::string& path) {
    if (surroundings_.stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "the check was interrupted");
    }
    SEALIFT_ASSIGN(auto bytes, read_file(system_files(), path, kMaxFileBytes));
    return add(path, std::move(bytes));
  }

  Result<> add(const std::string& path, std::string bytes) {
    if (!paths_.insert(path).second) return {};
    total_ += bytes.size();
    if (paths_.size() > kMaxFiles || total_ > kMaxTotalBytes) {
      return fail(ErrorCode::kInvalidInput, "these are more than " + std::to_string(kMaxFiles) +
                                                " files or " +
                                                std::to_string(kMaxTotalBytes >> 20) + " MiB");
    }
    found_.push_back(checks::ManifestFile::parse(path, std::move(bytes)));
    return {};
  }

  const Surroundings& surroundings_;
  std::set<std::string> paths_;
  std::uint64_t total_ = 0;
  std::vector<checks::ManifestFile> found_;
};

}  // namespace

Result<std::vector<checks::ManifestFile>> manifests_of_commit(const CommitFiles& which,
                                                              const Surroundings& surroundings) {
  builder::SourceOptions options;
  SEALIFT_ASSIGN(options.location, builder::parse_source_location(system_files(), which.from));
  options.path = which.path;
  options.worktree = which.worktree;
  SEALIFT_ASSIGN(std::shared_ptr<builder::SourceTree> tree,
                 builder::open_git_source(options, system_files()));
  SEALIFT_ASSIGN(const auto rendered,
                 builder::render_unchecked(tree, build_environment(), surroundings.stop));
  for (const auto& warning : rendered.warnings) {
    surroundings.output.warning(rendered.renderer + ": " + warning);
  }
  std::vector<checks::ManifestFile> found;
  for (const auto& file : rendered.files) {
    if (!builder::is_manifest_file(file.path)) continue;
    SEALIFT_ASSIGN(auto bytes, file.read());
    const auto path = tree->path().empty() ? file.path : join_path(tree->path(), file.path);
    found.push_back(checks::ManifestFile::parse(path, std::move(bytes)));
  }
  return found;
}

Result<std::vector<checks::ManifestFile>> manifests_of_paths(const std::vector<std::string>& paths,
                                                             const Surroundings& surroundings) {
  Collection collection(surroundings);
  for (const auto& path : paths) SEALIFT_TRY(collection.add_path(path));
  return collection.take();
}

}  // namespace sealift::program
