#pragma once

#include <string>

namespace sealift::test {

// Who signed, as log entries name them.
struct LoggedSigner {
  std::string der;  // of a certificate, or SPKI of a key
  bool is_certificate = false;
  std::string key_details = "PKIX_ECDSA_P256_SHA_256";  // for logs of tiles

  std::string pem() const;
};

// The canonical JSON that logs keep for a signature, one function for each kind. `signature`,
// `payload` and digests are bytes.
std::string hashed_rekord_001(const LoggedSigner& signer, const std::string& signature,
                              const std::string& sha256);
std::string dsse_001(const LoggedSigner& signer, const std::string& signature,
                     const std::string& payload, const std::string& envelope_json);
std::string intoto_002(const LoggedSigner& signer, const std::string& signature,
                       const std::string& payload, const std::string& envelope_json);
// `algorithm` is "SHA2_256" and so on; for an envelope the digest is that of its encoding.
std::string hashed_rekord_002(const LoggedSigner& signer, const std::string& signature,
                              const std::string& digest, const std::string& algorithm = "SHA2_256");
std::string dsse_002(const LoggedSigner& signer, const std::string& signature,
                     const std::string& payload);

}  // namespace sealift::test
