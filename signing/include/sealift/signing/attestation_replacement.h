#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/error.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/trust_policy.h>

#include <cstddef>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

namespace sealift::signing {

// Whose attestations a new one takes the place of. `signer` names the one who made the new one, as
// a key or an identity of its root; what others signed is evidence of theirs and stays.
struct ReplacedBy {
  TrustPolicy signer;
  // Of those of the same type: which are about the same matter, by their predicate. Empty: all.
  std::function<bool(const Json& predicate)> same_matter = {};
};

struct Replacement {
  oci::Descriptor stored;             // the manifest that holds the new one
  std::vector<std::string> replaced;  // where those were that are gone: "referrer sha256:…"
  std::size_t of_others = 0;          // attestations of the type that others signed, and that stay
  // Why some that the new one takes the place of are still there; they are no danger, but pile up.
  std::optional<Error> left = std::nullopt;
};

// Stores an attestation as store_signature() does, in the place of those that the same signer made
// about this artifact with the same type of predicate, in the same storage. What is to go is found
// before the new one is stored, so that of two who replace at the same time one stays; the new one
// is there before another goes; and only what verifies as the signer's own goes. Under the tag .att
// both are one write. As store_signature(); errors of a removal are in Replacement::left.
Result<Replacement> replace_attestations(oci::Repository& repository,
                                         const oci::Descriptor& subject, const MadeSignature& made,
                                         const ReplacedBy& by, Timestamp now, std::stop_token stop);

}  // namespace sealift::signing
