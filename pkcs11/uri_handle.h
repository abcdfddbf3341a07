#pragma once

#include <sealift/pkcs11/key_uri.h>

namespace sealift::pkcs11 {

// p11-kit's object; it lives as long as the URI.
p11_kit_uri* uri_of(const KeyUri& uri);

}  // namespace sealift::pkcs11
