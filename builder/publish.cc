#include <sealift/base/encoding.h>
#include <sealift/base/worker_pool.h>
#include <sealift/builder/publish.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::builder {
namespace {

Result<std::vector<std::string>> tags_of(const oci::Reference& target,
                                         const std::vector<std::string>& more_tags) {
  std::vector<std::string> tags;
  if (target.tag()) tags.push_back(*target.tag());
  for (const std::string& tag : more_tags) {
    if (!oci::is_valid_tag(tag)) {
      return fail(ErrorCode::kInvalidInput,
                  "the tag " + printable(tag) +
                      " is not allowed: up to 128 letters, digits, \"_\", \".\" and \"-\", not "
                      "beginning with \".\" or \"-\"");
    }
    if (std::ranges::find(tags, tag) == tags.end()) tags.push_back(tag);
  }
  return tags;
}

}  // namespace

Result<> push_content(const Artifact& artifact, oci::Repository& repository,
                      const std::stop_token& stop) {
  // At the same time, because a registry takes longer to store a small blob than we to send it.
  const std::array<std::pair<const oci::Descriptor*, Blob>, 2> blobs = {
      {{&artifact.layer, artifact.content.bytes},
       {&artifact.config, Blob::from_string(artifact.config_bytes)}}};
  return run_parallel(
      blobs.size(), blobs.size(), stop, [&](std::size_t index, std::stop_token inner) {
        return repository.push_blob(*blobs[index].first, blobs[index].second, std::move(inner));
      });
}

Result<Pushed> publish(const Artifact& artifact, const oci::Reference& target,
                       const std::vector<std::string>& more_tags, oci::Repository& repository,
                       std::stop_token stop) {
  const Digest& digest = artifact.manifest.digest;
  SEALIFT_ASSIGN(std::vector<std::string> tags, tags_of(target, more_tags));
  if (target.digest() && *target.digest() != digest) {
    return fail(ErrorCode::kConflict, "the commit gives " + digest.to_string() + " and not " +
                                          target.digest()->to_string() +
                                          ", which the address asks for; nothing was sent");
  }
  const std::string context = "push " + target.name();
  SEALIFT_TRY_CONTEXT(push_content(artifact, repository, stop), context);
  // The content is complete under its digest before any tag leads to it.
  SEALIFT_TRY_CONTEXT(
      repository.push_manifest(artifact.manifest_bytes, artifact.manifest.media_type,
                               tags.empty() ? "" : tags.front(), stop),
      context);
  for (std::size_t at = 1; at < tags.size(); ++at) {
    SEALIFT_TRY_CONTEXT(repository.push_manifest(artifact.manifest_bytes,
                                                 artifact.manifest.media_type, tags[at], stop),
                        context + ":" + tags[at]);
  }
  const oci::Reference reference =
      (tags.empty() ? target : target.with_tag(tags.front())).with_digest(digest);
  return Pushed{artifact.manifest, reference, std::move(tags)};
}

}  // namespace sealift::builder
