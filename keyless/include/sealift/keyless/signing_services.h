#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/sigstore/signing_config.h>

#include <string>
#include <vector>

namespace sealift::keyless {

// Whom to ask for one signature.
struct SigningServices {
  std::string identity_provider = {};   // URL of the issuer where people log in; empty: not said
  std::string certificate_authority;    // URL; empty where a key of one's own signs
  std::vector<sigstore::Service> logs;  // each of them
  std::vector<std::string> timestamp_authorities;  // URLs, each of them
};
// Whether a key signs alone, so that nothing has to be believed of others.
bool asks_nobody(const SigningServices& services);

enum class SignerKind { kKey, kIdentity };

// What the signing config chooses at `now` (see sigstore::select_services()): all that its
// selectors ask for; no kind that it does not name at all. kNotFound as there; also for an identity
// without a certificate authority or without a log.
Result<SigningServices> choose_services(const sigstore::SigningConfig& config, SignerKind signer,
                                        Timestamp now);

// The same for addresses that were given one by one; logs are then of Rekor 1, as with cosign's
// flags. kInvalidInput for a URL that is neither http nor https, and for an identity without a
// certificate authority or without a log.
struct ServiceUrls {
  std::string certificate_authority;
  std::string log;
  std::string timestamp_authority;
};
Result<SigningServices> services_at(const ServiceUrls& urls, SignerKind signer);

}  // namespace sealift::keyless
