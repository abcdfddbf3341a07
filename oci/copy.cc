#include "copy_run.h"

#include "repository_blob.h"

#include <sealift/base/encoding.h>
#include <sealift/base/worker_pool.h>
#include <sealift/oci/observed_transfer.h>

#include <algorithm>
#include <optional>
#include <utility>

namespace sealift::oci {
namespace {

constexpr unsigned kMaxDepth = 8;

}  // namespace

Result<CopySummary> copy_artifacts(Repository& from, Repository& to,
                                   const std::vector<CopyItem>& items, const CopyOptions& options,
                                   std::stop_token stop) {
  return CopyRun(from, to, options).run(items, stop);
}

CopyRun::CopyRun(Repository& from, Repository& to, const CopyOptions& options)
    : from_(from),
      to_(to),
      options_(options),
      attachments_(from, options.referrers, options.attached_endings) {}

std::size_t CopyRun::Place::share(std::size_t branches) const {
  return std::max<std::size_t>(1, threads / std::max<std::size_t>(1, branches));
}

Result<CopySummary> CopyRun::run(const std::vector<CopyItem>& items, const std::stop_token& stop) {
  std::vector<std::optional<Root>> roots(items.size());
  const Place top{0, options_.parallel};
  const auto copy = [&](std::size_t i, std::stop_token token) -> Result<> {
    SEALIFT_ASSIGN(roots[i], read_root(items[i], token));
    const auto presence = roots[i]->was_there ? Presence::kPresent : Presence::kAbsent;
    return copy_below(roots[i]->manifest, presence, {0, top.share(items.size())}, token);
  };
  SEALIFT_TRY(run_parallel(items.size(), options_.parallel, stop, copy));
  SEALIFT_TRY(copy_attached(stop));
  // Parts of others first, and not beside these: distribution 2.8 refuses an index while one of its
  // parts is being stored again, if only for a tag.
  for (const bool parts : {true, false}) {
    const auto put_last = [&](std::size_t i, std::stop_token token) {
      const bool is_part = manifests_.knows(roots[i]->manifest.descriptor.digest);
      return is_part == parts ? publish(*roots[i], token) : Result<>();
    };
    SEALIFT_TRY(run_parallel(items.size(), options_.parallel, stop, put_last));
  }
  for (std::size_t i = 0; i < items.size(); ++i) {
    auto& [manifest, missing_tags, was_there] = *roots[i];
    summary_.artifacts.push_back({items[i].from, std::move(manifest.descriptor), was_there});
  }
  return std::move(summary_);
}

Result<CopyRun::Root> CopyRun::read_root(const CopyItem& item, const std::stop_token& stop) {
  SEALIFT_ASSIGN(StoredManifest manifest, from_.fetch_manifest(item.from, stop));
  Root root{std::move(manifest), {}, !item.tags.empty()};
  for (const std::string& tag : item.tags) {
    auto there = to_.resolve(tag, stop);
    if (there && there->digest == root.manifest.descriptor.digest) continue;
    if (!there && there.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(there).error());
    }
    root.missing_tags.push_back(tag);
    root.was_there = false;
  }
  return root;
}

Result<> CopyRun::publish(const Root& root, const std::stop_token& stop) {
  if (root.was_there) return {};
  if (root.missing_tags.empty()) return put(root.manifest, "", stop);
  for (const std::string& tag : root.missing_tags) SEALIFT_TRY(put(root.manifest, tag, stop));
  return {};
}

