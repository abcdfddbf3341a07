#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include "trust_flags.h"

namespace sealift::program {

// The TrustPolicy that flags without --policy stand for, as a document: that signer, any
// repository, rollback allowed; a signature, or an attestation of a type. A log must hold an
// identity's, and a key's where a trusted root was given. kInvalidInput, kNotFound, kIo.
Result<Json> policy_document_for(const TrustFlags& flags);

}  // namespace sealift::program
