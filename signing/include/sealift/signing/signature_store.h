#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/trust_policy.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/dsse.h>

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::signing {

// One piece as it was found, not yet believed in any part.
struct FoundSignature {
  enum class Format {
    kBundle,
    kSimpleSigning,  // a layer under the .sig tag
    kAttestation,    // a layer under the .att tag
  };
  Format format = Format::kBundle;
  std::string location;  // for people: "referrer sha256:…", "tag sha256-….sig, layer 0"
  std::string payload;   // the bundle's JSON, or the layer
  // Of the layer, those of sigstore/classic_signature.h.
  sigstore::ClassicAnnotations annotations = {};
  // The manifest that holds it.
  std::optional<oci::Descriptor> holder = std::nullopt;
};
std::string_view format_name(FoundSignature::Format format);  // "bundle", "simplesigning", …

inline constexpr std::size_t kMaxSignatures = 64;              // in each of the places
inline constexpr std::size_t kMaxPieces = 3 * kMaxSignatures;  // in a set
inline constexpr std::uint64_t kMaxPieceBytes = 1u << 20;
inline constexpr std::uint64_t kMaxSignatureSetBytes = 16u << 20;

// How much is fetched of what strangers may have stored. By default what a small puller has the
// memory for: signatures, provenance, statements of freshness.
struct PieceLimits {
  std::uint64_t piece_bytes = kMaxPieceBytes;
  std::uint64_t set_bytes = kMaxSignatureSetBytes;  // of all pieces together
};
// For a program that looks at one artifact and may be asked for bills of materials.
inline constexpr PieceLimits kLargePieces{sigstore::kMaxSignatureBytes,
                                          4 * sigstore::kMaxSignatureBytes};

struct SignatureSet {
  std::vector<FoundSignature> pieces = {};
  // Pieces that could not be fetched or were too large, with the reason, for the evidence.
  std::vector<std::pair<std::string, std::string>> unreadable = {};
};

// Finds signatures of a manifest in both of cosign's places: referrers (with their tag fallback)
// that hold one bundle layer, and the tag sha256-<hex>.sig; and attestations among those referrers
// and, where they are wanted, under the tag sha256-<hex>.att. Nothing of it is checked yet. An
// empty set is no error, and neither is a piece that is missing or broken; a registry that cannot
// be asked is (kUnavailable, kUnauthenticated, kForbidden, kCancelled, kIo).
enum class WantedPieces { kSignatures, kAttestationsToo };
Result<SignatureSet> fetch_signatures(oci::Repository& repository, const Digest& digest,
                                      WantedPieces wanted, std::stop_token stop,
                                      const PieceLimits& limits = {});

enum class SignatureStorage { kBundle, kTag };

// A signature or attestation that somebody made and verified, in the form in which it is stored.
struct MadeSignature {
  FoundSignature::Format format = FoundSignature::Format::kBundle;
  std::string payload;                            // the bundle's JSON, or the layer
  sigstore::ClassicAnnotations annotations = {};  // of the layer
  std::string predicate_type;                     // what it says; for those who search
};

// Stores it where cosign does: a bundle as referrer, a layer appended under the tag .sig or .att.
// Returns the descriptor of the manifest that holds it. kConflict where others kept changing the
// tag; kInvalidInput where it is full (kMaxSignatures) or holds something else; otherwise as
// Repository.
Result<oci::Descriptor> store_signature(oci::Repository& repository, const oci::Descriptor& subject,
                                        const MadeSignature& made, Timestamp now,
                                        std::stop_token stop);

// A signature that is good enough not to be made again.
struct EarlierSignature {
  crypto::PublicKey key;                          // that made it
  std::optional<PolicyRoot> root = std::nullopt;  // whom to believe about logs and times
  // How many logs, and how many time stamp authorities, must speak for it.
  std::size_t logs = 0;
  std::size_t timestamps = 0;
};

// The manifest that holds such a signature in that place; nullopt: there is none. As
// fetch_signatures().
Result<std::optional<oci::Descriptor>> find_signature(oci::Repository& repository,
                                                      const Digest& digest,
                                                      const EarlierSignature& wanted,
                                                      SignatureStorage storage, Timestamp now,
                                                      std::stop_token stop);

}  // namespace sealift::signing
