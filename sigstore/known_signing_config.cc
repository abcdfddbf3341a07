#include <sealift/sigstore/known_signing_config.h>

namespace sealift::sigstore {

std::string_view public_signing_config_json();  // roots/public-2026-08-21.signing_config.json

const KnownSigningConfig& public_signing_config() {
  static const KnownSigningConfig config{"public Sigstore", public_signing_config_json(),
                                         "2026-08-21"};
  return config;
}

}  // namespace sealift::sigstore