Result<> CopyRun::copy_below(const StoredManifest& manifest, Presence presence, Place place,
                             const std::stop_token& stop) {
  const Descriptor& descriptor = manifest.descriptor;
  SEALIFT_TRY(examine(descriptor.digest, presence));
  if (is_index_type(descriptor.media_type)) {
    if (place.depth == kMaxDepth) {
      return fail(ErrorCode::kInvalidInput, "the index " + descriptor.digest.to_string() +
                                                " stands more than 8 levels below the artifact");
    }
    SEALIFT_ASSIGN(const Index index, parse_index(manifest.bytes, descriptor.media_type));
    const Place below{place.depth + 1, place.share(index.manifests.size())};
    return run_parallel(index.manifests.size(), place.threads, stop,
                        [&](std::size_t i, std::stop_token token) {
                          return copy_child(index.manifests[i], below, token);
                        });
  }
  SEALIFT_ASSIGN(Manifest parsed, parse_manifest(manifest.bytes, descriptor.media_type));
  if (presence == Presence::kPresent) return {};
  std::vector<Descriptor> blobs = std::move(parsed.layers);
  blobs.push_back(std::move(parsed.config));
  announce(blobs);
  return run_parallel(blobs.size(), place.threads, stop, [&](std::size_t i, std::stop_token token) {
    return blobs_.once(blobs[i].digest, [&] { return copy_blob(blobs[i], token); });
  });
}

Result<> CopyRun::copy_child(const Descriptor& child, Place place, const std::stop_token& stop) {
  if (!is_manifest_type(child.media_type) && !is_index_type(child.media_type)) {
    return fail(ErrorCode::kInvalidInput, "an index names " + child.digest.to_string() +
                                              " of the type \"" + printable(child.media_type, 80) +
                                              "\", which is neither a manifest nor an index");
  }
  return manifests_.once(child.digest, [&]() -> Result<> {
    const std::string digest = child.digest.to_string();
    const auto there = to_.resolve(digest, stop);
    if (!there && there.error().code() != ErrorCode::kNotFound) return fail(there.error());
    if (there && is_manifest_type(child.media_type)) {
      return examine(child.digest, Presence::kPresent);
    }
    SEALIFT_ASSIGN(const StoredManifest manifest, from_.fetch_manifest(digest, stop));
    SEALIFT_TRY(copy_below(manifest, there ? Presence::kPresent : Presence::kAbsent, place, stop));
    return there ? Result<>() : put(manifest, "", stop);
  });
}

// Before any of them moves, so that whoever waits knows how much is to come.
void CopyRun::announce(const std::vector<Descriptor>& blobs) {
  if (options_.observer == nullptr) return;
  const std::lock_guard lock(mutex_);
  for (const Descriptor& blob : blobs) {
    if (options_.present_blobs != nullptr && options_.present_blobs->contains(blob.digest))
      continue;
    if (announced_.insert(blob.digest).second) options_.observer->found_blob(blob.size);
  }
}

Result<> CopyRun::copy_blob(const Descriptor& blob, const std::stop_token& stop) {
  if (options_.present_blobs != nullptr && options_.present_blobs->contains(blob.digest)) return {};
  ObservedTransfer transfer(options_.observer, blob.size);
  const Blob bytes = transfer.follow(repository_blob(from_, blob, stop));
  auto pushed = options_.mount_from.empty()
                    ? to_.push_blob(blob, bytes, stop)
                    : to_.mount_or_push_blob(blob, bytes, options_.mount_from, stop);
  if (!pushed) return pushed;
  transfer.settle();
  if (!transfer.sent()) return {};
  const std::lock_guard lock(mutex_);
  ++summary_.blobs;
  summary_.bytes += blob.size;
  return {};
}

Result<> CopyRun::put(const StoredManifest& manifest, const std::string& tag,
                      const std::stop_token& stop) {
  const Descriptor& wanted = manifest.descriptor;
  SEALIFT_ASSIGN(const auto pushed,
                 to_.push_manifest(manifest.bytes, wanted.media_type, tag, stop));
  if (pushed.descriptor.digest != wanted.digest) {
    return fail(ErrorCode::kInvalidInput,
                "the manifest " + wanted.digest.to_string() + " is known there as " +
                    pushed.descriptor.digest.to_string() + " alone, so its name would be lost");
  }
  const std::lock_guard lock(mutex_);
  ++summary_.manifests;
  return {};
}

}  // namespace sealift::oci
