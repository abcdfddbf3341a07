#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/certificate.h>
#include <sealift/crypto/keys.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/identity_token.h>

#include <stop_token>
#include <string>

namespace sealift::keyless {

// Asks Fulcio (fulcio.proto, CreateSigningCertificate, /api/v2/signingCert) to certify that the key
// is of whom the token names; the key signs the token's subject as proof of possession. kUntrusted
// where the certificate is for another key; kInvalidInput for an answer without a certificate, and
// where Fulcio refuses the token; otherwise as the answer says.
Result<crypto::Certificate> request_certificate(const std::string& url, const IdentityToken& token,
                                                const crypto::PrivateKey& key,
                                                const Environment& environment,
                                                std::stop_token stop);

}  // namespace sealift::keyless
