#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/crypto/certificate_path.h>
#include <sealift/sigstore/trusted_root.h>

#include <array>

#include "checkpoint_key_id.h"
#include "key_details.h"
#include "protobuf_json.h"

namespace sealift::sigstore {
namespace {

constexpr auto kMediaTypes = std::to_array<std::string_view>({
    "application/vnd.dev.sigstore.trustedroot+json;version=0.1",
    "application/vnd.dev.sigstore.trustedroot.v0.1+json",
    "application/vnd.dev.sigstore.trustedroot.v0.2+json",
});
constexpr std::size_t kDigestBytes = 32;

Result<> check_media_type(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto media_type, reader.required_string("mediaType"));
  for (const auto known : kMediaTypes) {
    if (media_type == known) return {};
  }
  return fail(reader.error_at("mediaType", "is not a trusted root of version 0.1 or 0.2"));
}

// "log.example.com" of "https://log.example.com:8080/path"; empty where there is none.
std::string host_of(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  std::string_view host = url.substr(scheme + 3);
  host = host.substr(0, host.find_first_of("/?#"));
  if (const auto user = host.rfind('@'); user != std::string_view::npos) {
    host.remove_prefix(user + 1);
  }
  if (host.starts_with('[')) return std::string(host.substr(1, host.find(']') - 1));
  return std::string(host.substr(0, host.find(':')));
}

struct TimedKey {
  LogKey log;
  ValidityPeriod validity;
};

Result<TimedKey> parse_log_key(ObjectReader reader) {
  SEALIFT_ASSIGN(const auto bytes, required_bytes(reader, "rawBytes"));
  SEALIFT_ASSIGN(const auto details, reader.required_string("keyDetails"));
  SEALIFT_ASSIGN(const auto validity, validity_or_always(reader, "validFor"));
  SEALIFT_TRY(reader.finish());
  if (!validity.start) {
    return fail(reader.error_at("validFor.start", "is required: since when the log is trusted"));
  }
  SEALIFT_ASSIGN(auto key, read_log_key(details, bytes, reader.path()));
  return TimedKey{std::move(key), validity};
}

// The whole digest, or its first four bytes as checkpoints have it.
Result<std::string> parse_key_id(ObjectReader reader) {
  SEALIFT_ASSIGN(auto id, required_bytes(reader, "keyId"));
  SEALIFT_TRY(reader.finish());
  if (id.size() != kDigestBytes && id.size() != kCheckpointKeyIdBytes) {
    return fail(
        reader.error_at("keyId", "must have 32 or 4 bytes, has " + std::to_string(id.size())));
  }
  return id;
}

Result<TrustedLog> parse_log(ObjectReader& reader) {
  SEALIFT_ASSIGN(auto base_url, reader.string_or("baseUrl", ""));
  SEALIFT_ASSIGN(const auto hash, reader.required_string("hashAlgorithm"));
  if (hash != "SHA2_256") {
    return fail(reader.error_at("hashAlgorithm", "must be SHA2_256: no log here uses another"));
  }
  SEALIFT_ASSIGN(auto key_reader, reader.required_object("publicKey"));
  SEALIFT_ASSIGN(auto key, parse_log_key(std::move(key_reader)));
  SEALIFT_ASSIGN(auto id_reader, reader.required_object("logId"));
  SEALIFT_ASSIGN(auto id, parse_key_id(std::move(id_reader)));
  SEALIFT_ASSIGN(auto checkpoint_reader, reader.optional_object("checkpointKeyId"));
  SEALIFT_ASSIGN(auto operator_name, reader.string_or("operator", ""));
  SEALIFT_TRY(reader.finish());
  std::string origin = host_of(base_url);
  if (checkpoint_reader) {
    SEALIFT_ASSIGN(const auto stated, parse_key_id(*std::move(checkpoint_reader)));
    if (!stated.starts_with(checkpoint_key_id(key.log.key, origin))) {
      return fail(reader.error_at(
          "checkpointKeyId", "is not the ID of this key under the name " + printable(origin, 80)));
    }
  }
  return TrustedLog{std::move(base_url), std::move(origin), std::move(id),           key.log.key,
                    key.log.scheme,      key.validity,      std::move(operator_name)};
}

Result<TrustedLogs> parse_logs(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto elements, reader.objects(name));
  if (elements.size() > kMaxTrustedLogs) {
    return fail(
        reader.error_at(name, "holds more than " + std::to_string(kMaxTrustedLogs) + " logs"));
  }
  TrustedLogs logs;
  for (auto& element : elements) {
    SEALIFT_ASSIGN(auto log, parse_log(element));
    const std::string id = hex_encode(log.id);
    if (!logs.add(std::move(log))) {
      return fail(element.error_at("logId", id + " is there twice"));
    }
  }
  return logs;
}

