#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/signing/freshness.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/statement.h>

#include <algorithm>

#include "signature_places.h"

namespace sealift::signing {
namespace {

constexpr std::string_view kContentAnnotation = "dev.sigstore.bundle.content";
constexpr std::string_view kPredicateAnnotation = "dev.sigstore.bundle.predicateType";
constexpr std::string_view kCreated = "org.opencontainers.image.created";

bool is_bundle_type(std::string_view type) {
  return type.starts_with(sigstore::kBundleMediaTypePrefix);
}

// Some registries report the config's media type instead of the artifact type, some neither.
bool may_hold_bundle(const oci::Descriptor& referrer) {
  const std::string_view type = referrer.artifact_type;
  return type.empty() || is_bundle_type(type) || type == oci::media_type::kEmpty ||
         type == oci::media_type::kImageConfig;
}

// Attestations may outnumber signatures: what says that it is one goes last, so that it cannot
// crowd a signature out. The annotation is not believed in any other way.
bool claims_other_predicate(const oci::Descriptor& referrer) {
  const auto predicate = oci::find_annotation(referrer.annotations, kPredicateAnnotation);
  return !predicate.empty() && predicate != sigstore::kSignaturePredicateType;
}

// Whoever renews a statement of freshness adds one to those before, and the newest says what all of
// them do.
constexpr std::size_t kMaxFreshnessStatements = 8;

bool claims_freshness(const oci::Descriptor& referrer) {
  return oci::find_annotation(referrer.annotations, kPredicateAnnotation) ==
         kFreshnessPredicateType;
}

bool claims_to_be_newer(const oci::Descriptor& one, const oci::Descriptor& other) {
  return oci::find_annotation(one.annotations, kCreated) >
         oci::find_annotation(other.annotations, kCreated);
}

// Signatures, the newest statements of freshness, other attestations.
std::vector<oci::Descriptor> in_order(const std::vector<oci::Descriptor>& listed) {
  std::vector<oci::Descriptor> signatures, fresh, others;
  for (const auto& referrer : listed) {
    if (!may_hold_bundle(referrer)) continue;
    auto& kind = !claims_other_predicate(referrer) ? signatures
                 : claims_freshness(referrer)      ? fresh
                                                   : others;
    kind.push_back(referrer);
  }
  std::stable_sort(fresh.begin(), fresh.end(), claims_to_be_newer);
  if (fresh.size() > kMaxFreshnessStatements) {
    fresh.erase(fresh.begin() + kMaxFreshnessStatements, fresh.end());
  }
  signatures.insert(signatures.end(), fresh.begin(), fresh.end());
  signatures.insert(signatures.end(), others.begin(), others.end());
  return signatures;
}

Result<oci::Descriptor> find_bundle_layer(oci::Repository& repository,
                                          const oci::Descriptor& referrer, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto stored, repository.fetch_manifest(referrer.digest.to_string(), stop));
  SEALIFT_ASSIGN(auto manifest, oci::parse_manifest(stored.bytes, stored.descriptor.media_type));
  if (manifest.layers.size() != 1 || !is_bundle_type(manifest.layers[0].media_type)) {
    return fail(ErrorCode::kInvalidInput, "it does not hold exactly one layer with a bundle");
  }
  return std::move(manifest.layers[0]);
}

Result<> fetch_bundle(oci::Repository& repository, const oci::Descriptor& referrer,
                      const Collection& into, std::stop_token stop) {
  const std::string location = "referrer " + referrer.digest.to_string();
  const auto layer = find_bundle_layer(repository, referrer, stop);
  if (!layer) {
    if (!concerns_one_piece(layer.error())) return fail(layer.error());
    // Another tool's referrer that only might have been a bundle is nobody's concern.
    if (is_bundle_type(referrer.artifact_type)) {
      into.set.unreadable.emplace_back(location, layer.error().message());
    }
    return {};
  }
  auto bytes = fetch_layer(repository, *layer, into, stop);
  if (!bytes) {
    if (!concerns_one_piece(bytes.error())) return fail(std::move(bytes).error());
    into.set.unreadable.emplace_back(location, bytes.error().message());
    return {};
  }
  into.set.pieces.push_back(
      {FoundSignature::Format::kBundle, location, *std::move(bytes), {}, referrer});
  return {};
}

oci::Manifest bundle_manifest(const oci::Descriptor& layer, const oci::Descriptor& subject,
                              std::string_view predicate_type, Timestamp now) {
  // The subject is named by what identifies it; its annotations stay where they are.
  return {std::string(oci::media_type::kManifest),
          std::string(sigstore::kBundleMediaType),
          oci::empty_descriptor(),
          {layer},
          oci::Descriptor{subject.media_type, subject.digest, subject.size, "", {}},
          {{std::string(kContentAnnotation), "dsse-envelope"},
           {std::string(kPredicateAnnotation), std::string(predicate_type)},
           {std::string(kCreated), format_timestamp(now)}}};
}

}  // namespace

Result<> fetch_bundles(oci::Repository& repository, const Digest& digest, const Collection& into,
                       std::stop_token stop) {
  SEALIFT_ASSIGN(const auto listed, repository.referrers(digest, stop));
  const auto referrers = in_order(listed);
  const std::size_t count = std::min(referrers.size(), kMaxSignatures);
  for (std::size_t i = 0; i < count; ++i) {
    SEALIFT_TRY(fetch_bundle(repository, referrers[i], into, stop));
  }
  if (referrers.size() > count) {
    into.set.unreadable.emplace_back("referrers", std::to_string(referrers.size() - count) +
                                                      " were not looked at; the limit is " +
                                                      std::to_string(kMaxSignatures));
  }
  return {};
}

Result<> visit_bundles(oci::Repository& repository, const Digest& digest,
                       std::string_view predicate_type, const PieceVisitor& visit,
                       std::stop_token stop) {
  SEALIFT_ASSIGN(const auto listed, repository.referrers(digest, stop));
  for (const auto& referrer : listed) {
    const auto claimed = oci::find_annotation(referrer.annotations, kPredicateAnnotation);
    if (!may_hold_bundle(referrer) || (!claimed.empty() && claimed != predicate_type)) continue;
    SignatureSet one;
    SEALIFT_TRY(fetch_bundle(repository, referrer, {one, kLargePieces}, stop));
    for (const auto& piece : one.pieces) visit(piece);
  }
  return {};
}

Result<oci::PushedManifest> store_bundle(oci::Repository& repository,
                                         const oci::Descriptor& subject, const MadeSignature& made,
                                         Timestamp now, std::stop_token stop) {
  const oci::Descriptor layer{std::string(sigstore::kBundleMediaType),
                              Digest::of(made.payload),
                              made.payload.size(),
                              "",
                              {}};
  SEALIFT_TRY(repository.push_blob(oci::empty_descriptor(),
                                   Blob::from_string(std::string(oci::kEmptyJson)), stop));
  SEALIFT_TRY(repository.push_blob(layer, Blob::from_string(made.payload), stop));
  const std::string manifest =
      oci::serialize(bundle_manifest(layer, subject, made.predicate_type, now));
  return repository.push_manifest(manifest, oci::media_type::kManifest, "", stop);
}

}  // namespace sealift::signing
