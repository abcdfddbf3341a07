#include <sealift/base/digest.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/signed_certificate_timestamp.h>

#include <algorithm>
#include <limits>

#include "tbs_certificate.h"

namespace sealift::crypto {
namespace {

using Algorithm = SignedCertificateTimestamp::Algorithm;

// RFC 6962, sections 3.1 and 3.2; RFC 5246, section 7.4.1.4.1.
constexpr std::uint64_t kVersion1 = 0;
constexpr std::uint64_t kCertificateTimestamp = 0;
constexpr std::uint64_t kPrecertificateEntry = 1;
constexpr std::uint64_t kSha256 = 4;
constexpr std::uint64_t kRsa = 1;
constexpr std::uint64_t kEcdsa = 3;
constexpr std::size_t kLogIdBytes = 32;

Error malformed(std::string_view why) {
  return Error(ErrorCode::kInvalidInput,
               "the list of signed certificate timestamps is malformed: " + std::string(why));
}

// Numbers of a fixed width, and byte strings with their length in front (RFC 5246, section 4).
class TlsReader {
 public:
  explicit TlsReader(std::string_view bytes) : rest_(bytes) {}

  bool empty() const { return rest_.empty(); }

  Result<std::string_view> bytes(std::size_t count) {
    if (count > rest_.size()) return fail(malformed("it ends too early"));
    const std::string_view result = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return result;
  }

  Result<std::uint64_t> number(std::size_t width) {
    SEALIFT_ASSIGN(const auto digits, bytes(width));
    std::uint64_t value = 0;
    for (const char digit : digits) value = value << 8 | static_cast<std::uint8_t>(digit);
    return value;
  }

  Result<std::string_view> vector() {
    SEALIFT_ASSIGN(const auto size, number(2));
    return bytes(size);
  }