Result<std::vector<crypto::Certificate>> parse_chain(ObjectReader reader) {
  SEALIFT_ASSIGN(auto elements, reader.objects("certificates"));
  SEALIFT_TRY(reader.finish());
  if (elements.empty() || elements.size() > crypto::kMaxPathLength) {
    return fail(reader.error_at(
        "certificates",
        "must hold 1 to " + std::to_string(crypto::kMaxPathLength) + " certificates"));
  }
  std::vector<crypto::Certificate> certificates;
  for (auto& element : elements) {
    SEALIFT_ASSIGN(const auto der, required_bytes(element, "rawBytes"));
    SEALIFT_TRY(element.finish());
    SEALIFT_ASSIGN(auto certificate, crypto::Certificate::from_der(der, element.path()));
    if (!certificates.empty() && certificates.back().issuer() != certificate.subject()) {
      return fail(ErrorCode::kInvalidInput,
                  element.path() +
                      ": is not who issued the certificate before it; the order is "
                      "from the issued to the issuer, the root last");
    }
    certificates.push_back(std::move(certificate));
  }
  return certificates;
}

Result<TrustedAuthority> parse_authority(ObjectReader reader) {
  TrustedAuthority authority;
  SEALIFT_ASSIGN(auto subject, reader.optional_object("subject"));
  if (subject) {
    SEALIFT_ASSIGN(authority.organization, subject->string_or("organization", ""));
    SEALIFT_ASSIGN(authority.common_name, subject->string_or("commonName", ""));
    SEALIFT_TRY(subject->finish());
  }
  SEALIFT_ASSIGN(authority.uri, reader.string_or("uri", ""));
  SEALIFT_ASSIGN(auto chain, reader.required_object("certChain"));
  SEALIFT_ASSIGN(authority.certificates, parse_chain(std::move(chain)));
  SEALIFT_ASSIGN(authority.validity, validity_or_always(reader, "validFor"));
  SEALIFT_ASSIGN(authority.operator_name, reader.string_or("operator", ""));
  SEALIFT_TRY(reader.finish());
  return authority;
}

Result<std::vector<TrustedAuthority>> parse_authorities(ObjectReader& reader,
                                                        std::string_view name) {
  SEALIFT_ASSIGN(auto elements, reader.objects(name));
  if (elements.size() > kMaxTrustedAuthorities) {
    return fail(reader.error_at(
        name, "holds more than " + std::to_string(kMaxTrustedAuthorities) + " authorities"));
  }
  std::vector<TrustedAuthority> authorities;
  for (auto& element : elements) {
    SEALIFT_ASSIGN(auto authority, parse_authority(std::move(element)));
    authorities.push_back(std::move(authority));
  }
  return authorities;
}

}  // namespace

std::string ValidityPeriod::to_string() const {
  if (start && end) return format_timestamp(*start) + " to " + format_timestamp(*end);
  if (start) return "since " + format_timestamp(*start);
  if (end) return "until " + format_timestamp(*end);
  return "always";
}

bool TrustedLogs::add(TrustedLog log) {
  if (!index_.emplace(log.id, logs_.size()).second) return false;
  logs_.push_back(std::move(log));
  return true;
}

const TrustedLog* TrustedLogs::find(std::string_view id) const {
  const auto found = index_.find(id);
  return found == index_.end() ? nullptr : &logs_[found->second];
}

void learn_issuances(TrustedRoot& root) {
  for (const auto* list : {&root.certificate_authorities, &root.timestamp_authorities}) {
    for (const auto& authority : *list) {
      for (std::size_t i = 1; i < authority.certificates.size(); ++i) {
        root.known_issuances.add(authority.certificates[i - 1], authority.certificates[i]);
      }
    }
  }
}

Result<TrustedRoot> parse_trusted_root(std::string_view bytes, const std::string& what) {
  constexpr JsonLimits kLimits{
      .max_bytes = kMaxTrustedRootBytes, .max_depth = 16, .max_values = 1u << 14};
  SEALIFT_ASSIGN(const auto json, parse_json(bytes, what, kLimits));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  SEALIFT_TRY(check_media_type(reader));
  TrustedRoot root;
  SEALIFT_ASSIGN(root.transparency_logs, parse_logs(reader, "tlogs"));
  SEALIFT_ASSIGN(root.certificate_authorities, parse_authorities(reader, "certificateAuthorities"));
  SEALIFT_ASSIGN(root.certificate_logs, parse_logs(reader, "ctlogs"));
  SEALIFT_ASSIGN(root.timestamp_authorities, parse_authorities(reader, "timestampAuthorities"));
  SEALIFT_TRY(reader.finish());
  return root;
}

}  // namespace sealift::sigstore
