#include "sigstore_data.h"
#include "support/certificate_builder.h"
#include "support/result_matchers.h"

#include <sealift/crypto/certificate.h>
#include <sealift/crypto/der.h>

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace sealift::crypto {
namespace {

using namespace test;
using sealift::test::CertificateDraft;
using sealift::test::fails_with;
using sealift::test::leaf_draft;
using sealift::test::self_signed;
using Kind = SubjectAlternativeName::Kind;

constexpr std::string_view kSigstoreName = "1.3.6.1.4.1.57264.1.7";

Result<Certificate> read(const CertificateDraft& draft) {
  return Certificate::from_der(self_signed(draft).der, "certificate");
}

CertificateDraft with(const std::string& name, const std::string& value) {
  CertificateDraft draft;
  draft.extensions = {{name, value}};
  return draft;
}

TEST(Certificate, ReadsThatOfAWorkflow) {
  const auto certificate = bundle_certificate(kProvenance);
  EXPECT_EQ(certificate.serial_number(), "7ddff914df3c117e1bc29edced0e59ace5e0470e");
  EXPECT_EQ(certificate.issuer(), "CN=sigstore-intermediate,O=sigstore.dev");
  EXPECT_EQ(certificate.subject(), "");
  EXPECT_TRUE(certificate.has_empty_subject());
  EXPECT_EQ(format_timestamp(certificate.not_before()), "2023-08-18T16:05:35Z");
  EXPECT_EQ(format_timestamp(certificate.not_after()), "2023-08-18T16:15:35Z");
  const std::vector<SubjectAlternativeName> names{
      {Kind::kUri,
       "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main",
       ""}};
  EXPECT_EQ(certificate.subject_alternative_names(), names);
  EXPECT_TRUE(certificate.is_subject_alternative_name_critical());
  EXPECT_EQ(certificate.extended_key_usages(),
            std::vector<std::string>{std::string(kCodeSigningUsage)});
  EXPECT_FALSE(certificate.has_extended_key_usage(kTimeStampingUsage));
  EXPECT_FALSE(certificate.is_authority());
  EXPECT_TRUE(certificate.may_sign());
  ASSERT_OK_ASSIGN(const auto key, certificate.public_key());
  EXPECT_EQ(key.type(), KeyType::kEcdsaP256);
  EXPECT_EQ(key.der(), certificate.subject_public_key_info());
  ASSERT_NE(certificate.extension("1.3.6.1.4.1.57264.1.1"), nullptr);
  EXPECT_EQ(certificate.extension("1.3.6.1.4.1.57264.1.1")->value,
            "https://token.actions.githubusercontent.com");
  const auto* issuer = certificate.extension("1.3.6.1.4.1.57264.1.8");
  ASSERT_NE(issuer, nullptr);
  EXPECT_FALSE(issuer->critical);
  EXPECT_EQ(read_der_utf8_string(issuer->value).value(),
            "https://token.actions.githubusercontent.com");
  EXPECT_EQ(certificate.extension("1.3.6.1.4.1.57264.1.99"), nullptr);
}

TEST(Certificate, ReadsNamesOfOtherKinds) {
  const std::vector<SubjectAlternativeName> other{
      {Kind::kOtherName, "foo!oidc.local", std::string(kSigstoreName)}};
  EXPECT_EQ(bundle_certificate("othername.json").subject_alternative_names(), other);
  const std::vector<SubjectAlternativeName> email{{Kind::kEmail, "brian@dehamer.com", ""}};
  EXPECT_EQ(bundle_certificate("dsse.json").subject_alternative_names(), email);
  ASSERT_OK_ASSIGN(const auto made, read(with("subjectAltName",
                                              "DNS:a.example,IP:127.0.0.1,URI:https://b,"
                                              "otherName:1.2.3;UTF8:c,otherName:1.2.3;IA5:d")));
  const std::vector<SubjectAlternativeName> several{{Kind::kDns, "a.example", ""},
                                                    {Kind::kOther, "", ""},
                                                    {Kind::kUri, "https://b", ""},
                                                    {Kind::kOtherName, "c", "1.2.3"},
                                                    {Kind::kOther, "", ""}};
  EXPECT_EQ(made.subject_alternative_names(), several);
  EXPECT_FALSE(made.is_subject_alternative_name_critical());
}

TEST(Certificate, ReadsThoseOfAuthorities) {
  const auto chain = authority_chain(kPublicRoot, "certificateAuthorities", 1);
  ASSERT_EQ(chain.size(), 2u);
  for (const auto& certificate : chain) {
    EXPECT_TRUE(certificate.is_authority());
    EXPECT_EQ(certificate.public_key().value().type(), KeyType::kEcdsaP384);
  }
  EXPECT_EQ(chain[0].subject(), "CN=sigstore-intermediate,O=sigstore.dev");
  EXPECT_EQ(chain[0].issuer(), chain[1].subject());
  EXPECT_FALSE(chain[0].has_empty_subject());
  const auto stamping = authority_chain(kPublicRoot, "timestampAuthorities", 0);
  EXPECT_TRUE(stamping[0].has_extended_key_usage(kTimeStampingUsage));
  EXPECT_FALSE(stamping[0].is_authority());
}

TEST(Certificate, IsTheSameInPem) {
  const std::string pem = sealift::test::test_data("sigstore/tuf/targets/fulcio_v1.crt.pem");
  ASSERT_OK_ASSIGN(const auto certificate, Certificate::from_pem(pem, "root"));
  EXPECT_EQ(certificate, authority_chain(kPublicRoot, "certificateAuthorities", 1)[1]);
  EXPECT_EQ(Certificate::from_pem(certificate.to_pem(), "again").value(), certificate);
  EXPECT_THAT(Certificate::from_pem(pem + pem, "two"), fails_with(ErrorCode::kInvalidInput));
  const std::string key = sealift::test::test_data("sigstore/tuf/targets/rekor.pub");
  EXPECT_THAT(Certificate::from_pem(key, "key"),
              fails_with(ErrorCode::kInvalidInput, "\"CERTIFICATE\" is expected"));
}

TEST(Certificate, IsValidAtBothEnds) {
  const auto certificate = bundle_certificate(kProvenance);
  constexpr std::chrono::seconds kSecond(1);
  EXPECT_TRUE(certificate.is_valid_at(certificate.not_before()));
  EXPECT_TRUE(certificate.is_valid_at(certificate.not_after()));
  EXPECT_FALSE(certificate.is_valid_at(certificate.not_before() - kSecond));
  EXPECT_FALSE(certificate.is_valid_at(certificate.not_after() + kSecond));
}

TEST(Certificate, IsRefusedWhenCutOrContinued) {
  const std::string der = bundle_certificate(kProvenance).der();
  for (std::size_t size = 0; size < der.size(); ++size) {
    EXPECT_FALSE(Certificate::from_der(der.substr(0, size), "cut").has_value()) << size;
  }
  EXPECT_THAT(Certificate::from_der(der + '\0', "longer"), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(Certificate::from_der(der + der, "two"), fails_with(ErrorCode::kInvalidInput));
  EXPECT_THAT(Certificate::from_der(std::string(kMaxCertificateBytes + 1, '0'), "large"),
              fails_with(ErrorCode::kInvalidInput, "65536"));
}

TEST(Certificate, HasOneEncoding) {
  const std::string der = bundle_certificate(kProvenance).der();
  // The same length in one more byte.
  std::string longer = der;
  ASSERT_EQ(longer.substr(0, 2), "\x30\x82");
  longer.replace(1, 1, std::string("\x83\x00", 2));
  EXPECT_THAT(Certificate::from_der(longer, "long"), fails_with(ErrorCode::kInvalidInput));
  // An indefinite length.
  std::string open = "\x30\x80" + der.substr(4) + std::string(2, '\0');
  EXPECT_THAT(Certificate::from_der(open, "open"), fails_with(ErrorCode::kInvalidInput));
}

TEST(Certificate, RefusesEachBrokenRule) {
  EXPECT_OK(read({}));
  CertificateDraft draft;
  draft.version = 1;
  EXPECT_THAT(read(draft), fails_with(ErrorCode::kInvalidInput, "version 3"));
  for (const char* serial : {"0", "-1", "1461501637330902918203684832716283019655932542976"}) {
    draft = {};
    draft.serial = serial;
    EXPECT_THAT(read(draft), fails_with(ErrorCode::kInvalidInput, "serial number")) << serial;
  }
  draft = {};
  draft.serial = "730750818665451459101842416358141509827966271487";  // 2^159 - 1: 20 bytes
  EXPECT_OK(read(draft));
  draft = {};
  std::swap(draft.not_before, draft.not_after);
  EXPECT_THAT(read(draft), fails_with(ErrorCode::kInvalidInput, "ends before it begins"));
}

TEST(Certificate, RefusesBrokenExtensions) {
  CertificateDraft twice;
  twice.raw_extensions = {{"1.2.3", false, "a"}, {"1.2.3", false, "b"}};
  EXPECT_THAT(read(twice), fails_with(ErrorCode::kInvalidInput, "the extension 1.2.3 twice"));
  CertificateDraft many;
  for (std::size_t i = 0; i <= kMaxCertificateExtensions; ++i) {
    many.raw_extensions.push_back({"1.2.3." + std::to_string(i), false, "a"});
  }
  EXPECT_THAT(read(many), fails_with(ErrorCode::kInvalidInput, "more than 64 extensions"));
  const struct {
    const char* oid;
    std::string value;
    const char* message;
  } kCases[] = {
      {"2.5.29.17", write_der(kDerSequence, ""), "names is empty or malformed"},
      {"2.5.29.17", write_der(kDerSequence, write_der(0x86, "")), "one of its names is empty"},
      {"2.5.29.17", write_der(kDerSequence, write_der(0x81, std::string("a\0b", 3))), "control"},
      {"2.5.29.17", write_der(kDerSequence, write_der(0x86, "https://a\nb")), "control"},
      {"2.5.29.17", write_der(kDerSequence, write_der(0x81, "\xc3\xa9@b")), "ASCII"},
      {"2.5.29.17", write_der(kDerSequence, write_der(0x86, "a")) + "x", "not DER"},
      {"2.5.29.37", write_der(kDerSequence, ""), "usages is empty"},
      {"2.5.29.37", write_der(kDerSequence, write_der(kDerNull, "")), "malformed"},
      {"2.5.29.19", "x", "malformed"},
      {"2.5.29.15", write_der(kDerBitString, std::string(1, '\0')), "malformed"},
  };
  for (const auto& test : kCases) {
    CertificateDraft draft;
    draft.raw_extensions = {{test.oid, false, test.value}};
    EXPECT_THAT(read(draft), fails_with(ErrorCode::kInvalidInput, test.message))
        << test.oid << " " << hex_encode(test.value);
  }
  std::string names;
  for (std::size_t i = 0; i <= kMaxAlternativeNames; ++i) names += write_der(0x86, "https://a");
  CertificateDraft crowd;
  crowd.raw_extensions = {{"2.5.29.17", false, write_der(kDerSequence, names)}};
  EXPECT_THAT(read(crowd), fails_with(ErrorCode::kInvalidInput, "more than 64 names"));
}

TEST(Certificate, TellsAuthoritiesByBothExtensions) {
  const struct {
    std::vector<std::pair<std::string, std::string>> extensions;
    bool is_authority;
    bool may_sign;
  } kCases[] = {
      {{}, false, true},
      {{{"basicConstraints", "CA:TRUE"}}, true, true},
      {{{"basicConstraints", "CA:FALSE"}}, false, true},
      {{{"basicConstraints", "CA:TRUE"}, {"keyUsage", "keyCertSign"}}, true, false},
      {{{"basicConstraints", "CA:TRUE"}, {"keyUsage", "digitalSignature"}}, false, true},
      {{{"keyUsage", "keyCertSign"}}, false, false},
      {{{"keyUsage", "nonRepudiation"}}, false, true},
      {{{"keyUsage", "keyEncipherment"}}, false, false},
  };
  for (const auto& test : kCases) {
    CertificateDraft draft;
    draft.extensions = test.extensions;
    ASSERT_OK_ASSIGN(const auto certificate, read(draft));
    EXPECT_EQ(certificate.is_authority(), test.is_authority);
    EXPECT_EQ(certificate.may_sign(), test.may_sign);
  }
}

TEST(Certificate, MayHoldAKeyThatWeDontUse) {
  const auto issued = self_signed({}, sealift::test::TestKey::rsa(1024));
  ASSERT_OK_ASSIGN(const auto certificate, Certificate::from_der(issued.der, "weak"));
  EXPECT_THAT(certificate.public_key(), fails_with(ErrorCode::kInvalidInput, "1024 bits"));
  EXPECT_EQ(certificate.subject_public_key_info(), issued.key.public_der());
}

// One bit wrong anywhere: it is no certificate, or another one, and never a crash.
TEST(Certificate, IsAnotherOneWithAnyBitChanged) {
  const auto certificate = bundle_certificate(kProvenance);
  for (std::size_t at = 0; at < certificate.der().size(); ++at) {
    std::string changed = certificate.der();
    changed[at] = static_cast<char>(changed[at] ^ (1 << at % 8));
    if (const auto other = Certificate::from_der(changed, "changed")) {
      EXPECT_NE(other->fingerprint(), certificate.fingerprint()) << at;
      EXPECT_EQ(other->der(), changed);
    }
  }
  EXPECT_EQ(ERR_peek_error(), 0u);
}

}  // namespace
}  // namespace sealift::crypto
