#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/hash.h>
#include <sealift/crypto/keys.h>
#include <sealift/crypto/signature_scheme.h>

#include <optional>
#include <string_view>

namespace sealift::sigstore {

// One of protobuf's names for a kind of key and how it signs (protobuf-specs,
// sigstore_common.proto, PublicKeyDetails), as far as they are used here.
struct KeyDetails {
  std::string_view name;
  // Nullopt for RSA of any size.
  std::optional<crypto::KeyType> type;
  // Nullopt where the key takes the message and no hash of it (pure Ed25519).
  std::optional<crypto::HashAlgorithm> hash;
  // Nullopt where only signers use it and no log does.
  std::optional<crypto::SignatureScheme> scheme;
  bool is_pkcs1 = false;  // encoded as RSAPublicKey (RFC 8017, appendix A.1.1), not as SPKI

  bool suits(crypto::KeyType key) const;
};

// Null for a name that is not known.
const KeyDetails* find_key_details(std::string_view name);

// The key of a log, and the one way in which it signs.
struct LogKey {
  crypto::PublicKey key;
  crypto::SignatureScheme scheme;
};

// Reads `bytes` in the encoding that `details` names. kInvalidInput: another name, another
// encoding, or another type of key than the name says.
Result<LogKey> read_log_key(std::string_view details, std::string_view bytes,
                            std::string_view what);

}  // namespace sealift::sigstore
