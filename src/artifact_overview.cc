#include "artifact_overview.h"

#include <sealift/oci/media_types.h>
#include <sealift/oci/platform.h>

#include <algorithm>
#include <set>
#include <utility>

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxConfigBytes = 1u << 20;
constexpr std::size_t kMaxListedRead = 64;

std::uint64_t total_of(const oci::Descriptor& descriptor, const oci::Manifest& manifest) {
  std::uint64_t total = descriptor.size + manifest.config.size;
  std::set<Digest> counted = {manifest.config.digest};
  for (const auto& layer : manifest.layers) {
    if (counted.insert(layer.digest).second) total += layer.size;
  }
  return total;
}

Result<Json> read_config(oci::Repository& repository, const oci::Descriptor& config,
                         std::stop_token stop) {
  if (!config.media_type.ends_with("json") || config.size > kMaxConfigBytes) return Json();
  if (config.digest == oci::empty_descriptor().digest) return Json();
  StringSink bytes("the config", kMaxConfigBytes);
  auto fetched = repository.fetch_blob(config, bytes, std::move(stop));
  // A layout may be sparse, and what is there can still be shown.
  if (!fetched && fetched.error().code() == ErrorCode::kNotFound) return Json();
  if (!fetched) return fail(std::move(fetched).error());
  return parse_json(bytes.bytes(), "the config").value_or(Json());
}

Result<std::vector<ListedManifest>> read_listed(oci::Repository& repository,
                                                const ArtifactOverview& overview,
                                                const std::stop_token& stop) {
  std::vector<ListedManifest> listed;
  const Json* entries = overview.document.find("manifests");
  for (std::size_t i = 0; i < overview.index->manifests.size(); ++i) {
    const auto& descriptor = overview.index->manifests[i];
    ListedManifest one{descriptor, "", std::nullopt};
    if (const Json* platform = entries->as_array()->at(i).find("platform")) {
      one.platform = oci::platform_text(*platform);
    }
    if (oci::is_manifest_type(descriptor.media_type) && i < kMaxListedRead) {
      auto stored = repository.fetch_manifest(descriptor.digest.to_string(), stop);
      if (!stored && stored.error().code() != ErrorCode::kNotFound) {
        return fail(std::move(stored).error());
      }
      if (stored) {
        SEALIFT_ASSIGN(const auto manifest,
                       oci::parse_manifest(stored->bytes, descriptor.media_type));
        one.total = total_of(descriptor, manifest);
      }
    }
    listed.push_back(std::move(one));
  }
  return listed;
}

Result<> read_attached(oci::Repository& repository, ArtifactOverview& overview,
                       const std::stop_token& stop) {
  const Digest& digest = overview.stored.descriptor.digest;
  SEALIFT_ASSIGN(auto set, signing::fetch_signatures(
                               repository, digest, signing::WantedPieces::kAttestationsToo, stop));
  std::set<Digest> holders;
  for (auto& piece : set.pieces) {
    if (piece.holder) holders.insert(piece.holder->digest);
    auto stated = signing::read_stated_signer(piece);
    overview.signatures.push_back({std::move(piece), std::move(stated)});
  }
  overview.unreadable = std::move(set.unreadable);
  oci::Attachments attachments(repository, true, oci::kCosignEndings);
  SEALIFT_ASSIGN(overview.attached, attachments.of(digest, stop));
  std::erase_if(overview.attached, [&](const oci::Attachment& attachment) {
    return holders.contains(attachment.descriptor.digest);
  });
  return {};
}

}  // namespace

std::uint64_t ArtifactOverview::total() const {
  return manifest ? total_of(stored.descriptor, *manifest) : stored.descriptor.size;
}

Result<ArtifactOverview> read_overview(oci::Repository& repository,
                                       const std::string& tag_or_digest, std::stop_token stop) {
  SEALIFT_ASSIGN(auto stored, repository.fetch_manifest(tag_or_digest, stop));
  ArtifactOverview overview{std::move(stored), {}, {}, {}, {}, {}, {}, {}, {}};
  const auto& [descriptor, bytes] = overview.stored;
  SEALIFT_ASSIGN(overview.document, parse_json(bytes, descriptor.digest.to_string()));
  if (oci::is_index_type(descriptor.media_type)) {
    SEALIFT_ASSIGN(overview.index, oci::parse_index(bytes, descriptor.media_type));
    SEALIFT_ASSIGN(overview.listed, read_listed(repository, overview, stop));
  } else {
    SEALIFT_ASSIGN(overview.manifest, oci::parse_manifest(bytes, descriptor.media_type));
    SEALIFT_ASSIGN(overview.config, read_config(repository, overview.manifest->config, stop));
  }
  SEALIFT_TRY(read_attached(repository, overview, stop));
  return overview;
}

}  // namespace sealift::program
