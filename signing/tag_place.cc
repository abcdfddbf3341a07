#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/simple_signing.h>

#include <algorithm>
#include <optional>

#include "signature_places.h"

namespace sealift::signing {
namespace {

// What an attestation says, for those who search (cosign, specs/IN_TOTO_ATTESTATION_SPEC.md).
constexpr std::string_view kPredicateAnnotation = "predicateType";

struct TaggedManifest {
  oci::Descriptor descriptor;
  oci::Manifest manifest;
};

// What the tag holds now; nullopt where there is no such tag.
Result<std::optional<TaggedManifest>> read_tag(oci::Repository& repository, const std::string& tag,
                                               std::stop_token stop) {
  auto stored = repository.fetch_manifest(tag, stop);
  if (!stored) {
    if (stored.error().code() == ErrorCode::kNotFound) return std::nullopt;
    return fail(std::move(stored).error());
  }
  SEALIFT_ASSIGN(auto manifest, oci::parse_manifest(stored->bytes, stored->descriptor.media_type));
  return TaggedManifest{std::move(stored->descriptor), std::move(manifest)};
}

// The image config that cosign writes beside its layers; nobody reads more of it than its digest.
std::string signature_config(const std::vector<oci::Descriptor>& layers) {
  constexpr std::string_view kNoTime = "0001-01-01T00:00:00Z";
  Json::Array history, diff_ids;
  for (const auto& layer : layers) {
    history.push_back(Json::Object{{"created", kNoTime}});
    diff_ids.emplace_back(layer.digest.to_string());
  }
  return dump_json(
      Json::Object{{"architecture", ""},
                   {"created", kNoTime},
                   {"history", std::move(history)},
                   {"os", ""},
                   {"rootfs", Json::Object{{"type", "layers"}, {"diff_ids", std::move(diff_ids)}}},
                   {"config", Json::object()}});
}

// A layer that comes, and those that go for it.
struct LayerChange {
  const oci::Descriptor& layer;
  const std::vector<Digest>& instead_of;
};

Result<oci::Manifest> with_layer(std::optional<TaggedManifest> present, const std::string& tag,
                                 const LayerChange& change) {
  if (!present) {
    return oci::Manifest{std::string(oci::media_type::kManifest),
                         "",
                         oci::empty_descriptor(),
                         {change.layer},
                         {},
                         {}};
  }
  auto& layers = present->manifest.layers;
  std::erase_if(layers, [&](const oci::Descriptor& each) {
    const auto& gone = change.instead_of;
    return std::find(gone.begin(), gone.end(), each.digest) != gone.end();
  });
  if (layers.size() >= kMaxSignatures) {
    return fail(ErrorCode::kInvalidInput,
                "the tag " + tag + " holds " + std::to_string(layers.size()) +
                    " signatures, and more than " + std::to_string(kMaxSignatures) +
                    " are not read; remove stale ones");
  }
  layers.push_back(change.layer);
  return std::move(present->manifest);
}

// Reads the tag, changes its layers, writes it back. The protocol has no conditional write, so two
// signers at the same moment can undo each other; reading again afterwards shows it.
Result<std::optional<oci::Descriptor>> put_layer(oci::Repository& repository,
                                                 const std::string& tag, const LayerChange& change,
                                                 std::stop_token stop) {
  SEALIFT_ASSIGN(auto present, read_tag(repository, tag, stop));
  SEALIFT_ASSIGN(auto manifest, with_layer(std::move(present), tag, change));
  std::string config = signature_config(manifest.layers);
  manifest.config = {
      std::string(oci::media_type::kImageConfig), Digest::of(config), config.size(), "", {}};
  SEALIFT_TRY(repository.push_blob(manifest.config, Blob::from_string(std::move(config)), stop));
  SEALIFT_TRY(repository.push_manifest(oci::serialize(manifest), manifest.media_type, tag, stop));
  SEALIFT_ASSIGN(const auto after, read_tag(repository, tag, stop));
  if (!after) return std::nullopt;
  const auto& layers = after->manifest.layers;
  if (std::find(layers.begin(), layers.end(), change.layer) == layers.end()) return std::nullopt;
  return after->descriptor;
}

// What one of cosign's tags holds.
struct TagPlace {
  std::string_view suffix;
  std::string_view layer_type;
  std::string_view what;  // is in such a layer
  FoundSignature::Format format;
};
constexpr TagPlace kSignatures{".sig", sigstore::kSimpleSigningMediaType, "a signature",
                               FoundSignature::Format::kSimpleSigning};
constexpr TagPlace kAttestations{".att", sigstore::kClassicAttestationMediaType, "an attestation",
                                 FoundSignature::Format::kAttestation};

std::string tag_of(const TagPlace& place, const Digest& digest) {
  return std::string(digest.algorithm_name()) + "-" + digest.hex() + std::string(place.suffix);
}

// Those that speak for a signature; a layer may have any number of others.
sigstore::ClassicAnnotations classic_annotations(const oci::Descriptor& layer) {
  sigstore::ClassicAnnotations annotations;
  for (const auto name :
       {sigstore::kClassicSignature, sigstore::kClassicCertificate, sigstore::kClassicChain,
        sigstore::kClassicLogEntry, sigstore::kClassicTimestamp}) {
    const auto value = oci::find_annotation(layer.annotations, name);
    if (!value.empty()) annotations.emplace_back(name, value);
  }
  return annotations;
}

Result<> fetch_piece(oci::Repository& repository, const TagPlace& place,
                     const oci::Descriptor& layer, const oci::Descriptor& holder,
                     const std::string& location, const Collection& into, std::stop_token stop) {
  auto payload = fetch_layer(repository, layer, into, stop);
  if (!payload) {
    if (!concerns_one_piece(payload.error())) return fail(std::move(payload).error());
    into.set.unreadable.emplace_back(location, payload.error().message());
    return {};
  }
  into.set.pieces.push_back(
      {place.format, location, *std::move(payload), classic_annotations(layer), holder});
  return {};
}

Result<> fetch_tagged(oci::Repository& repository, const TagPlace& place, const Digest& digest,
                      const Collection& into, std::stop_token stop) {
  const std::string tag = tag_of(place, digest);
  const auto present = read_tag(repository, tag, stop);
  if (!present) {
    if (!concerns_one_piece(present.error())) return fail(present.error());
    into.set.unreadable.emplace_back("tag " + tag, present.error().message());
    return {};
  }
  if (!*present) return {};
  const auto& layers = (*present)->manifest.layers;
  const std::size_t count = std::min(layers.size(), kMaxSignatures);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string location = "tag " + tag + ", layer " + std::to_string(i);
    if (layers[i].media_type != place.layer_type) {
      into.set.unreadable.emplace_back(location, "its media type " +
                                                     printable(layers[i].media_type) +
                                                     " is not that of " + std::string(place.what));
      continue;
    }
    SEALIFT_TRY(
        fetch_piece(repository, place, layers[i], (*present)->descriptor, location, into, stop));
  }
  if (layers.size() > count) {
    into.set.unreadable.emplace_back("tag " + tag, std::to_string(layers.size() - count) +
                                                       " layers were not looked at; the limit is " +
                                                       std::to_string(kMaxSignatures));
  }
  return {};
}

}  // namespace

