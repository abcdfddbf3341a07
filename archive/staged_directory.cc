#include <sealift/archive/staged_directory.h>

#include <sealift/base/directory_tree.h>
#include <sealift/base/encoding.h>

#include <utility>

namespace sealift::archive {
namespace {

constexpr std::string_view kStage = ".sealift-unfinished";

tl::unexpected<Error> in_the_way(const std::string& path) {
  return fail(ErrorCode::kConflict,
              printable(path, 400) + " is in the way; name a directory that is new or empty");
}

}  // namespace

StagedDirectory::StagedDirectory(FileSystem& files, std::string directory, std::string stage,
                                 bool is_new)
    : files_(files),
      directory_(std::move(directory)),
      stage_(std::move(stage)),
      content_(join_path(stage_, "content")),
      is_new_(is_new) {}

Result<std::unique_ptr<StagedDirectory>> StagedDirectory::create(FileSystem& files,
                                                                 std::string directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  const auto info = files.info(directory);
  const bool is_new = !info && info.error().code() == ErrorCode::kNotFound;
  if (!info && !is_new) return fail(info.error());
  std::string stage = join_path(directory, kStage);
  if (is_new) {
    const std::string name = directory.substr(directory.rfind('/') + 1);
    stage = join_path(parent_path(directory), "." + name + std::string(kStage));
  } else {
    if (info->type != FileType::kDirectory) return in_the_way(directory);
    SEALIFT_ASSIGN(const auto present, files.list(directory));
    for (const auto& entry : present) {
      if (entry.name != kStage) return in_the_way(join_path(directory, entry.name));
    }
  }
  std::unique_ptr<StagedDirectory> staged(
      new StagedDirectory(files, std::move(directory), std::move(stage), is_new));
  SEALIFT_TRY(files.make_directories(staged->stage_));
  SEALIFT_ASSIGN_CONTEXT(staged->lock_, files.lock(join_path(staged->stage_, "lock")),
                         "another process is filling " + printable(staged->directory_, 400));
  SEALIFT_TRY(remove_tree(files, staged->content_));
  return staged;
}

// Of one that another process is filling, nothing is removed.
StagedDirectory::~StagedDirectory() {
  if (lock_.use_count() > 0) static_cast<void>(remove_tree(files_, stage_));
}

Result<> StagedDirectory::publish() {
  if (is_new_) return files_.rename(content_, directory_);
  SEALIFT_ASSIGN(const auto entries, files_.list(content_));
  for (const auto& entry : entries) {
    const std::string target = join_path(directory_, entry.name);
    const auto present = files_.info(target);
    if (present) return in_the_way(target);
    if (present.error().code() != ErrorCode::kNotFound) return fail(present.error());
    SEALIFT_TRY(files_.rename(join_path(content_, entry.name), target));
  }
  return {};
}

}  // namespace sealift::archive
