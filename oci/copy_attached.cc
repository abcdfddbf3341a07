#include "copy_run.h"

#include <sealift/base/worker_pool.h>

#include <algorithm>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxManifests = 100'000;

// The layers with their annotations, which is where such signatures are: what was signed is the
// same for all who signed one name.
std::vector<std::string> layers_of(const Manifest& manifest) {
  std::vector<std::string> layers;
  for (const auto& layer : manifest.layers) layers.push_back(dump_json(to_json(layer)));
  std::sort(layers.begin(), layers.end());
  return layers;
}

}  // namespace

Result<> CopyRun::examine(const Digest& digest, Presence presence) {
  const std::lock_guard lock(mutex_);
  if (!examined_.insert(digest).second) return {};
  if (examined_.size() > kMaxManifests) {
    return fail(ErrorCode::kInvalidInput,
                "more than the limit of 100000 manifests belong together; copy fewer tags at once");
  }
  if (options_.observer != nullptr) options_.observer->found_manifest();
  to_examine_.push_back({digest, presence == Presence::kAbsent});
  return {};
}

// In waves, and not as each is found: tags may lead in a circle, which no thread must wait for.
Result<> CopyRun::copy_attached(const std::stop_token& stop) {
  while (!to_examine_.empty()) {
    const std::vector<Subject> wave = std::exchange(to_examine_, {});
    const Place place{0, Place{0, options_.parallel}.share(wave.size())};
    const auto copy = [&](std::size_t i, std::stop_token token) {
      return copy_attached_to(wave[i], place, token);
    };
    SEALIFT_TRY(run_parallel(wave.size(), options_.parallel, stop, copy));
  }
  return {};
}

Result<> CopyRun::copy_attached_to(const Subject& subject, Place place,
                                   const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto found, attachments_.of(subject.digest, stop));
  const bool any_referrer = std::any_of(found.begin(), found.end(),
                                        [](const auto& attached) { return attached.tag.empty(); });
  std::set<Digest> there;
  if (any_referrer && !subject.is_new) {
    SEALIFT_ASSIGN(const auto listed, to_.referrers(subject.digest, stop));
    for (const Descriptor& entry : listed) there.insert(entry.digest);
  }
  for (const auto& attached : found) {
    if (attached.tag.empty() && there.contains(attached.descriptor.digest)) {
      SEALIFT_TRY(examine(attached.descriptor.digest, Presence::kPresent));
    } else {
      SEALIFT_TRY(store(attached, place, stop));
    }
  }
  return {};
}

Result<> CopyRun::store(const Attachment& attached, Place place, const std::stop_token& stop) {
  const Digest& digest = attached.descriptor.digest;
  const auto copy = [&]() -> Result<> {
    SEALIFT_ASSIGN(const StoredManifest manifest, from_.fetch_manifest(digest.to_string(), stop));
    if (!attached.tag.empty()) {
      SEALIFT_ASSIGN(const bool takes, may_take(attached.tag, manifest, stop));
      if (!takes) return examine(digest, Presence::kPresent);
    }
    SEALIFT_TRY(copy_below(manifest, Presence::kAbsent, place, stop));
    SEALIFT_TRY(put(manifest, attached.tag, stop));
    const std::lock_guard lock(mutex_);
    ++summary_.attached;
    return {};
  };
  // One manifest may be attached in both ways, and then each must be done.
  return attached.tag.empty() ? manifests_.once(digest, copy) : copy();
}

// Whether the destination's tag has to be set. Signatures are added under such a tag by both sides:
// what only the destination has must not get lost.
Result<bool> CopyRun::may_take(const std::string& tag, const StoredManifest& manifest,
                               const std::stop_token& stop) {
  auto there = to_.fetch_manifest(tag, stop);
  if (!there && there.error().code() == ErrorCode::kNotFound) return true;
  if (!there) return fail(std::move(there).error());
  if (there->descriptor.digest == manifest.descriptor.digest) return false;
  if (options_.overwrite_attached) return true;
  SEALIFT_ASSIGN(const auto theirs, parse_manifest(there->bytes, there->descriptor.media_type));
  SEALIFT_ASSIGN(const auto ours, parse_manifest(manifest.bytes, manifest.descriptor.media_type));
  const auto wanted = layers_of(ours);
  const auto present = layers_of(theirs);
  if (std::includes(present.begin(), present.end(), wanted.begin(), wanted.end())) return false;
  if (std::includes(wanted.begin(), wanted.end(), present.begin(), present.end())) return true;
  return fail(ErrorCode::kConflict,
              "the destination's tag " + tag +
                  " holds signatures or attestations that the source lacks, and lacks some of "
                  "the source's; copying would lose one side's");
}

}  // namespace sealift::oci