Result<> fetch_signature_tag(oci::Repository& repository, const Digest& digest,
                             const Collection& into, std::stop_token stop) {
  return fetch_tagged(repository, kSignatures, digest, into, stop);
}

Result<> fetch_attestation_tag(oci::Repository& repository, const Digest& digest,
                               const Collection& into, std::stop_token stop) {
  return fetch_tagged(repository, kAttestations, digest, into, stop);
}

Result<> visit_attestation_layers(oci::Repository& repository, const Digest& digest,
                                  std::string_view predicate_type, const PieceVisitor& visit,
                                  std::stop_token stop) {
  const std::string tag = tag_of(kAttestations, digest);
  SEALIFT_ASSIGN(const auto present, read_tag(repository, tag, stop));
  if (!present) return {};
  for (const auto& layer : present->manifest.layers) {
    const auto claimed = oci::find_annotation(layer.annotations, kPredicateAnnotation);
    if (layer.media_type != kAttestations.layer_type) continue;
    if (!claimed.empty() && claimed != predicate_type) continue;
    SignatureSet one;
    const std::string location = "tag " + tag + ", " + layer.digest.to_string();
    SEALIFT_TRY(fetch_piece(repository, kAttestations, layer, present->descriptor, location,
                            {one, kLargePieces}, stop));
    for (const auto& piece : one.pieces) visit(piece);
  }
  return {};
}

Result<oci::Descriptor> store_tagged(oci::Repository& repository, const Digest& digest,
                                     const MadeSignature& made,
                                     const std::vector<Digest>& instead_of, std::stop_token stop) {
  const TagPlace& place =
      made.format == FoundSignature::Format::kAttestation ? kAttestations : kSignatures;
  oci::Descriptor layer{std::string(place.layer_type), Digest::of(made.payload),
                        made.payload.size(), "", made.annotations};
  if (&place == &kAttestations) {
    layer.annotations.emplace_back(kPredicateAnnotation, made.predicate_type);
  }
  // As it will be read back.
  std::sort(layer.annotations.begin(), layer.annotations.end());
  SEALIFT_TRY(repository.push_blob(layer, Blob::from_string(made.payload), stop));
  const std::string tag = tag_of(place, digest);
  for (int attempt = 0; attempt < 2; ++attempt) {
    SEALIFT_ASSIGN(auto holder, put_layer(repository, tag, {layer, instead_of}, stop));
    if (holder) return *std::move(holder);
  }
  return fail(ErrorCode::kConflict, "the tag " + tag +
                                        " was changed by others while the signature was being "
                                        "added, twice; sign again");
}

}  // namespace sealift::signing
