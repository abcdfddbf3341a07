#include <sealift/roots/trust_pack.h>

#include <sealift/archive/compression.h>
#include <sealift/archive/tar_writer.h>
#include <sealift/base/encoding.h>
#include <sealift/roots/trust_archive.h>
#include <sealift/tuf/metadata.h>

#include <set>
#include <string_view>
#include <utility>

namespace sealift::roots {
namespace {

constexpr std::string_view kHistory = "root_history";

// What a damaged or missing role is good for: nothing, and so its archive.
Result<> check_whole(const tuf::TrustStatus& status, const std::string& folder) {
  for (const auto& role : status.roles) {
    if (!role.problem || role.problem->kind == tuf::RefusalKind::kExpired) continue;
    return fail(Error(*role.problem).with_context("the folder " + printable(folder, 400)));
  }
  constexpr std::size_t kTopRoles = 4;
  if (status.roles.size() >= kTopRoles) return {};
  return fail(ErrorCode::kNotFound, "the folder " + printable(folder, 400) +
                                        " does not hold all metadata yet; fetch it with \"sealift "
                                        "trust get\" first");
}

// Relative to the folder, in the order of the archive.
Result<std::set<std::string>> names_of(FileSystem& files, const std::string& folder,
                                       const tuf::TrustStatus& status) {
  std::set<std::string> names;
  for (const auto& role : status.roles) names.insert(tuf::escaped_role(role.role) + ".json");
  const auto history = files.list(join_path(folder, kHistory));
  if (!history && history.error().code() != ErrorCode::kNotFound) return fail(history.error());
  if (history) {
    for (const auto& entry : *history) {
      const bool is_root = entry.name.ends_with(".root.json") && !entry.name.starts_with('.');
      if (is_root) names.insert(join_path(kHistory, entry.name));
    }
  }
  for (const auto& target : status.targets) {
    if (target.stored) names.insert("targets/" + target.target.path);
  }
  if (names.size() <= kMaxTrustArchiveFiles) return names;
  return fail(ErrorCode::kInvalidInput, "the folder " + printable(folder, 400) +
                                            " has more files than the limit of " +
                                            std::to_string(kMaxTrustArchiveFiles));
}

}  // namespace

Result<tuf::TrustStatus> pack_trust_folder(FileSystem& files, const std::string& folder,
                                           Timestamp now, ByteSink& sink) {
  SEALIFT_ASSIGN(auto status, tuf::read_trust_status(tuf::TrustDirectory(files, folder), {now}));
  SEALIFT_TRY(check_whole(status, folder));
  SEALIFT_ASSIGN(const auto names, names_of(files, folder, status));
  archive::GzipWriter gzip(sink);
  archive::TarWriter tar(gzip);
  std::uint64_t left = kMaxTrustArchiveBytes;
  for (const auto& name : names) {
    SEALIFT_ASSIGN_CONTEXT(const auto bytes, read_file(files, join_path(folder, name), left),
                           "archives of trust folders have at most " +
                               std::to_string(kMaxTrustArchiveBytes) + " bytes");
    left -= bytes.size();
    SEALIFT_TRY(tar.add_file(name, bytes, false));
  }
  SEALIFT_TRY(tar.finish());
  SEALIFT_TRY(gzip.finish());
  return status;
}

}  // namespace sealift::roots
