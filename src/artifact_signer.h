#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/keyless/artifact_signing.h>
#include <sealift/oci/descriptor.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/attestation_replacement.h>
#include <sealift/signing/signature_store.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "command.h"
#include "signing_flags.h"
#include "trusted_root_file.h"

namespace sealift::program {

// A signature or attestation that was stored.
struct Signed {
  std::string key;               // its fingerprint; of an identity, one that nobody keeps
  std::string identity;          // empty where a key of one's own signed
  std::string issuer;            // who vouched for the identity
  oci::Descriptor descriptor;    // of the manifest that holds it
  std::optional<Json> verified;  // what it rests on, where services signed along
  // Where it was to take the place of others, what came of that.
  std::optional<signing::Replacement> replacement = std::nullopt;
};
// [{"key":…,"identity":…,"issuer":…,"digest":…,"verified":…,"replaced":[…]}…]
Json to_json(const std::vector<Signed>& signatures);
// A line for each signature.
void tell_signed(const std::vector<Signed>& signatures, const Output& output);
void tell_attested(const std::string& predicate_type, const std::vector<Signed>& attestations,
                   const Output& output);
// The first error of a replacement, after all is stored; nothing where all that was to go is gone.
Result<> check_replaced(const std::vector<Signed>& signatures);

// What is stated about an artifact.
struct Attestation {
  std::string predicate_type;
  Json predicate;
  // In the place of what the same signer stated with that type before, and about the same matter
  // (signing::ReplacedBy).
  bool replaces = false;
  std::function<bool(const Json& predicate)> same_matter = {};
};

// Signs artifacts in repositories as SigningFlags say, with each signer. What a signature with the
// help of services says is verified before it is stored.
class ArtifactSigner {
 public:
  // Reads every key, finds out whom to ask, and gets an identity token, before anything is signed.
  static Result<ArtifactSigner> open(const SigningFlags& flags, const Surroundings& surroundings);

  // A key's signature that is there already is left as it is, if as many logs and time stamp
  // authorities as are asked now speak for it. Prints nothing, see tell_signed().
  Result<std::vector<Signed>> sign(oci::Repository& repository, const oci::Reference& reference,
                                   const oci::Descriptor& subject,
                                   const Surroundings& surroundings) const;
  // Whether there is a signature of each key that sign() would leave as it is. Never for an
  // identity, whose certificate nobody knows before it is made.
  Result<bool> has_signed(oci::Repository& repository, const Digest& digest,
                          const Surroundings& surroundings) const;
  // Nobody signs.
  bool is_silent() const { return seats_.empty(); }
  // States something about the artifact. Prints nothing, see tell_attested().
  Result<std::vector<Signed>> attest(oci::Repository& repository, const oci::Reference& reference,
                                     const oci::Descriptor& subject, Attestation attestation,
                                     const Surroundings& surroundings) const;

 private:
  // One signer with those who sign along.
  struct Seat {
    std::optional<crypto::PrivateKey> key;  // nullopt: an identity
    keyless::SigningServices services;
    std::optional<keyless::IdentityToken> token = std::nullopt;  // the identity's
  };

  // With the services of the seat, verified, and not yet stored.
  Result<keyless::SignedArtifact> make(const keyless::ArtifactContent& content, const Seat& seat,
                                       const Surroundings& surroundings) const;
  signing::TrustPolicy policy_for(const sigstore::VerifiedSignature& verified) const;
  Result<Signed> attest_by(const Seat& seat, const keyless::ArtifactContent& content,
                           const Attestation& attestation, oci::Repository& repository,
                           const oci::Descriptor& subject, const Surroundings& surroundings) const;
  Result<Signed> sign_by(const Seat& seat, oci::Repository& repository,
                         const oci::Reference& reference, const oci::Descriptor& subject,
                         const Surroundings& surroundings) const;
  Result<std::optional<oci::Descriptor>> find_own(const Seat& seat, oci::Repository& repository,
                                                  const Digest& digest,
                                                  const Surroundings& surroundings) const;

  std::vector<Seat> seats_;
  signing::SignatureStorage storage_ = signing::SignatureStorage::kBundle;
  std::shared_ptr<const LoadedRoot> root_;
  std::shared_ptr<SigningServiceFlags> service_flags_;
};

}  // namespace sealift::program
