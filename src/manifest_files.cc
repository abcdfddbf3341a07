#include "manifest_files.h"

#include <sealift/archive/tar_files.h>
#include <sealift/base/encoding.h>

#include <iostream>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxFileBytes = 16u << 20;
constexpr std::uint64_t kMaxAllBytes = 256u << 20;
constexpr std::size_t kMaxDepth = 64;
constexpr std::size_t kMaxEntries = 200'000;

bool is_kustomization(std::string_view path) {
  const auto name = path.substr(path.rfind('/') + 1);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

Result<std::string> read_standard_input() {
  std::string text;
  char buffer[65536];
  while (std::cin.read(buffer, sizeof buffer) || std::cin.gcount() > 0) {
    text.append(buffer, static_cast<std::size_t>(std::cin.gcount()));
    if (text.size() > kMaxFileBytes) {
      return fail(ErrorCode::kInvalidInput, "standard input has more than 16 MiB");
    }
  }
  return text;
}

// A link that was named by somebody is followed; those within a directory are not.
bool is_directory(FileSystem& files, const std::string& path) {
  const auto info = files.info(join_path(path, "."));
  return info && info->type == FileType::kDirectory;
}

class Walk {
 public:
  Walk(FileSystem& files, ManifestFiles& into) : files_(files), into_(into) {}

  Result<> directory(const std::string& path, std::size_t depth) {
    if (depth > kMaxDepth) {
      return fail(ErrorCode::kInvalidInput,
                  printable(path) + ": directories are nested too deeply");
    }
    SEALIFT_ASSIGN(const auto entries, files_.list(path));
    for (const auto& entry : entries) {
      if (++entries_ > kMaxEntries) {
        return fail(ErrorCode::kInvalidInput,
                    printable(path) + ": there are more than 200,000 files and directories");
      }
      if (entry.name.starts_with('.')) continue;
      const auto name = join_path(path, entry.name);
      if (entry.type == FileType::kDirectory) SEALIFT_TRY(directory(name, depth + 1));
      if (entry.type == FileType::kFile) SEALIFT_TRY(file(name));
    }
    return {};
  }

 private:
  Result<> file(const std::string& path) {
    if (!archive::is_manifest_path(path) && !is_kustomization(path)) return {};
    SEALIFT_ASSIGN(const auto bytes, read_file(files_, path, kMaxFileBytes));
    return into_.add(path, bytes);
  }

  FileSystem& files_;
  ManifestFiles& into_;
  std::size_t entries_ = 0;
};

}  // namespace

Result<> ManifestFiles::add(std::string_view path, std::string_view bytes) {
  if (is_kustomization(path)) {
    return fail(
        ErrorCode::kInvalidInput,
        printable(path) +
            ": a kustomization is no manifest; name its directory as a commit "
            "(git:REPO --path DIR), which is rendered, or render it with \"kustomize build\"");
  }
  return archive::is_manifest_path(path) ? add_manifest(path, bytes) : Result<>();
}

Result<> ManifestFiles::add_manifest(std::string_view path, std::string_view bytes) {
  any_ = true;
  bytes_ += bytes.size();
  if (bytes_ > kMaxAllBytes) {
    return fail(ErrorCode::kInvalidInput,
                printable(path) + ": all manifests together have more than 256 MiB");
  }
  SEALIFT_ASSIGN(auto some, objects::parse_objects(bytes, path, {}, placeholders_));
  objects_.insert(objects_.end(), std::make_move_iterator(some.begin()),
                  std::make_move_iterator(some.end()));
  return {};
}

Result<> add_files(FileSystem& files, const std::string& path, ManifestFiles& into) {
  if (path == "-") {
    SEALIFT_ASSIGN(const auto text, read_standard_input());
    return into.add_manifest("standard input", text);
  }
  if (is_directory(files, path)) {
    SEALIFT_TRY(Walk(files, into).directory(path, 1));
    if (!into.has_none()) return {};
    return fail(ErrorCode::kInvalidInput,
                printable(path) + " holds no .yaml, .yml or .json file, so nothing to compare");
  }
  SEALIFT_ASSIGN(const auto bytes, read_file(files, path, kMaxFileBytes));
  return into.add_manifest(path, bytes);
}

}  // namespace sealift::program
