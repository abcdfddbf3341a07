#include <sealift/base/json_reader.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/simple_signing.h>

namespace sealift::sigstore {
Result<SimpleSigningPayload> parse_simple_signing(std::string_view bytes, const std::string& what) {
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, what, signature_json_limits(bytes.size())));
  SEALIFT_ASSIGN(auto top, ObjectReader::open(json, what));
  SEALIFT_ASSIGN(auto critical, top.required_object("critical"));
  top.any("optional");
  SEALIFT_TRY(top.finish());
  SEALIFT_ASSIGN(auto type, critical.required_string("type"));
  SEALIFT_ASSIGN(auto identity, critical.required_object("identity"));
  SEALIFT_ASSIGN(auto image, critical.required_object("image"));
  SEALIFT_TRY(critical.finish());
  SEALIFT_ASSIGN(auto reference, identity.required_string("docker-reference"));
  SEALIFT_TRY(identity.finish());
  SEALIFT_ASSIGN(const auto digest_text, image.required_string("docker-manifest-digest"));
  SEALIFT_TRY(image.finish());
  auto digest = Digest::parse(digest_text);
  if (!digest) return fail(image.error_at("docker-manifest-digest", digest.error().message()));
  return SimpleSigningPayload{std::move(type), std::move(reference), std::move(*digest)};
}

std::string serialize_simple_signing(std::string_view docker_reference, const Digest& digest) {
  const Json::Object critical{
      {"identity", Json::Object{{"docker-reference", docker_reference}}},
      {"image", Json::Object{{"docker-manifest-digest", digest.to_string()}}},
      {"type", kSimpleSigningType}};
  return dump_json(Json::Object{{"critical", critical}, {"optional", nullptr}});
}

}  // namespace sealift::sigstore
