#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/result.h>
#include <sealift/oci/descriptor.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/signature_store.h>

#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::signing {

// Where pieces are collected, and how much of them.
struct Collection {
  SignatureSet& set;
  PieceLimits limits = {};
};

// Adds to the collection what is found in one of the places: referrers, "sha256-<hex>.sig" and
// ".att".
Result<> fetch_bundles(oci::Repository& repository, const Digest& digest, const Collection& into,
                       std::stop_token stop);
Result<> fetch_signature_tag(oci::Repository& repository, const Digest& digest,
                             const Collection& into, std::stop_token stop);
Result<> fetch_attestation_tag(oci::Repository& repository, const Digest& digest,
                               const Collection& into, std::stop_token stop);

// Attestations in one of the places that say, or do not deny, that they are of this type, each
// believed as little. One at a time, so that many large ones are no burden; what cannot be read is
// left out.
using PieceVisitor = std::function<void(const FoundSignature&)>;
Result<> visit_bundles(oci::Repository& repository, const Digest& digest,
                       std::string_view predicate_type, const PieceVisitor& visit,
                       std::stop_token stop);
Result<> visit_attestation_layers(oci::Repository& repository, const Digest& digest,
                                  std::string_view predicate_type, const PieceVisitor& visit,
                                  std::stop_token stop);

// True for an error that speaks about one piece; others speak about the store and end the search.
bool concerns_one_piece(const Error& error);

// The bytes of a layer, of no more than the collection has room for.
Result<std::string> fetch_layer(oci::Repository& repository, const oci::Descriptor& layer,
                                const Collection& into, std::stop_token stop);

// As store_signature(), in one of the places each; `instead_of` are layers of the tag that go in
// the same write.
Result<oci::PushedManifest> store_bundle(oci::Repository& repository,
                                         const oci::Descriptor& subject, const MadeSignature& made,
                                         Timestamp now, std::stop_token stop);
Result<oci::Descriptor> store_tagged(oci::Repository& repository, const Digest& digest,
                                     const MadeSignature& made,
                                     const std::vector<Digest>& instead_of, std::stop_token stop);

}  // namespace sealift::signing
