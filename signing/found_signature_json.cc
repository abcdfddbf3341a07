#include <sealift/base/encoding.h>
#include <sealift/signing/found_signature_json.h>

#include <utility>

namespace sealift::signing {
namespace {

using Format = FoundSignature::Format;

Result<Format> parse_format(std::string_view name) {
  for (const auto format : {Format::kBundle, Format::kSimpleSigning, Format::kAttestation}) {
    if (name == format_name(format)) return format;
  }
  return fail(ErrorCode::kInvalidInput, "no signature has the format " + printable(name));
}

}  // namespace

Json to_json(const FoundSignature& piece) {
  Json annotations = Json::object();
  for (const auto& [name, value] : piece.annotations) annotations.set(name, base64_encode(value));
  Json json;
  json.set("format", format_name(piece.format));
  json.set("location", piece.location);
  json.set("payload", base64_encode(piece.payload));
  json.set("annotations", std::move(annotations));
  return json;
}

Result<FoundSignature> parse_found_signature(ObjectReader& reader) {
  FoundSignature piece;
  SEALIFT_ASSIGN(const auto format, reader.required_string("format"));
  SEALIFT_ASSIGN_CONTEXT(piece.format, parse_format(format), reader.path_of("format"));
  SEALIFT_ASSIGN(piece.location, reader.required_string("location"));
  SEALIFT_ASSIGN(const auto payload, reader.required_string("payload"));
  SEALIFT_ASSIGN_CONTEXT(piece.payload, base64_decode(payload), reader.path_of("payload"));
  SEALIFT_ASSIGN(const auto annotations, reader.string_map("annotations"));
  for (const auto& [name, value] : annotations) {
    SEALIFT_ASSIGN_CONTEXT(auto text, base64_decode(value), reader.path_of("annotations"));
    piece.annotations.emplace_back(name, std::move(text));
  }
  return piece;
}

}  // namespace sealift::signing
