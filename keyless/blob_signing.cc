#include <sealift/keyless/blob_signing.h>
#include <sealift/sigstore/bundle.h>

#include <utility>

#include "attested_signature.h"

namespace sealift::keyless {

Result<SignedBlob> sign_blob(std::string_view bytes, const Signatory& signatory,
                             const SigningServices& services, const sigstore::TrustedRoot& root,
                             const Environment& environment, std::stop_token stop) {
  SEALIFT_ASSIGN(const auto signer, prepare_key(signatory, services, environment, stop));
  SEALIFT_ASSIGN(auto made,
                 sign_bytes(bytes, signer.key,
                            services.logs.empty() ? SignatureHash::kSha256 : SignatureHash::kOwn));
  SEALIFT_ASSIGN(auto evidence, collect_evidence(signer, made, made.signature, std::nullopt,
                                                 services, environment, std::move(stop)));
  evidence.content = sigstore::MessageSignature{std::move(made.signature), std::move(made.digest)};
  std::string bundle = sigstore::serialize_bundle(evidence);
  SEALIFT_ASSIGN_CONTEXT(const auto written, sigstore::parse_bundle(bundle, "the bundle"),
                         kUnverified);
  SEALIFT_ASSIGN(auto verified, verify_made(written, sigstore::Artifact::of_bytes(bytes),
                                            sigstore::kSignaturePredicateType, signer, services,
                                            root, environment.clock.now()));
  return SignedBlob{std::move(bundle), std::move(verified)};
}

}  // namespace sealift::keyless
