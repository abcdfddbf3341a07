#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::sigstore {

// What one signature-carrying document may hold at most, whichever form it has: a bill of materials
// of 32 MiB takes 43 MiB in an envelope. Who reads what strangers may have stored, and does not ask
// for such, fetches less (signing::PieceLimits).
inline constexpr std::uint64_t kMaxSignatureBytes = 64u << 20;
inline constexpr std::uint32_t kMaxSignatureDepth = 32;
// For a document of that size: 65,536 values, or one for each 8 bytes.
JsonLimits signature_json_limits(std::size_t bytes);

// A DSSE envelope (Dead Simple Signing Envelope 1.0, envelope.md) with its fields decoded.
struct DsseEnvelope {
  std::string payload_type;
  std::string payload;    // bytes
  std::string signature;  // bytes

  bool operator==(const DsseEnvelope&) const = default;
};

// The bytes that are signed: "DSSEv1 <len> <type> <len> <payload>" (DSSE 1.0, protocol.md).
std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload);

// Exactly one signature; `keyid` may be there and is not believed; other members are refused.
// kInvalidInput naming the member under `path`.
Result<DsseEnvelope> dsse_from_json(const Json& json, const std::string& path);
Result<DsseEnvelope> parse_dsse(std::string_view bytes, const std::string& what);
Json to_json(const DsseEnvelope& envelope);

}  // namespace sealift::sigstore
