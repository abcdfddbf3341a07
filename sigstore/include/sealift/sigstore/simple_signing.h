#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::sigstore {

inline constexpr std::string_view kSimpleSigningMediaType =
    "application/vnd.dev.cosign.simplesigning.v1+json";
// The only value of critical.type that makes a payload a signature of cosign.
inline constexpr std::string_view kSimpleSigningType = "cosign container image signature";

// The payload of a classic signature (containers/image, "atomic container signature" format, with
// cosign's type). What is signed are the payload's own bytes.
struct SimpleSigningPayload {
  std::string type;
  std::string docker_reference;  // where the signer saw it; a mirror has another name
  Digest digest;                 // of the manifest
};

// Members of `critical` that are not known are refused, because the format says that they must be
// understood; `optional` may hold anything. The type is not judged here. kInvalidInput.
Result<SimpleSigningPayload> parse_simple_signing(std::string_view bytes, const std::string& what);

// As cosign writes it.
std::string serialize_simple_signing(std::string_view docker_reference, const Digest& digest);

}  // namespace sealift::sigstore
