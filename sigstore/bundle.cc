#include <sealift/base/json_reader.h>
#include <sealift/sigstore/bundle.h>

#include <utility>

namespace sealift::sigstore {
namespace {

constexpr std::size_t kMaxLogEntries = 32;

constexpr std::pair<std::string_view, Bundle::Version> kMediaTypes[] = {
    {"application/vnd.dev.sigstore.bundle+json;version=0.1", Bundle::Version::k01},
    {"application/vnd.dev.sigstore.bundle+json;version=0.2", Bundle::Version::k02},
    {"application/vnd.dev.sigstore.bundle+json;version=0.3", Bundle::Version::k03},
    {kBundleMediaType, Bundle::Version::k03},
};

Result<Bundle::Version> parse_version(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto media_type, reader.required_string("mediaType"));
  for (const auto& [name, version] : kMediaTypes) {
    if (name == media_type) return version;
  }
  return fail(reader.error_at("mediaType", "is not a bundle of version 0.1, 0.2 or 0.3"));
}

Result<> parse_material(ObjectReader reader, Bundle& bundle) {
  SEALIFT_ASSIGN(auto key, reader.optional_object("publicKey"));
  SEALIFT_ASSIGN(const auto certificate, reader.optional_object("certificate"));
  SEALIFT_ASSIGN(const auto chain, reader.optional_object("x509CertificateChain"));
  SEALIFT_ASSIGN(const auto entries, reader.objects("tlogEntries"));
  SEALIFT_TRY(reader.optional_object("timestampVerificationData"));
  SEALIFT_TRY(reader.finish());
  if (key.has_value() + certificate.has_value() + chain.has_value() != 1) {
    return fail(reader.error_at(
        "publicKey", "exactly one of publicKey, certificate and x509CertificateChain must be set"));
  }
  const bool is_03 = bundle.version == Bundle::Version::k03;
  if (chain && is_03) {
    return fail(reader.error_at("x509CertificateChain", "is not allowed from version 0.3 on"));
  }
  if (certificate && !is_03) {
    return fail(reader.error_at("certificate", "is not allowed before version 0.3"));
  }
  if (entries.size() > kMaxLogEntries) {
    return fail(reader.error_at("tlogEntries",
                                "holds more than " + std::to_string(kMaxLogEntries) + " entries"));
  }
  if (key) {
    SEALIFT_ASSIGN(bundle.hint, key->string_or("hint", ""));
    SEALIFT_TRY(key->finish());
  }
  bundle.material = key ? Bundle::Material::kPublicKey : Bundle::Material::kCertificate;
  return {};
}

}  // namespace

Result<Bundle> parse_bundle(std::string_view bytes, const std::string& what) {
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, what, signature_json_limits()));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  Bundle bundle;
  SEALIFT_ASSIGN(bundle.version, parse_version(reader));
  SEALIFT_ASSIGN(auto material, reader.required_object("verificationMaterial"));
  SEALIFT_TRY(parse_material(std::move(material), bundle));
  const Json* envelope = reader.any("dsseEnvelope");
  SEALIFT_ASSIGN(const auto message, reader.optional_object("messageSignature"));
  SEALIFT_TRY(reader.finish());
  if ((envelope != nullptr) == message.has_value()) {
    return fail(reader.error_at("dsseEnvelope",
                                "exactly one of dsseEnvelope and messageSignature must be set"));
  }
  if (envelope != nullptr) {
    SEALIFT_ASSIGN(bundle.envelope, dsse_from_json(*envelope, reader.path_of("dsseEnvelope")));
  }
  return bundle;
}

std::string serialize_bundle(std::string_view hint, const DsseEnvelope& envelope) {
  const Json::Object material{{"publicKey", Json::Object{{"hint", hint}}}};
  return dump_json(Json::Object{{"mediaType", kBundleMediaType},
                                {"verificationMaterial", material},
                                {"dsseEnvelope", to_json(envelope)}});
}

}  // namespace sealift::sigstore