 private:
  std::string_view rest_;
};

void append_number(std::string& out, std::uint64_t value, std::size_t width) {
  for (std::size_t i = width; i-- > 0;) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
}

Result<Algorithm> read_algorithm(TlsReader& reader) {
  SEALIFT_ASSIGN(const auto hash, reader.number(1));
  SEALIFT_ASSIGN(const auto signature, reader.number(1));
  if (hash == kSha256 && signature == kEcdsa) return Algorithm::kEcdsaSha256;
  if (hash == kSha256 && signature == kRsa) return Algorithm::kRsaSha256;
  return fail(malformed("a signature is neither ECDSA nor RSA with SHA-256"));
}

Result<SignedCertificateTimestamp> read_timestamp(std::string_view bytes) {
  TlsReader reader(bytes);
  SEALIFT_ASSIGN(const auto version, reader.number(1));
  if (version != kVersion1) return fail(malformed("a timestamp is of another version than 1"));
  SEALIFT_ASSIGN(const auto log_id, reader.bytes(kLogIdBytes));
  SEALIFT_ASSIGN(const auto time, reader.number(8));
  if (time > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
    return fail(malformed("a time is out of range"));
  }
  SEALIFT_ASSIGN(const auto extensions, reader.vector());
  SEALIFT_ASSIGN(const auto algorithm, read_algorithm(reader));
  SEALIFT_ASSIGN(const auto signature, reader.vector());
  if (!reader.empty()) return fail(malformed("bytes follow a timestamp's end"));
  const std::chrono::milliseconds since_epoch(static_cast<std::int64_t>(time));
  return SignedCertificateTimestamp{std::string(log_id),
                                    std::chrono::sys_time<std::chrono::milliseconds>(since_epoch),
                                    std::string(extensions), algorithm, std::string(signature)};
}

bool is_timestamps_extension(const DerElement& extension) {
  // 1.3.6.1.4.1.11129.2.4.2
  constexpr std::string_view kOid = "\x2b\x06\x01\x04\x01\xd6\x79\x02\x04\x02";
  DerReader fields(extension.content);
  const auto oid = fields.next(kDerObjectIdentifier);
  return oid && oid->content == kOid;
}

bool is_type_of(KeyType type, Algorithm algorithm) {
  switch (type) {
    case KeyType::kEcdsaP256:
    case KeyType::kEcdsaP384:
    case KeyType::kEcdsaP521:
      return algorithm == Algorithm::kEcdsaSha256;
    case KeyType::kRsa2048:
    case KeyType::kRsa3072:
    case KeyType::kRsa4096:
      return algorithm == Algorithm::kRsaSha256;
    case KeyType::kEd25519:
      return false;
  }
  return false;
}

}  // namespace

Result<std::vector<SignedCertificateTimestamp>> parse_certificate_timestamps(
    std::string_view extension_value) {
  const auto octets = read_single_der(extension_value, kDerOctetString);
  if (!octets) return fail(malformed("the extension holds no OCTET STRING"));
  TlsReader outer(octets->content);
  SEALIFT_ASSIGN(const auto list, outer.vector());
  if (!outer.empty()) return fail(malformed("bytes follow its end"));
  std::vector<SignedCertificateTimestamp> timestamps;
  for (TlsReader reader(list); !reader.empty();) {
    SEALIFT_ASSIGN(const auto bytes, reader.vector());
    SEALIFT_ASSIGN(auto timestamp, read_timestamp(bytes));
    const bool twice = std::any_of(timestamps.begin(), timestamps.end(), [&](const auto& earlier) {
      return earlier.log_id == timestamp.log_id && earlier.time == timestamp.time;
    });
    if (twice) return fail(malformed("a log is in it twice with the same time"));
    if (timestamps.size() == kMaxCertificateTimestamps) {
      return fail(malformed("it holds more than " + std::to_string(kMaxCertificateTimestamps)));
    }
    timestamps.push_back(std::move(timestamp));
  }
  if (timestamps.empty()) return fail(malformed("it is empty"));
  return timestamps;
}

Result<std::string> precertificate_tbs(const Certificate& leaf) {
  SEALIFT_ASSIGN(const auto tbs, read_tbs_certificate(leaf.der()));
  std::string fields;
  bool found = false;
  for (const auto& element : tbs.elements) {
    if (element.tag != kTbsExtensions) {
      fields += element.encoded;
      continue;
    }
    SEALIFT_ASSIGN(const auto sequence, read_single_der(element.content, kDerSequence));
    std::string kept;
    for (DerReader reader(sequence.content); !reader.empty();) {
      SEALIFT_ASSIGN(const auto extension, reader.next(kDerSequence));
      if (is_timestamps_extension(extension)) {
        found = true;
      } else {
        kept += extension.encoded;
      }
    }
    // An empty list of extensions is not written (RFC 5280, section 4.1).
    if (!kept.empty()) fields += write_der(kTbsExtensions, write_der(kDerSequence, kept));
  }
  if (!found) {
    return fail(ErrorCode::kInvalidInput,
                "the certificate holds no signed certificate timestamps (extension " +
                    std::string(kCertificateTimestampsExtension) + ")");
  }
  return write_der(kDerSequence, fields);
}

Result<std::string> certificate_timestamp_message(const SignedCertificateTimestamp& timestamp,
                                                  const Certificate& leaf,
                                                  const Certificate& issuer) {
  SEALIFT_ASSIGN(const auto tbs, precertificate_tbs(leaf));
  std::string message;
  append_number(message, kVersion1, 1);
  append_number(message, kCertificateTimestamp, 1);
  append_number(message, static_cast<std::uint64_t>(timestamp.time.time_since_epoch().count()), 8);
  append_number(message, kPrecertificateEntry, 2);
  message += Digest::of(issuer.subject_public_key_info()).raw();
  append_number(message, tbs.size(), 3);
  message += tbs;
  append_number(message, timestamp.extensions.size(), 2);
  message += timestamp.extensions;
  return message;
}

Result<> verify_certificate_timestamp(const SignedCertificateTimestamp& timestamp,
                                      const Certificate& leaf, const Certificate& issuer,
                                      const PublicKey& log) {
  if (Digest::of(log.der()).raw() != timestamp.log_id) {
    return fail(ErrorCode::kUntrusted,
                "the certificate timestamp was made by another log than the one with the key " +
                    log.fingerprint());
  }
  if (!is_type_of(log.type(), timestamp.algorithm)) {
    return fail(ErrorCode::kUntrusted,
                "the certificate timestamp's algorithm is not that of the log's key, " +
                    std::string(to_string(log.type())));
  }
  SEALIFT_ASSIGN(const auto message, certificate_timestamp_message(timestamp, leaf, issuer));
  // Both algorithms are with SHA-256, and nothing else will do, whatever the key's own hash is.
  SEALIFT_TRY_CONTEXT(log.verify_digest(Digest::of(message), timestamp.signature),
                      "certificate timestamp");
  return {};
}

}  // namespace sealift::crypto
