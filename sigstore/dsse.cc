#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/sigstore/dsse.h>

#include <algorithm>

namespace sealift::sigstore {
namespace {

Result<std::string> required_bytes(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.required_string(name));
  auto bytes = base64_decode(text);
  if (!bytes) return fail(reader.error_at(name, "is not base64 text"));
  return std::move(*bytes);
}

}  // namespace

JsonLimits signature_json_limits(std::size_t bytes) {
  constexpr std::uint64_t kBytesOfAValue = 8;
  const auto values = std::max<std::uint64_t>(
      1u << 16, std::min(std::uint64_t{bytes}, kMaxSignatureBytes) / kBytesOfAValue);
  return {.max_bytes = kMaxSignatureBytes, .max_depth = kMaxSignatureDepth, .max_values = values};
}

std::string pre_authentication_encoding(std::string_view payload_type, std::string_view payload) {
  std::string out = "DSSEv1 " + std::to_string(payload_type.size()) + " ";
  out.append(payload_type).append(" " + std::to_string(payload.size()) + " ").append(payload);
  return out;
}

Result<DsseEnvelope> dsse_from_json(const Json& json, const std::string& path) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, path));
  DsseEnvelope envelope;
  SEALIFT_ASSIGN(envelope.payload, required_bytes(reader, "payload"));
  SEALIFT_ASSIGN(envelope.payload_type, reader.required_string("payloadType"));
  SEALIFT_ASSIGN(auto signatures, reader.objects("signatures"));
  if (signatures.size() != 1) {
    return fail(reader.error_at(
        "signatures", "must hold exactly one signature, not " + std::to_string(signatures.size())));
  }
  SEALIFT_ASSIGN(envelope.signature, required_bytes(signatures[0], "sig"));
  SEALIFT_TRY(signatures[0].optional_string("keyid"));
  SEALIFT_TRY(signatures[0].finish());
  SEALIFT_TRY(reader.finish());
  return envelope;
}

Result<DsseEnvelope> parse_dsse(std::string_view bytes, const std::string& what) {
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, what, signature_json_limits(bytes.size())));
  return dsse_from_json(json, what);
}

Json to_json(const DsseEnvelope& envelope) {
  const Json::Object signature{{"sig", base64_encode(envelope.signature)}};
  return Json::Object{{"payload", base64_encode(envelope.payload)},
                      {"payloadType", envelope.payload_type},
                      {"signatures", Json::Array{signature}}};
}

}  // namespace sealift::sigstore
