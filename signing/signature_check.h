#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/signing/evidence.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/trust_policy.h>

#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace sealift::signing {

// Why one piece does not count.
struct Complaint {
  Refusal refusal;
  std::string reason;
};

// The key of the policy that made a piece, or why it does not count.
using SignatureCheck = tl::expected<const NamedKey*, Complaint>;

inline tl::unexpected<Complaint> complain(Refusal refusal, std::string reason) {
  return tl::unexpected<Complaint>({refusal, std::move(reason)});
}

// Finds the key that made `signature` over `message` and checks that it is valid at `now`: without
// a trusted time of signing the time of checking decides. `hint` may be empty; it only says which
// key to blame, because it is not signed itself.
SignatureCheck match_key(const TrustPolicy& policy, std::string_view hint, std::string_view message,
                         std::string_view signature, Timestamp now);

// A Sigstore bundle: material, envelope, payload type, key, then the statement, whose text is not
// read before its signature fits: type, predicate type, subject.
SignatureCheck check_bundle(const FoundSignature& piece, const Digest& digest,
                            const TrustPolicy& policy, Timestamp now);

// Simple signing: certificate, signature over the payload's raw bytes, then type and digest.
SignatureCheck check_simple_signing(const FoundSignature& piece, const Digest& digest,
                                    const TrustPolicy& policy, Timestamp now);

}  // namespace sealift::signing
