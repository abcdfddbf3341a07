#include "referrer.h"

#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <algorithm>

namespace sealift::oci {
namespace {

Descriptor describe(std::string_view bytes, std::string_view media_type, std::string artifact_type,
                    Annotations annotations) {
  return {std::string(media_type), Digest::of(bytes), bytes.size(), std::move(artifact_type),
          std::move(annotations)};
}

// As it is, with members that we do not know.
Result<Json> parse_listing(std::string_view listing) {
  JsonLimits limits;
  limits.max_bytes = kMaxManifestBytes;
  return parse_json(listing, "the listing of referrers", limits);
}

}  // namespace

Result<std::optional<Referrer>> read_referrer(std::string_view bytes, std::string_view media_type) {
  if (is_index_type(media_type)) {
    SEALIFT_ASSIGN(Index index, parse_index(bytes, media_type));
    if (!index.subject) return std::nullopt;
    return Referrer{index.subject->digest,
                    describe(bytes, media_type, index.artifact_type, index.annotations)};
  }
  SEALIFT_ASSIGN(Manifest manifest, parse_manifest(bytes, media_type));
  if (!manifest.subject) return std::nullopt;
  std::string artifact_type = manifest.artifact_type.empty() ? manifest.config.media_type
                                                             : std::move(manifest.artifact_type);
  return Referrer{manifest.subject->digest, describe(bytes, media_type, std::move(artifact_type),
                                                     std::move(manifest.annotations))};
}

std::string referrers_tag(const Digest& subject) {
  return std::string(subject.algorithm_name().substr(0, 32)) + "-" + subject.hex().substr(0, 64);
}

Result<std::optional<std::string>> add_to_listing(std::string_view listing,
                                                  const Descriptor& referrer) {
  if (listing.empty()) {
    return serialize(Index{std::string(media_type::kIndex), "", {referrer}, std::nullopt, {}});
  }
  SEALIFT_ASSIGN(const Index index, parse_index(listing, ""));
  const bool listed =
      std::any_of(index.manifests.begin(), index.manifests.end(),
                  [&](const Descriptor& entry) { return entry.digest == referrer.digest; });
  if (listed) return std::nullopt;
  if (index.manifests.size() >= kMaxIndexManifests) {
    return fail(ErrorCode::kInvalidInput,
                "the listing of referrers is full: it holds the limit of " +
                    std::to_string(kMaxIndexManifests) + " manifests");
  }
  SEALIFT_ASSIGN(Json json, parse_listing(listing));
  Json* manifests = json.find("manifests");
  if (manifests == nullptr) {
    json.set("manifests", Json::array());
    manifests = json.find("manifests");
  }
  manifests->push_back(to_json(referrer));
  return dump_json(json);
}

Result<std::optional<std::string>> remove_from_listing(std::string_view listing,
                                                       const Digest& referrer) {
  SEALIFT_ASSIGN(const Index index, parse_index(listing, ""));
  SEALIFT_ASSIGN(Json json, parse_listing(listing));
  Json* manifests = json.find("manifests");
  Json::Array* array = manifests == nullptr ? nullptr : manifests->as_array();
  if (array == nullptr) return std::nullopt;
  const std::string digest = referrer.to_string();
  const auto removed = std::erase_if(
      *array, [&](const Json& entry) { return entry.string_at({"digest"}) == digest; });
  if (removed == 0) return std::nullopt;
  return dump_json(json);
}

}  // namespace sealift::oci
