#include <sealift/crypto/known_issuances.h>

#include <openssl/x509.h>

#include "certificate_impl.h"
#include "evp_key.h"

namespace sealift::crypto {

bool KnownIssuances::add(const Certificate& issued, const Certificate& issuer) {
  const OpensslErrorScope errors;
  EVP_PKEY* key = X509_get0_pubkey(x509_of(issuer));
  if (key == nullptr || X509_verify(x509_of(issued), key) != 1) return false;
  fingerprints_.emplace(issued.fingerprint(), issuer.fingerprint());
  return true;
}

bool KnownIssuances::contains(const Certificate& issued, const Certificate& issuer) const {
  return fingerprints_.contains({issued.fingerprint(), issuer.fingerprint()});
}

}  // namespace sealift::crypto
