#pragma once

#include "support/test_data.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/crypto/certificate.h>

#include <string>
#include <vector>

namespace sealift::crypto::test {

// A JSON document of tests/data/sigstore.
inline Json sigstore_json(const std::string& path) {
  return parse_json(sealift::test::test_data("sigstore/" + path), path).value();
}

inline std::string raw_bytes(const Json& holder) {
  return base64_decode(holder.string_at({"rawBytes"})).value();
}

// The certificate that a bundle's signature was made with.
inline Certificate bundle_certificate(const std::string& name) {
  const Json bundle = sigstore_json("bundles/" + name);
  const Json& material = *bundle.find("verificationMaterial");
  const Json* certificate = material.find("certificate");
  if (certificate == nullptr) {
    certificate =
        &material.find_path({"x509CertificateChain", "certificates"})->as_array()->front();
  }
  return Certificate::from_der(raw_bytes(*certificate), name).value();
}

// The chain of an authority of a trusted root: `list` is "certificateAuthorities" or
// "timestampAuthorities".
inline std::vector<Certificate> authority_chain(const std::string& trusted_root,
                                                const std::string& list, std::size_t index) {
  const Json root = sigstore_json(trusted_root);
  const Json& authority = root.find(list)->as_array()->at(index);
  std::vector<Certificate> chain;
  for (const Json& each : *authority.find_path({"certChain", "certificates"})->as_array()) {
    chain.push_back(Certificate::from_der(raw_bytes(each), trusted_root).value());
  }
  return chain;
}

inline constexpr const char* kPublicRoot = "tuf/targets/trusted_root.json";
inline constexpr const char* kScaffoldingRoot = "bundles/scaffolding.trusted_root.json";
inline constexpr const char* kStampedKeyRoot = "bundles/public-key-validity.trusted_root.json";
inline constexpr const char* kProvenance = "sigstore.js@2.0.0-provenance.json";

}  // namespace sealift::crypto::test
