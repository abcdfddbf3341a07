#include <sealift/sigstore/known_trusted_root.h>

namespace sealift::sigstore {

std::string_view public_trusted_root_json();  // roots/public-2026-08-21.trusted_root.json

const KnownTrustedRoot& public_trusted_root() {
  static const KnownTrustedRoot root{"public Sigstore", public_trusted_root_json(), "2026-08-21"};
  return root;
}

}  // namespace sealift::sigstore
