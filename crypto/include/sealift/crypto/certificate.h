#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;

namespace sealift::crypto {

inline constexpr std::size_t kMaxCertificateBytes = 64u << 10;
inline constexpr std::size_t kMaxCertificateExtensions = 64;
inline constexpr std::size_t kMaxAlternativeNames = 64;

// An extension of a certificate (RFC 5280, section 4.1).
struct CertificateExtension {
  std::string oid;  // dotted: "2.5.29.17"
  bool critical = false;
  std::string value;  // what the OCTET STRING holds, for most extensions DER

  bool operator==(const CertificateExtension&) const = default;
};

// One name of a certificate's subject (RFC 5280, section 4.2.1.6).
struct SubjectAlternativeName {
  enum class Kind {
    kDns,
    kEmail,
    kUri,
    kOtherName,  // of the type `oid`, a UTF8String
    kOther,      // an address, a directory name, a registered ID, an OtherName of another form
  };
  Kind kind = Kind::kOther;
  std::string value;  // text without control characters; empty for kOther
  std::string oid;    // kOtherName: its type, dotted

  bool operator==(const SubjectAlternativeName&) const = default;
};

// One X.509 certificate of version 3 (RFC 5280), immutable and cheap to copy. Reading one proves
// its form; whom it may be believed is what verify_certificate_path() says.
class Certificate {
 public:
  // kInvalidInput: not exactly one certificate in DER; larger than kMaxCertificateBytes; another
  // version than 3; a serial number that is not positive or has more than 20 bytes; an extension
  // twice, or one of X.509's own that is malformed; more than kMaxCertificateExtensions or
  // kMaxAlternativeNames; control characters in a name; broken dates; two signature algorithms.
  static Result<Certificate> from_der(std::string_view der, std::string_view what);
  // One block "CERTIFICATE".
  static Result<Certificate> from_pem(std::string_view pem, std::string_view what);

  const std::string& der() const;
  std::string to_pem() const;
  // "sha256:<hex of DER>".
  std::string fingerprint() const;

  // kInvalidInput where the key is of a type that we don't use (see keys.h).
  Result<PublicKey> public_key() const;
  // SubjectPublicKeyInfo in DER, of any type of key.
  const std::string& subject_public_key_info() const;

  // Both are within the certificate's validity (RFC 5280, section 4.1.2.5).
  Timestamp not_before() const;
  Timestamp not_after() const;
  bool is_valid_at(Timestamp time) const { return not_before() <= time && time <= not_after(); }

  // For people, as RFC 2253 writes names: "CN=sigstore-intermediate,O=sigstore.dev".
  std::string subject() const;
  std::string issuer() const;
  bool has_empty_subject() const;
  // Hexadecimal, lower case, without leading zeros.
  std::string serial_number() const;

  const std::vector<CertificateExtension>& extensions() const;
  // Null where the certificate has none with this OID.
  const CertificateExtension* extension(std::string_view dotted_oid) const;

  // In the certificate's order; empty where it names none.
  const std::vector<SubjectAlternativeName>& subject_alternative_names() const;
  bool is_subject_alternative_name_critical() const;

  // Dotted OIDs; empty where the certificate does not restrict its use.
  const std::vector<std::string>& extended_key_usages() const;
  bool has_extended_key_usage(std::string_view dotted_oid) const;
  // basicConstraints says CA, and keyUsage, where there is one, has keyCertSign.
  bool is_authority() const;
  // keyUsage, where there is one, has digitalSignature or nonRepudiation.
  bool may_sign() const;

  bool operator==(const Certificate& other) const { return der() == other.der(); }

 private:
  struct Impl;
  explicit Certificate(std::shared_ptr<const Impl> impl) : impl_(std::move(impl)) {}
  // OpenSSL's object, for the other files of this room; lives as long as the certificate.
  friend x509_st* x509_of(const Certificate& certificate);
  std::shared_ptr<const Impl> impl_;
};

// The usages that signatures need (RFC 5280, section 4.2.1.12).
inline constexpr std::string_view kCodeSigningUsage = "1.3.6.1.5.5.7.3.3";
inline constexpr std::string_view kTimeStampingUsage = "1.3.6.1.5.5.7.3.8";
inline constexpr std::string_view kExtendedKeyUsageExtension = "2.5.29.37";

}  // namespace sealift::crypto
