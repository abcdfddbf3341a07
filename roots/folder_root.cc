#include <sealift/roots/folder_root.h>

#include <sealift/base/encoding.h>
#include <sealift/roots/trust_archive.h>
#include <sealift/signing/policy_document.h>
#include <sealift/sigstore/trusted_root.h>
#include <sealift/tuf/stored_target.h>

#include <memory>
#include <utility>

namespace sealift::roots {
namespace {

struct Place {
  std::string path;
  bool is_archive = false;
};

// A link is followed: a mounted ConfigMap is made of them.
Result<Place> find_place(FileSystem& files, const std::string& directory, const std::string& name) {
  const auto folder = join_path(directory, name);
  const auto archive = folder + ".tar.gz";
  const auto as_folder = files.list(folder);
  const auto as_archive = files.open(archive);
  if (as_folder && as_archive) {
    return fail(ErrorCode::kConflict, "there are both the folder " + printable(folder, 400) +
                                          " and the archive beside it; remove one of them");
  }
  if (as_folder) return Place{folder, false};
  if (as_archive) return Place{archive, true};
  for (const auto* error : {&as_folder.error(), &as_archive.error()}) {
    if (error->code() != ErrorCode::kNotFound) return fail(*error);
  }
  return fail(ErrorCode::kNotFound, "there is neither the folder " + printable(folder, 400) +
                                        " nor the archive " + printable(archive, 400) +
                                        "; bring it in, as \"sealift trust pack\" makes it");
}

Result<tuf::StoredTarget> read_target(const tuf::TrustDirectory& folder, const std::string& target,
                                      const FolderRoot* before) {
  auto stored = tuf::read_stored_target(folder, target, sigstore::kMaxTrustedRootBytes);
  if (!stored || before == nullptr) return stored;
  const auto follows = tuf::check_succession(before->state, stored->state, folder);
  if (follows) return stored;
  return fail(follows.error().code(),
              "it does not follow from what was read before: " + follows.error().message() +
                  "; bring in a current copy of the same repository, or, to replace that on "
                  "purpose, take the folder away, wait until it is said to be missing, and put "
                  "this one in");
}

Result<tuf::StoredTarget> read_target(FileSystem& files, const Place& place,
                                      const std::string& target, const FolderRoot* before) {
  if (!place.is_archive) {
    return read_target(tuf::TrustDirectory(files, place.path), target, before);
  }
  SEALIFT_ASSIGN(const auto archived, open_trust_archive(files, place.path));
  return read_target(tuf::TrustDirectory(*archived, place.path), target, before);
}

}  // namespace

Result<FolderRoot> read_folder_root(FileSystem& files, const std::string& directory,
                                    const signing::RootFolder& wanted, const FolderRoot* before) {
  SEALIFT_ASSIGN(const auto place, find_place(files, directory, wanted.name));
  auto stored = read_target(files, place, wanted.target, before);
  // Nothing is missing but a part: that of a copy which is being made, or was not made in whole.
  if (!stored && stored.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kInvalidInput, stored.error().message());
  }
  if (!stored) return fail(std::move(stored).error());
  const auto name = "trust folder " + wanted.name;
  SEALIFT_ASSIGN(auto root, signing::make_policy_root(name, stored->bytes,
                                                      name + ": " + printable(wanted.target)));
  return FolderRoot{std::move(root),
                    {std::make_shared<const std::string>(std::move(stored->bytes)),
                     std::move(stored->first_to_expire), stored->expires},
                    std::move(stored->state)};
}

}  // namespace sealift::roots
