#pragma once

#include <sealift/base/clock.h>
#include <sealift/crypto/keys.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/signature_store.h>

#include <string_view>

namespace sealift::test {

// Signs a manifest and stores the signature, as `sealift sign --key` does where no service signs
// along; a signature that is there already does not matter. `name` is Reference::name(). Returns
// the manifest that holds the signature.
Result<oci::Descriptor> sign_by_key(oci::Repository& repository, const oci::Descriptor& subject,
                                    std::string_view name, const crypto::PrivateKey& key,
                                    signing::SignatureStorage storage, Timestamp now);

}  // namespace sealift::test
