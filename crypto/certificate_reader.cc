#include "certificate_reader.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>

#include <openssl/asn1.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <algorithm>
#include <ctime>

#include "evp_key.h"
#include "object_identifier.h"

namespace sealift::crypto {
namespace {

constexpr int kMaxSerialBytes = 20;  // RFC 5280, section 4.1.2.2
// RFC 5280, section 4.1.2.5: YYMMDDHHMMSSZ and YYYYMMDDHHMMSSZ.
constexpr int kUtcTimeSize = 13;
constexpr int kGeneralizedTimeSize = 15;

tl::unexpected<Error> broken(std::string_view what, std::string_view why) {
  return fail(ErrorCode::kInvalidInput, std::string(what) + ": " + std::string(why));
}

std::string_view view_of(const ASN1_STRING* string) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(string)),
          static_cast<std::size_t>(ASN1_STRING_length(string))};
}

Result<> check_fields(X509* x509, std::string_view what) {
  if (X509_get_version(x509) != X509_VERSION_3) {
    return broken(what, "is not an X.509 certificate of version 3");
  }
  const ASN1_INTEGER* serial = X509_get0_serialNumber(x509);
  const bool positive = ASN1_STRING_type(serial) == V_ASN1_INTEGER && !view_of(serial).empty() &&
                        view_of(serial) != std::string_view("\0", 1);
  if (!positive || ASN1_STRING_length(serial) > kMaxSerialBytes) {
    return broken(what, "its serial number is not a positive number of at most 20 bytes");
  }
  const X509_ALGOR* outer = nullptr;
  X509_get0_signature(nullptr, &outer, x509);
  if (X509_ALGOR_cmp(outer, X509_get0_tbs_sigalg(x509)) != 0) {
    return broken(what, "it names two different signature algorithms");
  }
  // Reads the extensions that OpenSSL knows, and remembers what they say.
  if (X509_check_purpose(x509, -1, 0) != 1 ||
      (X509_get_extension_flags(x509) & EXFLAG_INVALID) != 0) {
    return broken(what, "one of its extensions is malformed");
  }
  return {};
}

bool is_name_text(std::string_view text) {
  return !text.empty() && is_utf8(text) && std::none_of(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
}

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

Result<SubjectAlternativeName> read_text_name(SubjectAlternativeName::Kind kind,
                                              const ASN1_STRING* string, std::string_view what) {
  const std::string_view text = view_of(string);
  if (!is_name_text(text) || !is_ascii(text)) {
    return broken(what, "one of its names is empty, not ASCII or holds control characters");
  }
  return SubjectAlternativeName{kind, std::string(text), {}};
}

Result<SubjectAlternativeName> read_other_name(const OTHERNAME& name, std::string_view what) {
  if (ASN1_TYPE_get(name.value) != V_ASN1_UTF8STRING) return SubjectAlternativeName{};
  const auto oid = dotted(name.type_id);
  const std::string_view text = view_of(name.value->value.utf8string);
  if (!oid || !is_name_text(text)) {
    return broken(what, "one of its names is empty, not UTF-8 or holds control characters");
  }
  return SubjectAlternativeName{SubjectAlternativeName::Kind::kOtherName, std::string(text), *oid};
}

Result<SubjectAlternativeName> read_name(const GENERAL_NAME& name, std::string_view what) {
  using Kind = SubjectAlternativeName::Kind;
  switch (name.type) {
    case GEN_DNS:
      return read_text_name(Kind::kDns, name.d.dNSName, what);
    case GEN_EMAIL:
      return read_text_name(Kind::kEmail, name.d.rfc822Name, what);
    case GEN_URI:
      return read_text_name(Kind::kUri, name.d.uniformResourceIdentifier, what);
    case GEN_OTHERNAME:
      return read_other_name(*name.d.otherName, what);
    default:
      return SubjectAlternativeName{};
  }
}

Result<Timestamp> read_time(const ASN1_TIME* time, std::string_view what) {
  const std::string_view text = view_of(time);
  const int expected =
      ASN1_STRING_type(time) == V_ASN1_UTCTIME ? kUtcTimeSize : kGeneralizedTimeSize;
  std::tm parts{};
  if (text.size() != static_cast<std::size_t>(expected) || text.back() != 'Z' ||
      ASN1_TIME_to_tm(time, &parts) != 1) {
    return broken(what, "one of its dates is malformed");
  }
  return Timestamp(std::chrono::seconds(timegm(&parts)));
}

}  // namespace

