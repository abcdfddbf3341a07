#include "sigstore_data.h"
#include "support/certificate_builder.h"
#include "support/result_matchers.h"

#include <sealift/base/digest.h>
#include <sealift/crypto/der.h>
#include <sealift/crypto/signed_certificate_timestamp.h>

#include <gtest/gtest.h>
#include <openssl/x509.h>

namespace sealift::crypto {
namespace {

using namespace test;
using sealift::test::authority_draft;
using sealift::test::fails_with;
using sealift::test::issue;
using sealift::test::leaf_draft;
using sealift::test::self_signed;
using sealift::test::TestKey;
using Algorithm = SignedCertificateTimestamp::Algorithm;

std::string number(std::uint64_t value, int width) {
  std::string out;
  for (int i = width - 1; i >= 0; --i) out.push_back(static_cast<char>(value >> (8 * i) & 0xff));
  return out;
}

std::string vector(const std::string& content) { return number(content.size(), 2) + content; }

// One timestamp in the TLS encoding, right or wrong.
struct Draft {
  int version = 0;
  std::string log_id = std::string(32, 'L');
  std::uint64_t time = 1692374735120;
  std::string extensions = {};
  int hash = 4;
  int signature_type = 3;
  std::string signature = "signature";
  std::string rest = {};

  std::string bytes() const {
    return number(static_cast<std::uint64_t>(version), 1) + log_id + number(time, 8) +
           vector(extensions) + number(static_cast<std::uint64_t>(hash), 1) +
           number(static_cast<std::uint64_t>(signature_type), 1) + vector(signature) + rest;
  }
};

std::string list_of(const std::vector<Draft>& drafts) {
  std::string items;
  for (const auto& draft : drafts) items += vector(draft.bytes());
  return write_der(kDerOctetString, vector(items));
}

// The leaf's TBSCertificate without its timestamps, by OpenSSL.
std::string tbs_by_openssl(const Certificate& leaf) {
  const auto* at = reinterpret_cast<const unsigned char*>(leaf.der().data());
  X509* x509 = d2i_X509(nullptr, &at, static_cast<long>(leaf.der().size()));
  const int index = X509_get_ext_by_NID(x509, NID_ct_precert_scts, -1);
  if (index >= 0) X509_EXTENSION_free(X509_delete_ext(x509, index));
  unsigned char* bytes = nullptr;
  const int size = i2d_re_X509_tbs(x509, &bytes);
  std::string tbs(reinterpret_cast<char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  X509_free(x509);
  return tbs;
}

struct RealCase {
  const char* bundle;
  const char* root;
  std::size_t authority;
  std::size_t log;
  const char* time;
};
constexpr RealCase kReal[] = {
    {kProvenance, kPublicRoot, 1, 1, "2023-08-18T16:05:35Z"},
    {"dsse.json", kPublicRoot, 1, 1, "2022-11-09T23:00:35Z"},
    {"othername.json", kScaffoldingRoot, 0, 0, "2024-07-12T19:06:28Z"},
};

PublicKey log_key(const char* root, std::size_t index) {
  const Json document = sigstore_json(root);
  const Json& log = document.find("ctlogs")->as_array()->at(index);
  return PublicKey::from_der(raw_bytes(*log.find("publicKey")), "log").value();
}

SignedCertificateTimestamp timestamp_of(const Certificate& leaf) {
  return parse_certificate_timestamps(leaf.extension(kCertificateTimestampsExtension)->value)
      .value()
      .at(0);
}

TEST(CertificateTimestamp, OfRealCertificatesFits) {
  for (const auto& test : kReal) {
    const auto leaf = bundle_certificate(test.bundle);
    const auto issuer = authority_chain(test.root, "certificateAuthorities", test.authority)[0];
    const auto timestamp = timestamp_of(leaf);
    EXPECT_EQ(format_timestamp(std::chrono::floor<std::chrono::seconds>(timestamp.time)),
              test.time);
    EXPECT_EQ(timestamp.algorithm, Algorithm::kEcdsaSha256);
    EXPECT_OK(verify_certificate_timestamp(timestamp, leaf, issuer, log_key(test.root, test.log)))
        << test.bundle;
  }
}

TEST(CertificateTimestamp, IsAboutTheCertificateWithoutIt) {
  for (const auto& test : kReal) {
    const auto leaf = bundle_certificate(test.bundle);
    ASSERT_OK_ASSIGN(const auto tbs, precertificate_tbs(leaf));
    EXPECT_EQ(tbs, tbs_by_openssl(leaf)) << test.bundle;
  }
  // In each place among other extensions, and with lengths that shrink to fewer bytes.
  const auto root = self_signed(authority_draft("root"));
  for (const std::size_t size : {1u, 100u, 120u, 250u, 5000u}) {
    for (const std::size_t before : {0u, 1u, 3u}) {
      auto draft = leaf_draft();
      draft.extensions = {};
      for (std::size_t i = 0; i < before; ++i) {
        draft.raw_extensions.push_back({"1.2.3." + std::to_string(i), i == 1, "value"});
      }
      draft.raw_extensions.push_back({std::string(kCertificateTimestampsExtension), false,
                                      write_der(kDerOctetString, std::string(size, 'x'))});
      draft.raw_extensions.push_back({"1.2.4", false, "after"});
      const auto leaf = Certificate::from_der(issue(root, draft).der, "leaf");
      ASSERT_TRUE(leaf.has_value()) << leaf.error().message();
      EXPECT_EQ(precertificate_tbs(*leaf).value(), tbs_by_openssl(*leaf)) << size;
    }
  }
}

TEST(CertificateTimestamp, AsTheOnlyExtensionLeavesNone) {
  auto draft = leaf_draft();
  draft.extensions = {};
  draft.raw_extensions = {{std::string(kCertificateTimestampsExtension), false, list_of({{}})}};
  const auto leaf = Certificate::from_der(self_signed(draft).der, "leaf").value();
  // OpenSSL would write an empty list, which RFC 5280 does not have.
  EXPECT_TRUE(precertificate_tbs(leaf).value().ends_with(leaf.subject_public_key_info()));
}

TEST(CertificateTimestamp, IsMissingWhereTheCertificateHasNone) {
  const auto leaf = Certificate::from_der(self_signed(leaf_draft()).der, "leaf").value();
  EXPECT_THAT(precertificate_tbs(leaf),
              fails_with(ErrorCode::kInvalidInput, "no signed certificate timestamps"));
}

TEST(CertificateTimestamp, FitsOneCertificateIssuerAndLog) {
  const auto leaf = bundle_certificate(kProvenance);
  const auto other = bundle_certificate("dsse.json");
  const auto chain = authority_chain(kPublicRoot, "certificateAuthorities", 1);
  const auto log = log_key(kPublicRoot, 1);
  const auto good = timestamp_of(leaf);
  const auto refused = [&](const SignedCertificateTimestamp& timestamp, const Certificate& about,
                           const Certificate& issuer, const PublicKey& key) {
    EXPECT_THAT(verify_certificate_timestamp(timestamp, about, issuer, key),
                fails_with(ErrorCode::kUntrusted));
  };
  refused(good, other, chain[0], log);
  refused(good, leaf, chain[1], log);
  refused(good, leaf, chain[0], log_key(kPublicRoot, 0));
  auto changed = good;
  changed.time += std::chrono::milliseconds(1);
  refused(changed, leaf, chain[0], log);
  changed = good;
  changed.extensions = "x";
  refused(changed, leaf, chain[0], log);
  changed = good;
  changed.algorithm = Algorithm::kRsaSha256;
  refused(changed, leaf, chain[0], log);
  for (std::size_t at = 0; at < good.signature.size(); ++at) {
    changed = good;
    changed.signature[at] = static_cast<char>(changed.signature[at] ^ 1);
    refused(changed, leaf, chain[0], log);
  }
  for (std::size_t at = 0; at < good.log_id.size(); ++at) {
    changed = good;
    changed.log_id[at] = static_cast<char>(changed.log_id[at] ^ 1);
    refused(changed, leaf, chain[0], log);
  }
}

TEST(CertificateTimestamp, OfALogWithAnRsaKeyFits) {
  const auto log = TestKey::rsa(2048);
  const auto key = PublicKey::from_der(log.public_der(), "log").value();
  const auto leaf = bundle_certificate(kProvenance);
  const auto issuer = authority_chain(kPublicRoot, "certificateAuthorities", 1)[0];
  SignedCertificateTimestamp timestamp;
  timestamp.log_id = Digest::of(key.der()).raw();
  timestamp.algorithm = Algorithm::kRsaSha256;
  timestamp.extensions = "of the log's own";
  timestamp.signature = log.sign(certificate_timestamp_message(timestamp, leaf, issuer).value());
  EXPECT_OK(verify_certificate_timestamp(timestamp, leaf, issuer, key));
  timestamp.algorithm = Algorithm::kEcdsaSha256;
  EXPECT_THAT(verify_certificate_timestamp(timestamp, leaf, issuer, key),
              fails_with(ErrorCode::kUntrusted, "algorithm"));
}

// Logs sign with SHA-256, also those whose key has a longer hash of its own.
TEST(CertificateTimestamp, OfALogOnAnotherCurveIsOverSha256) {
  const auto log = TestKey::ec("P-384");
  const auto key = PublicKey::from_der(log.public_der(), "log").value();
  const auto leaf = bundle_certificate(kProvenance);
  const auto issuer = authority_chain(kPublicRoot, "certificateAuthorities", 1)[0];
  SignedCertificateTimestamp timestamp;
  timestamp.log_id = Digest::of(key.der()).raw();
  const auto message = certificate_timestamp_message(timestamp, leaf, issuer).value();
  timestamp.signature = log.sign(message, "SHA256");
  EXPECT_OK(verify_certificate_timestamp(timestamp, leaf, issuer, key));
  timestamp.signature = log.sign(message, "SHA384");
  EXPECT_THAT(verify_certificate_timestamp(timestamp, leaf, issuer, key),
              fails_with(ErrorCode::kUntrusted, "does not fit the key"));
}

TEST(CertificateTimestamps, ReadBack) {
  Draft second;
  second.log_id = std::string(32, 'M');
  second.extensions = "abc";
  second.signature_type = 1;
  ASSERT_OK_ASSIGN(const auto list, parse_certificate_timestamps(list_of({{}, second})));
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].log_id, std::string(32, 'L'));
  EXPECT_EQ(list[0].time.time_since_epoch().count(), 1692374735120);
  EXPECT_EQ(list[0].signature, "signature");
  EXPECT_EQ(list[1].extensions, "abc");
  EXPECT_EQ(list[1].algorithm, Algorithm::kRsaSha256);
}

TEST(CertificateTimestamps, RefuseEachBrokenRule) {
  const auto refused = [](const std::string& value, const char* message) {
    EXPECT_THAT(parse_certificate_timestamps(value), fails_with(ErrorCode::kInvalidInput, message));
  };
  const auto with = [](void (*change)(Draft&)) {
    Draft draft;
    change(draft);
    return list_of({draft});
  };
  refused("", "no OCTET STRING");
  refused(list_of({{}}) + "x", "no OCTET STRING");
  refused(list_of({}), "is empty");
  refused(write_der(kDerOctetString, ""), "ends too early");
  refused(write_der(kDerOctetString, vector(vector(Draft{}.bytes())) + "x"), "bytes follow");
  refused(write_der(kDerOctetString, vector(vector(""))), "ends too early");
  refused(list_of({{}, {}}), "twice");
  refused(with([](Draft& draft) { draft.version = 1; }), "another version");
  refused(with([](Draft& draft) { draft.time = ~std::uint64_t{0}; }), "out of range");
  refused(with([](Draft& draft) { draft.hash = 2; }), "neither ECDSA nor RSA");
  refused(with([](Draft& draft) { draft.signature_type = 2; }), "neither ECDSA nor RSA");
  refused(with([](Draft& draft) { draft.rest = "x"; }), "bytes follow");
  std::vector<Draft> many(kMaxCertificateTimestamps + 1);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].time += i;
  refused(list_of(many), "more than 16");
  many.pop_back();
  EXPECT_OK(parse_certificate_timestamps(list_of(many)));
  const std::string good = Draft{}.bytes();
  for (std::size_t size = 0; size < good.size(); ++size) {
    refused(write_der(kDerOctetString, vector(vector(good.substr(0, size)))), "ends too early");
  }
}

}  // namespace
}  // namespace sealift::crypto
