#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/keys.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::signing {

// One piece as it was found, not yet believed in any part.
struct FoundSignature {
  enum class Format { kBundle, kSimpleSigning };
  Format format = Format::kBundle;
  std::string location;   // for people: "referrer sha256:…", "tag sha256-….sig, layer 0"
  std::string payload;    // the bundle's JSON, or the simple signing payload
  std::string signature;  // simple signing: the annotation's text (base64)
};

struct SignatureSet {
  std::vector<FoundSignature> pieces;
  // Pieces that could not be fetched or were too large, with the reason, for the evidence.
  std::vector<std::pair<std::string, std::string>> unreadable;
};

inline constexpr std::size_t kMaxSignatures = 64;
inline constexpr std::uint64_t kMaxSignatureBytes = 1u << 20;

// Finds signatures of a manifest in both of cosign's places: referrers (with their tag fallback)
// that hold one bundle layer, and the tag sha256-<hex>.sig. An empty set is no error; a registry
// that cannot be asked is (kUnavailable, …).
Result<SignatureSet> fetch_signatures(oci::Repository& repository, const Digest& digest,
                                      std::stop_token stop);

enum class SignatureStorage { kBundle, kTag };

// Signs a manifest's digest and stores the signature as cosign does: a bundle (format 0.3, DSSE
// over an in-toto statement) as referrer, or simple signing appended under the .sig tag. The
// signature is verified before it is stored. `docker_reference` is Reference::name(). Returns the
// descriptor of the manifest that holds the signature.
Result<oci::Descriptor> sign_and_store(oci::Repository& repository, const oci::Descriptor& subject,
                                       std::string_view docker_reference, const PrivateKey& key,
                                       SignatureStorage storage, Timestamp now,
                                       std::stop_token stop);

}  // namespace sealift::signing