Result<OpensslHandle<x509_st>> read_x509(std::string_view der, std::string_view what) {
  if (der.size() > kMaxCertificateBytes) {
    return broken(what, "is larger than " + std::to_string(kMaxCertificateBytes) +
                            " bytes, the limit for a certificate");
  }
  const OpensslErrorScope errors;
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  const unsigned char* at = begin;
  OpensslHandle<x509_st> x509;
  if (is_der(der)) x509.reset(d2i_X509(nullptr, &at, static_cast<long>(der.size())));
  if (!x509 || at != begin + der.size()) {
    return broken(what, "is not exactly one X.509 certificate in DER");
  }
  SEALIFT_TRY(check_fields(x509.get(), what));
  return x509;
}

Result<std::vector<CertificateExtension>> read_extensions(const x509_st* x509,
                                                          std::string_view what) {
  const int count = X509_get_ext_count(x509);
  if (count > static_cast<int>(kMaxCertificateExtensions)) {
    return broken(what,
                  "holds more than " + std::to_string(kMaxCertificateExtensions) + " extensions");
  }
  std::vector<CertificateExtension> extensions;
  for (int i = 0; i < count; ++i) {
    X509_EXTENSION* extension = X509_get_ext(x509, i);
    const auto oid = dotted(X509_EXTENSION_get_object(extension));
    if (!oid) return broken(what, "an extension's object identifier is too long");
    const std::string_view value = view_of(X509_EXTENSION_get_data(extension));
    // OpenSSL reads as far as it understands, and would not see what follows.
    if (X509V3_EXT_get(extension) != nullptr && !is_der(value)) {
      return broken(what, "the extension " + *oid + " is not DER");
    }
    const bool twice = std::any_of(extensions.begin(), extensions.end(),
                                   [&](const auto& earlier) { return earlier.oid == *oid; });
    if (twice) return broken(what, "holds the extension " + *oid + " twice");
    extensions.push_back({*oid, X509_EXTENSION_get_critical(extension) != 0, std::string(value)});
  }
  return extensions;
}

Result<std::vector<SubjectAlternativeName>> read_alternative_names(std::string_view value,
                                                                   std::string_view what) {
  const OpensslErrorScope errors;
  const auto* at = reinterpret_cast<const unsigned char*>(value.data());
  const OpensslHandle<stack_st_GENERAL_NAME> list(
      d2i_GENERAL_NAMES(nullptr, &at, static_cast<long>(value.size())));
  const int count = sk_GENERAL_NAME_num(list.get());
  if (count < 1) return broken(what, "its list of alternative names is empty or malformed");
  if (count > static_cast<int>(kMaxAlternativeNames)) {
    return broken(what, "holds more than " + std::to_string(kMaxAlternativeNames) + " names");
  }
  std::vector<SubjectAlternativeName> names;
  for (int i = 0; i < count; ++i) {
    SEALIFT_ASSIGN(auto name, read_name(*sk_GENERAL_NAME_value(list.get(), i), what));
    names.push_back(std::move(name));
  }
  return names;
}

Result<std::vector<std::string>> read_key_usages(std::string_view value, std::string_view what) {
  const OpensslErrorScope errors;
  const auto* at = reinterpret_cast<const unsigned char*>(value.data());
  const OpensslHandle<stack_st_ASN1_OBJECT> list(
      d2i_EXTENDED_KEY_USAGE(nullptr, &at, static_cast<long>(value.size())));
  std::vector<std::string> usages;
  for (int i = 0; i < sk_ASN1_OBJECT_num(list.get()); ++i) {
    const auto usage = dotted(sk_ASN1_OBJECT_value(list.get(), i));
    if (!usage) return broken(what, "the object identifier of a key usage is too long");
    usages.push_back(*usage);
  }
  if (usages.empty()) return broken(what, "its list of extended key usages is empty or malformed");
  return usages;
}

Result<Validity> read_validity(const x509_st* x509, std::string_view what) {
  const OpensslErrorScope errors;
  SEALIFT_ASSIGN(const auto not_before, read_time(X509_get0_notBefore(x509), what));
  SEALIFT_ASSIGN(const auto not_after, read_time(X509_get0_notAfter(x509), what));
  if (not_after < not_before) return broken(what, "its validity ends before it begins");
  return Validity{not_before, not_after};
}

}  // namespace sealift::crypto
