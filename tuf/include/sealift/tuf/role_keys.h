#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/signature_scheme.h>
#include <sealift/tuf/refusal.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::tuf {

struct VerificationKey {
  crypto::PublicKey key;
  crypto::SignatureScheme scheme;
};

// Keys as securesystemslib names them: "ecdsa" (also "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384")
// with a PEM or the hex of an uncompressed point, "ed25519" with hex, "rsa" with a PEM and
// "rsassa-pss-shaN" or "rsa-pkcs1v15-shaN". kInvalidInput for anything else.
Result<VerificationKey> read_verification_key(std::string_view key_type, std::string_view scheme,
                                              std::string_view public_value);

// A key that a role names by the id which the metadata gives it; ids are not recomputed, because
// repositories that changed the form of their keys kept the ids.
struct RoleKey {
  std::string id;
  std::optional<VerificationKey> key;
  std::string why_unusable;  // where there is no key: it is of a kind that is not known here
};

// Who may sign a role. Keys are shared, because a file of a few MiB may name one a million times.
// Ids without a key count for nothing and are left out.
struct RoleKeys {
  std::vector<std::shared_ptr<const RoleKey>> keys;
  std::int64_t threshold = 1;
};

struct Signature {
  std::string key_id;
  std::string bytes;  // empty where the file holds none: it counts for nothing
};

// 5.3.4 and its like: at least `threshold` of the keys have signed the bytes. The same key under
// two ids counts once. kSignatures, with what is wrong about each signature.
Checked<> verify_signatures(const RoleKeys& keys, const std::vector<Signature>& signatures,
                            std::string_view signed_bytes, std::string_view role,
                            std::int64_t version);

// Whether a key that may sign by `before` may no longer sign by `after` (5.3.11: "rotated").
bool lost_a_key(const RoleKeys& before, const RoleKeys& after);

}  // namespace sealift::tuf
