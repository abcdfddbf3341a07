#include <sealift/base/encoding.h>
#include <sealift/base/patient_lock.h>
#include <sealift/tuf/trust_directory.h>

#include <chrono>

#include "target_check.h"

namespace sealift::tuf {
namespace {

constexpr std::chrono::seconds kLockPatience{60};
constexpr std::string_view kPartialTarget = ".target.tmp";

// As write_file_atomically() and store_target() name what they are writing; what other programs
// keep in the folder is not ours to remove.
bool is_partial(const DirectoryEntry& entry) {
  constexpr std::string_view kEnd = ".tmp";
  constexpr std::size_t kRandom = 16;  // hexadecimal
  if (entry.type != FileType::kFile || !entry.name.starts_with('.')) return false;
  if (entry.name == kPartialTarget) return true;
  std::string_view name = entry.name;
  if (!name.ends_with(kEnd) || name.size() < kEnd.size() + kRandom) return false;
  name.remove_suffix(kEnd.size());
  const auto random = name.substr(name.size() - kRandom);
  name.remove_suffix(kRandom);
  return name.ends_with(".json.") &&
         random.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Files that a process was writing when it was killed; nobody else writes while we hold the lock.
Result<> remove_partial(FileSystem& files, const std::string& directory) {
  auto entries = files.list(directory);
  if (!entries && entries.error().code() == ErrorCode::kNotFound) return {};
  if (!entries) return fail(std::move(entries).error());
  for (const auto& entry : *entries) {
    if (is_partial(entry)) SEALIFT_TRY(files.remove(join_path(directory, entry.name)));
  }
  return {};
}

// Writes `partial`, checks it while it is written, and moves it to its place; nothing stays of
// what failed.
Result<> write_checked(FileSystem& files, const TargetFile& target, const std::string& partial,
                       const std::string& path, const std::function<Result<>(ByteSink&)>& produce) {
  const auto write = [&]() -> Result<> {
    SEALIFT_ASSIGN(auto file, files.create(partial, FileSystem::Access::kPublic));
    TargetCheck check(target, file.get());
    SEALIFT_TRY(produce(check));
    SEALIFT_TRY(check.finish());
    SEALIFT_TRY(file->sync());
    SEALIFT_TRY(file->close());
    return files.rename(partial, path);
  };
  auto written = write();
  if (!written) {
    static_cast<void>(files.remove(partial));
    return written;
  }
  return files.sync_directory(parent_path(path));
}

Result<std::optional<std::string>> read_if_there(FileSystem& files, const std::string& path,
                                                 std::uint64_t limit) {
  auto bytes = read_file(files, path, limit);
  if (bytes) return *std::move(bytes);
  if (bytes.error().code() == ErrorCode::kNotFound) return std::nullopt;
  return fail(std::move(bytes).error());
}

std::string history_name(std::int64_t version) {
  return "root_history/" + std::to_string(version) + ".root.json";
}

}  // namespace

Result<std::shared_ptr<void>> TrustDirectory::lock(Clock& clock,
                                                   const std::stop_token& stop) const {
  SEALIFT_TRY(files_->make_directories(join_path(path_, "root_history")));
  SEALIFT_ASSIGN(auto held,
                 lock_patiently(*files_, join_path(path_, ".lock"), clock, kLockPatience, stop));
  SEALIFT_TRY(remove_partial(*files_, path_));
  SEALIFT_TRY(remove_partial(*files_, join_path(path_, "root_history")));
  return held;
}

Result<std::string> TrustDirectory::root() const {
  const auto file = join_path(path_, "root.json");
  auto bytes = read_file(*files_, file, kMaxRootBytes);
  if (bytes || bytes.error().code() != ErrorCode::kNotFound) return bytes;
  return fail(ErrorCode::kNotFound, "the folder " + printable(path_, 400) +
                                        " trusts no root yet; begin with \"sealift trust init "
                                        "--dir DIR --root FILE\"");
}

Result<std::optional<std::string>> TrustDirectory::past_root(std::int64_t version) const {
  return read_if_there(*files_, join_path(path_, history_name(version)), kMaxRootBytes);
}

Result<bool> TrustDirectory::knows_root(std::int64_t version, std::string_view bytes) const {
  SEALIFT_ASSIGN(const auto stored, past_root(version));
  return stored == bytes;
}

Result<> TrustDirectory::store_root(std::int64_t version, std::string_view bytes) const {
  SEALIFT_TRY(write_file_atomically(*files_, join_path(path_, history_name(version)), bytes));
  return write_file_atomically(*files_, join_path(path_, "root.json"), bytes);
}

Result<std::optional<std::string>> TrustDirectory::metadata(std::string_view role,
                                                            std::uint64_t limit) const {
  return read_if_there(*files_, join_path(path_, escaped_role(role) + ".json"), limit);
}

Result<> TrustDirectory::store_metadata(std::string_view role, std::string_view bytes) const {
  return write_file_atomically(*files_, join_path(path_, escaped_role(role) + ".json"), bytes);
}

Result<> TrustDirectory::forget_metadata(std::string_view role) const {
  const auto removed = files_->remove(join_path(path_, escaped_role(role) + ".json"));
  if (!removed && removed.error().code() != ErrorCode::kNotFound) return removed;
  return files_->sync_directory(path_);
}

std::string TrustDirectory::target_path(const std::string& target) const {
  return join_path(join_path(path_, "targets"), target);
}

Result<bool> TrustDirectory::holds(const TargetFile& target) const {
  const auto path = target_path(target.path);
  auto source = files_->open(path);
  if (!source && source.error().code() == ErrorCode::kNotFound) return false;
  if (!source) return fail(std::move(source).error());
  TargetCheck check(target, nullptr);
  SEALIFT_TRY(copy(**source, check));
  return check.finish().has_value();
}

Result<std::string> TrustDirectory::read_target(const TargetFile& target) const {
  SEALIFT_ASSIGN(auto source, files_->open(target_path(target.path)));
  StringSink bytes("the target " + printable(target.path), target.length);
  TargetCheck check(target, &bytes);
  SEALIFT_TRY(copy(*source, check));
  SEALIFT_TRY(check.finish());
  return bytes.take();
}

Result<> TrustDirectory::store_target(const TargetFile& target,
                                      const std::function<Result<>(ByteSink&)>& produce) const {
  const auto path = target_path(target.path);
  SEALIFT_TRY(files_->make_directories(parent_path(path)));
  return write_checked(*files_, target, join_path(path_, kPartialTarget), path, produce);
}

Result<> TrustDirectory::export_target(const TargetFile& target, const std::string& to,
                                       Random& random) const {
  const auto name = "." + to.substr(to.rfind('/') + 1) + "." + hex_encode(random.bytes(8)) + ".tmp";
  return write_checked(*files_, target, join_path(parent_path(to), name), to,
                       [&](ByteSink& sink) -> Result<> {
                         SEALIFT_ASSIGN(auto source, files_->open(target_path(target.path)));
                         SEALIFT_TRY(copy(*source, sink));
                         return {};
                       });
}

}  // namespace sealift::tuf
