#include "artifact_fetch.h"

#include <sealift/base/clock.h>

#include <algorithm>
#include <utility>
#include <variant>

#include "artifact_judgement.h"

namespace sealift::program {
namespace {

constexpr std::size_t kMaxNamed = 8;

tl::unexpected<Error> several(const oci::Reference& reference, const oci::Index& index) {
  std::string text = reference.to_string() + " is an index of " +
                     std::to_string(index.manifests.size()) +
                     " manifests, for platforms or the like; name one of them (see \"sealift "
                     "inspect\")";
  for (std::size_t i = 0; i < std::min(index.manifests.size(), kMaxNamed); ++i) {
    text += "\n  " + reference.with_digest(index.manifests[i].digest).to_string();
  }
  return fail(ErrorCode::kInvalidInput, text);
}

}  // namespace

Result<FetchedArtifact> fetch_artifact(const oci::Reference& reference, oci::Repository& repository,
                                       const TrustFlags& trust, std::stop_token stop) {
  if (trust.given()) {
    SEALIFT_ASSIGN(const auto policies, load_policies(trust));
    SEALIFT_ASSIGN(const auto judged,
                   judge(reference, repository, policies, {system_clock().now()}, stop));
    if (const auto* refused = judged.refused()) return fail(refused->error);
    const auto& artifact = std::get<signing::VerifiedArtifact>(judged.verdict);
    return FetchedArtifact{artifact.descriptor(), artifact.manifest(), true};
  }
  SEALIFT_ASSIGN_CONTEXT(auto stored, repository.fetch_manifest(reference.tag_or_digest(), stop),
                         "fetching " + reference.to_string());
  if (oci::is_index_type(stored.descriptor.media_type)) {
    SEALIFT_ASSIGN(const auto index, oci::parse_index(stored.bytes, stored.descriptor.media_type));
    return several(reference, index);
  }
  SEALIFT_ASSIGN(auto manifest, oci::parse_manifest(stored.bytes, stored.descriptor.media_type));
  return FetchedArtifact{std::move(stored.descriptor), std::move(manifest), false};
}

void warn_if_unverified(const FetchedArtifact& fetched, const Output& output) {
  if (fetched.verified) return;
  output.warning(
      "no signature was checked; give --key, --certificate-identity or --policy to check them");
}

}  // namespace sealift::program
