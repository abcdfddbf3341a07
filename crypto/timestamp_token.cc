#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/timestamp_token.h>

#include <openssl/asn1.h>
#include <openssl/objects.h>
#include <openssl/ts.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <algorithm>
#include <array>
#include <utility>

#include "evp_key.h"
#include "object_identifier.h"
#include "timestamp_cms.h"

namespace sealift::crypto {
namespace {

constexpr std::size_t kSecondsDigits = 14;   // YYYYMMDDHHMMSS
constexpr std::size_t kMaxSerialBytes = 20;  // RFC 3161, section 2.4.2: 160 bits

constexpr std::array<std::pair<TimestampFault, std::string_view>, 7> kNames{{
    {TimestampFault::kMalformed, "malformed"},
    {TimestampFault::kNotGranted, "not_granted"},
    {TimestampFault::kImprint, "imprint"},
    {TimestampFault::kSigner, "signer"},
    {TimestampFault::kUsage, "usage"},
    {TimestampFault::kPath, "path"},
    {TimestampFault::kSignature, "signature"},
}};

struct Hash {
  int nid;
  std::string_view name;
  std::size_t size;
};
constexpr std::array<Hash, 3> kHashes{{
    {NID_sha256, "SHA256", 32},
    {NID_sha384, "SHA384", 48},
    {NID_sha512, "SHA512", 64},
}};

tl::unexpected<TimestampRefusal> refuse(TimestampFault fault, std::string message) {
  return tl::unexpected<TimestampRefusal>({fault, std::move(message)});
}

tl::unexpected<TimestampRefusal> malformed(std::string_view why) {
  return refuse(TimestampFault::kMalformed, "the time stamp " + std::string(why));
}

std::string_view view_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

OpensslHandle<TS_tst_info_st> read_info(std::string_view der) {
  if (!is_der(der)) return nullptr;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  return OpensslHandle<TS_tst_info_st>(
      d2i_TS_TST_INFO(nullptr, &at, static_cast<long>(der.size())));
}

// GeneralizedTime with seconds, perhaps a fraction, in UTC (RFC 3161, section 2.4.2).
Result<Timestamp> read_time(std::string_view text) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::string_view digits = text.substr(0, kSecondsDigits);
  std::string_view rest = text.substr(digits.size());
  if (rest.starts_with('.')) {
    const auto end = std::find_if_not(rest.begin() + 1, rest.end(), is_digit);
    const auto size = static_cast<std::size_t>(end - rest.begin());
    rest = size > 1 ? rest.substr(size) : std::string_view{};
  }
  if (digits.size() != kSecondsDigits || rest != "Z" ||
      !std::all_of(digits.begin(), digits.end(), is_digit)) {
    return fail(ErrorCode::kInvalidInput, "is not a time");
  }
  std::string iso;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i == 4 || i == 6) iso += '-';
    if (i == 8) iso += 'T';
    if (i == 10 || i == 12) iso += ':';
    iso += digits[i];
  }
  return parse_timestamp(iso + "Z");
}

const Hash* find_hash(TS_MSG_IMPRINT* imprint) {
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const int nid = OBJ_obj2nid(algorithm);
  const auto* found = std::find_if(kHashes.begin(), kHashes.end(),
                                   [&](const Hash& hash) { return hash.nid == nid; });
  return found == kHashes.end() ? nullptr : found;
}

bool has_critical_extension(TS_TST_INFO* info) {
  return TS_TST_INFO_get_ext_by_critical(info, 1, -1) >= 0;
}

std::string hex_of(const ASN1_INTEGER* number) {
  const std::string hex = hex_encode(view_of(number));
  return hex.substr(std::min(hex.find_first_not_of('0'), hex.size() - 1));
}

}  // namespace

std::string_view to_string(TimestampFault fault) {
  for (const auto& [value, name] : kNames) {
    if (value == fault) return name;
  }
  return "malformed";
}

tl::expected<TimestampToken, TimestampRefusal> TimestampToken::from_response(std::string_view der) {
  const auto response = read_single_der(der, kDerSequence);
  if (!response) return malformed("is not a TimeStampResp in DER");
  DerReader fields(response->content);
  const auto status_info = fields.next(kDerSequence);
  if (!status_info) return malformed("has no status");
  DerReader status_fields(status_info->content);
  const auto status = status_fields.next(kDerInteger);
  if (!status) return malformed("has no status");
  // granted (0) and grantedWithMods (1) alone come with a token (RFC 3161, section 2.4.2).
  if (status->content != std::string_view("\0", 1) && status->content != "\x01") {
    return refuse(TimestampFault::kNotGranted,
                  "the time stamp authority refused the request with the status " +
                      hex_encode(status->content));
  }
  // Then a text for people at most; what failed is told by refusals alone.
  if (status_fields.has(kDerSequence)) (void)status_fields.next();
  if (!status_fields.empty()) return malformed("has a status with something after it");
  const auto token = fields.next(kDerSequence);
  if (!token || !fields.empty()) return malformed("has no token, or something after it");
  return from_token(token->encoded);
}

tl::expected<TimestampToken, TimestampRefusal> TimestampToken::from_token(std::string_view der) {
  if (der.size() > kMaxTimestampBytes) {
    return malformed("is larger than " + std::to_string(kMaxTimestampBytes) + " bytes");
  }
  const OpensslErrorScope errors;
  const auto cms = read_timestamp_cms(der);
  if (!cms) return malformed("is not a TimeStampToken in DER with one signer");
  const auto info = read_info(timestamp_info_of(cms.get()));
  if (!info || TS_TST_INFO_get_version(info.get()) != 1) {
    return malformed("does not hold a TSTInfo of version 1");
  }
  if (has_critical_extension(info.get())) return malformed("has a critical extension");
  TS_MSG_IMPRINT* imprint = TS_TST_INFO_get_msg_imprint(info.get());
  const Hash* hash = find_hash(imprint);
  const std::string_view hashed = view_of(TS_MSG_IMPRINT_get_msg(imprint));
  if (hash == nullptr || hashed.size() != hash->size) {
    return malformed("holds a hash that is not SHA-256, SHA-384 or SHA-512");
  }
  const auto time = read_time(view_of(TS_TST_INFO_get_time(info.get())));
  const auto policy = dotted(TS_TST_INFO_get_policy_id(info.get()));
  const ASN1_INTEGER* serial = TS_TST_INFO_get_serial(info.get());
  if (!time || !policy || view_of(serial).empty() || view_of(serial).size() > kMaxSerialBytes) {
    return malformed("holds a malformed time, policy or serial number");
  }
  TimestampToken token;
  token.cms_ = std::string(der);
  token.time_ = *time;
  token.hash_ = hash->name;
  token.imprint_ = hashed;
  token.serial_number_ = hex_of(serial);
  token.policy_ = *policy;
  return token;
}

}  // namespace sealift::crypto
