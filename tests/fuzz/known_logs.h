#pragma once

#include <sealift/sigstore/trusted_root.h>

#include <cstdlib>

// The public log of Sigstore and that of the bundle othername.json, whose private keys no fuzzer
// has: whatever they are found to have signed is in the seeds.
inline const sealift::sigstore::TrustedRoot& known_logs() {
  static const auto root = sealift::sigstore::parse_trusted_root(
      R"({"mediaType":"application/vnd.dev.sigstore.trustedroot+json;version=0.1","tlogs":[
{"baseUrl":"https://rekor.sigstore.dev","hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":
"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE2G2Y+2tabdTV5BcGiBIx0a9fAFwrkBbmLSGtks4L3qX6yYY0zufBnhC8Ur/iy55GhWP/9A/bY2LhC30M9+RYtw==",
"keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":{"start":"2021-01-12T11:53:27Z"}},
"logId":{"keyId":"wNI9atQGlz+VWfO6LRygH4QUfY/8W4RFwiT5i5WRgB0="}},
{"baseUrl":"http://rekor.example.com","hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":
"MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEnPyeVMLRWPJQpCHcUdG41k+oJiQEjX4uGSX7ujPH7Iv5zQD3VYiHhyQ/oMJvc1vx+2Zk2DBcBhN9IT0eZjB2RQ==",
"keyDetails":"PKIX_ECDSA_P256_SHA_256","validFor":{"start":"2024-07-12T18:35:53Z"}},
"logId":{"keyId":"9vs1fkgdlblPyMuWiLRAQbEg0hmDHE6UwC92VxyLS8g="}}]})",
      "known logs");
  if (!root) std::abort();
  return *root;
}
