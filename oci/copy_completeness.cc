#include "repository_blob.h"

#include <sealift/base/worker_pool.h>
#include <sealift/oci/archive.h>
#include <sealift/oci/copy_completeness.h>

#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxShown = 20;

Error describe_missing(const std::vector<Descriptor>& blobs) {
  std::set<Digest> missing;
  for (const auto& blob : blobs) missing.insert(blob.digest);
  std::string text = "it was written for a destination that has the rest, and this one lacks " +
                     std::to_string(missing.size()) + " of the blobs that were left out:";
  std::size_t shown = 0;
  for (const Digest& digest : missing) {
    if (shown++ == kMaxShown) {
      text += " and others";
      break;
    }
    text += " " + digest.to_string();
  }
  return {ErrorCode::kNotFound,
          text + "; copy the archive that this one follows first, or write one without --since"};
}

// What neither side has.
Result<std::vector<Descriptor>> find_missing(const PlannedCopy& copy,
                                             const std::vector<Descriptor>& needed,
                                             const CopyOptions& options,
                                             const std::stop_token& stop) {
  std::vector<Descriptor> asked;
  for (const auto& blob : needed) {
    SEALIFT_ASSIGN(const bool at_source, copy.from->has_blob(blob.digest, stop));
    if (!at_source) asked.push_back(blob);
  }
  std::mutex mutex;
  std::vector<Descriptor> missing;
  const auto ask = [&](std::size_t i, std::stop_token token) -> Result<> {
    SEALIFT_ASSIGN(const bool there, copy.to->has_blob(asked[i].digest, std::move(token)));
    const std::lock_guard lock(mutex);
    if (!there) missing.push_back(asked[i]);
    return {};
  };
  SEALIFT_TRY(run_parallel(asked.size(), options.parallel, stop, ask));
  return missing;
}

using Needs = std::map<Digest, std::vector<std::size_t>>;  // the copies that need a blob

Result<std::optional<std::size_t>> find_owner(const Descriptor& blob, std::size_t but,
                                              const std::vector<PlannedCopy>& copies,
                                              const Needs& needs, const std::stop_token& stop) {
  for (const std::size_t other : needs.at(blob.digest)) {
    if (other == but) continue;
    SEALIFT_ASSIGN(const bool there, copies[other].to->has_blob(blob.digest, stop));
    if (there) return other;
  }
  return std::nullopt;
}

}  // namespace

Result<> check_copy_is_complete(Repository& from, Repository& to,
                                const std::vector<CopyItem>& items, const CopyOptions& options,
                                std::stop_token stop) {
  SEALIFT_ASSIGN(const auto needed, list_blobs(from, items, options, stop));
  SEALIFT_ASSIGN(const auto missing, find_missing({&from, &to, {}, ""}, needed, options, stop));
  return missing.empty() ? Result<>() : fail(describe_missing(missing));
}

Result<std::vector<SharedBlob>> check_copies_are_complete(const std::vector<PlannedCopy>& copies,
                                                          const CopyOptions& options,
                                                          const std::stop_token& stop) {
  Needs needs;
  std::vector<std::vector<Descriptor>> needed(copies.size());
  for (std::size_t i = 0; i < copies.size(); ++i) {
    SEALIFT_ASSIGN_CONTEXT(needed[i], list_blobs(*copies[i].from, copies[i].items, options, stop),
                           copies[i].what);
    for (const auto& blob : needed[i]) needs[blob.digest].push_back(i);
  }
  std::vector<SharedBlob> shared;
  for (std::size_t i = 0; i < copies.size(); ++i) {
    SEALIFT_ASSIGN_CONTEXT(const auto missing, find_missing(copies[i], needed[i], options, stop),
                           copies[i].what);
    std::vector<Descriptor> nowhere;
    for (const auto& blob : missing) {
      SEALIFT_ASSIGN_CONTEXT(const auto owner, find_owner(blob, i, copies, needs, stop),
                             copies[i].what);
      if (owner) {
        shared.push_back({blob, i, *owner});
      } else {
        nowhere.push_back(blob);
      }
    }
    if (!nowhere.empty()) return fail(describe_missing(nowhere).with_context(copies[i].what));
  }
  return shared;
}

Result<> copy_shared_blobs(const std::vector<SharedBlob>& blobs,
                           const std::vector<PlannedCopy>& copies, const CopyOptions& options,
                           const std::stop_token& stop) {
  const auto give = [&](std::size_t i, std::stop_token token) -> Result<> {
    const auto& [blob, copy, owner] = blobs[i];
    const auto bytes = repository_blob(*copies[owner].to, blob, token);
    auto& to = *copies[copy].to;
    const bool mountable = copies[copy].host == copies[owner].host && !copies[owner].name.empty();
    SEALIFT_TRY_CONTEXT(mountable ? to.mount_or_push_blob(blob, bytes, copies[owner].name, token)
                                  : to.push_blob(blob, bytes, token),
                        copies[copy].what);
    return {};
  };
  return run_parallel(blobs.size(), options.parallel, stop, give);
}

}  // namespace sealift::oci
