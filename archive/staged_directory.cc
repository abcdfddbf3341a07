#include <sealift/archive/staged_directory.h>

#include <sealift/base/directory_tree.h>
#include <sealift/base/encoding.h>
#include <sealift/base/random.h>

#include <optional>
#include <utility>

namespace sealift::archive {
namespace {

constexpr std::string_view kStage = ".sealift-unfinished-";
constexpr std::size_t kRandomBytes = 8;
constexpr std::uint32_t kOwnerAlone = 0700;
constexpr std::uint32_t kWrittenByOthers = 0022;
constexpr std::uint32_t kGroupIsInherited = 02000;

tl::unexpected<Error> in_the_way(const std::string& path) {
  return fail(ErrorCode::kConflict,
              printable(path, 400) + " is in the way; name a directory that is new or empty");
}

bool is_stage(const DirectoryEntry& entry, std::string_view prefix) {
  const std::string_view name = entry.name;
  return entry.type == FileType::kDirectory && name.starts_with(prefix) &&
         name.size() == prefix.size() + 2 * kRandomBytes &&
         name.find_first_not_of("0123456789abcdef", prefix.size()) == std::string_view::npos;
}

std::string prefix_beside(const std::string& directory) {
  return "." + directory.substr(directory.rfind('/') + 1) + std::string(kStage);
}

std::string lock_path(const std::string& stage) { return join_path(stage, "lock"); }

// What a killed process of this user left. Others may make such names too, where they can write;
// what is theirs, or what they could have changed, is not looked into.
Result<> clear_leftovers(FileSystem& files, const std::string& parent, std::string_view prefix,
                         const std::string& directory) {
  const auto entries = files.list(parent);
  // A parent that may be entered but not listed.
  if (!entries) return {};
  for (const auto& entry : *entries) {
    if (!is_stage(entry, prefix)) continue;
    const std::string stage = join_path(parent, entry.name);
    const auto info = files.info(stage);
    if (!info || !info->is_own || (info->mode & kWrittenByOthers) != 0) continue;
    const auto held = files.lock(lock_path(stage));
    if (!held && held.error().code() == ErrorCode::kUnavailable) {
      return fail(Error(held.error())
                      .with_context("another process is filling " + printable(directory, 400)));
    }
    if (held) SEALIFT_TRY(remove_tree(files, stage));
  }
  return {};
}

// "a/.." names a directory that has its name elsewhere.
bool has_its_name_at_the_end(const std::string& directory) {
  const auto name = directory.substr(directory.rfind('/') + 1);
  return !name.empty() && name != "." && name != "..";
}

Result<> clear_beside(FileSystem& files, const std::string& directory) {
  const std::string parent = parent_path(directory);
  SEALIFT_TRY(files.make_directories(parent));
  if (!has_its_name_at_the_end(directory)) return {};
  return clear_leftovers(files, parent, prefix_beside(directory), directory);
}

Result<> check_is_empty(FileSystem& files, const std::string& directory) {
  SEALIFT_ASSIGN(const auto present, files.list(directory));
  for (const auto& entry : present) {
    if (!is_stage(entry, kStage)) return in_the_way(join_path(directory, entry.name));
  }
  return {};
}

// A directory that nobody else knew before, and that nobody else can enter.
Result<std::string> make_stage(FileSystem& files, const std::string& parent,
                               std::string_view prefix) {
  std::string stage =
      join_path(parent, std::string(prefix) + hex_encode(system_random().bytes(kRandomBytes)));
  SEALIFT_TRY(files.make_directory(stage, kOwnerAlone));
  return stage;
}

// Whether another directory can stand in this one's place without anybody seeing a difference.
bool can_be_replaced(const std::string& directory, const FileInfo& present) {
  return has_its_name_at_the_end(directory) && present.is_own && !present.is_fixed &&
         (present.mode & kGroupIsInherited) == 0;
}

}  // namespace

StagedDirectory::StagedDirectory(FileSystem& files, std::string directory, std::string stage)
    : files_(files),
      directory_(std::move(directory)),
      stage_(std::move(stage)),
      content_(join_path(stage_, "content")) {}

Result<std::unique_ptr<StagedDirectory>> StagedDirectory::create(FileSystem& files,
                                                                 std::string directory) {
  while (directory.size() > 1 && directory.ends_with('/')) directory.pop_back();
  const auto info = files.info(directory);
  const bool is_new = !info && info.error().code() == ErrorCode::kNotFound;
  if (!info && !is_new) return fail(info.error());
  if (!is_new && info->type != FileType::kDirectory) return in_the_way(directory);
  SEALIFT_TRY(clear_beside(files, directory));
  if (is_new) return create_beside(files, directory, std::nullopt);
  SEALIFT_TRY(check_is_empty(files, directory));
  SEALIFT_TRY(clear_leftovers(files, directory, kStage, directory));
  if (can_be_replaced(directory, *info)) {
    // Fails in a parent that takes no other directory.
    auto beside = create_beside(files, directory, *info);
    if (beside && *beside != nullptr) return beside;
  }
  SEALIFT_ASSIGN(std::string stage, make_stage(files, directory, kStage));
  std::unique_ptr<StagedDirectory> staged(
      new StagedDirectory(files, std::move(directory), std::move(stage)));
  staged->is_within_ = true;
  SEALIFT_TRY(staged->lock());
  return staged;
}

// Null where what is made there would not be like the directory that it is to replace.
Result<std::unique_ptr<StagedDirectory>> StagedDirectory::create_beside(
    FileSystem& files, const std::string& directory, const std::optional<FileInfo>& present) {
  SEALIFT_ASSIGN(std::string stage,
                 make_stage(files, parent_path(directory), prefix_beside(directory)));
  std::unique_ptr<StagedDirectory> staged(new StagedDirectory(files, directory, std::move(stage)));
  SEALIFT_TRY(staged->lock());
  if (!present) return staged;
  staged->replaced_mode_ = present->mode;
  SEALIFT_TRY(files.make_directory(staged->content_, present->mode));
  SEALIFT_ASSIGN(const auto made, files.info(staged->content_));
  if (made.group != present->group || made.mode != present->mode) staged.reset();
  return staged;
}

Result<> StagedDirectory::lock() {
  SEALIFT_ASSIGN_CONTEXT(lock_, files_.lock(lock_path(stage_)),
                         "another process is filling " + printable(directory_, 400));
  return {};
}

// Of one that another process took for left over, nothing is removed.
StagedDirectory::~StagedDirectory() {
  if (lock_.use_count() > 0) static_cast<void>(remove_tree(files_, stage_));
}

Result<> StagedDirectory::publish() {
  SEALIFT_TRY(sync_tree(files_, content_));
  if (is_within_) return publish_entries();
  SEALIFT_TRY(files_.rename(content_, directory_));
  auto synced = files_.sync_directory(parent_path(directory_));
  if (!synced && files_.rename(directory_, content_) && replaced_mode_) {
    static_cast<void>(files_.make_directory(directory_, *replaced_mode_));
  }
  return synced;
}

Result<> StagedDirectory::publish_entries() {
  SEALIFT_ASSIGN(const auto entries, files_.list(content_));
  std::vector<std::string> moved;
  Result<> result;
  for (const auto& entry : entries) {
    const std::string target = join_path(directory_, entry.name);
    result = files_.rename_new(join_path(content_, entry.name), target);
    if (!result && result.error().code() == ErrorCode::kConflict) result = in_the_way(target);
    if (!result) break;
    moved.push_back(entry.name);
  }
  if (result) result = files_.sync_directory(directory_);
  if (result) return {};
  for (const auto& name : moved) {
    static_cast<void>(files_.rename(join_path(directory_, name), join_path(content_, name)));
  }
  return result;
}

}  // namespace sealift::archive
