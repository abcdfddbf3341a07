#include "support/certificate_builder.h"
#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/sigstore/trusted_root.h>

#include <gtest/gtest.h>

#include <functional>

namespace sealift::sigstore {
namespace {

using sealift::test::fails_with;
using sealift::test::test_data;
using sealift::test::TestKey;

constexpr const char* kPublicRoot = "sigstore/tuf/targets/trusted_root.json";

Timestamp at(std::string_view text) { return parse_timestamp(text).value(); }

Result<TrustedRoot> parse_root(const Json& json) {
  return parse_trusted_root(dump_json(json), "root");
}

Json public_root() { return parse_json(test_data(kPublicRoot), "public root").value(); }

Json& log_of(Json& root, const char* list = "tlogs") {
  return root.find(list)->as_array()->front();
}
Json& authority_of(Json& root, const char* list = "certificateAuthorities") {
  return root.find(list)->as_array()->back();
}

TEST(TrustedRoot, ReadsThePublicOne) {
  ASSERT_OK_ASSIGN(const auto root, parse_trusted_root(test_data(kPublicRoot), "public root"));
  const auto& logs = root.transparency_logs.all();
  ASSERT_EQ(logs.size(), 2u);
  EXPECT_EQ(logs[0].base_url, "https://rekor.sigstore.dev");
  EXPECT_EQ(logs[0].origin, "rekor.sigstore.dev");
  EXPECT_EQ(logs[0].scheme, crypto::SignatureScheme::kEcdsaP256Sha256);
  EXPECT_EQ(logs[0].validity.to_string(), "since 2021-01-12T11:53:27Z");
  EXPECT_EQ(logs[1].origin, "log2025-1.rekor.sigstore.dev");
  EXPECT_EQ(logs[1].scheme, crypto::SignatureScheme::kEd25519);
  for (const auto& log : logs) EXPECT_EQ(root.transparency_logs.find(log.id), &log);
  EXPECT_EQ(root.transparency_logs.find("another"), nullptr);

  ASSERT_EQ(root.certificate_logs.all().size(), 2u);
  EXPECT_EQ(root.certificate_logs.all()[0].validity.to_string(),
            "2021-03-14T00:00:00Z to 2022-10-31T23:59:59Z");
  EXPECT_EQ(root.certificate_logs.find(logs[0].id), nullptr);

  ASSERT_EQ(root.certificate_authorities.size(), 2u);
  EXPECT_EQ(root.certificate_authorities[1].uri, "https://fulcio.sigstore.dev");
  EXPECT_EQ(root.certificate_authorities[1].organization, "sigstore.dev");
  EXPECT_EQ(root.certificate_authorities[1].common_name, "sigstore");
  EXPECT_EQ(root.certificate_authorities[1].anchor().subject(), "CN=sigstore,O=sigstore.dev");
  ASSERT_EQ(root.certificate_authorities[1].intermediates().size(), 1u);
  EXPECT_EQ(root.certificate_authorities[1].intermediates()[0].subject(),
            "CN=sigstore-intermediate,O=sigstore.dev");
  ASSERT_EQ(root.timestamp_authorities.size(), 1u);
  EXPECT_EQ(root.timestamp_authorities[0].certificates.size(), 2u);
}

TEST(TrustedRoot, ReadsPrivateOnes) {
  EXPECT_OK(parse_trusted_root(test_data("sigstore/bundles/scaffolding.trusted_root.json"), "s"));
  ASSERT_OK_ASSIGN(
      const auto root,
      parse_trusted_root(test_data("sigstore/bundles/public-key-validity.trusted_root.json"), "k"));
  EXPECT_TRUE(root.transparency_logs.all().empty());
  ASSERT_EQ(root.timestamp_authorities.size(), 1u);
  EXPECT_EQ(root.timestamp_authorities[0].certificates.size(), 3u);
}

TEST(ValidityPeriod, IncludesBothEnds) {
  const ValidityPeriod period{at("2024-01-01T00:00:00Z"), at("2024-12-31T23:59:59Z")};
  EXPECT_FALSE(period.contains(at("2023-12-31T23:59:59Z")));
  EXPECT_TRUE(period.contains(at("2024-01-01T00:00:00Z")));
  EXPECT_TRUE(period.contains(at("2024-12-31T23:59:59Z")));
  EXPECT_FALSE(period.contains(at("2025-01-01T00:00:00Z")));
  EXPECT_TRUE((ValidityPeriod{std::nullopt, period.end}).contains(at("1999-01-01T00:00:00Z")));
  EXPECT_TRUE((ValidityPeriod{period.start, std::nullopt}).contains(at("2999-01-01T00:00:00Z")));
}

TEST(TrustedRoot, AcceptsEachFormThatIsInUse) {
  Json root = public_root();
  root.set("mediaType", "application/vnd.dev.sigstore.trustedroot.v0.2+json");
  log_of(root).find("publicKey")->find("validFor")->set("end", nullptr);
  log_of(root).set("operator", "sigstore.dev");
  log_of(root).set("checkpointKeyId", Json::Object{{"keyId", "wNI9ag=="}});
  authority_of(root).set("operator", "sigstore.dev");
  authority_of(root).set("validFor", nullptr);
  ASSERT_OK_ASSIGN(const auto read, parse_root(root));
  EXPECT_EQ(read.transparency_logs.all()[0].validity.end, std::nullopt);
  EXPECT_EQ(read.certificate_authorities[1].validity.to_string(), "always");
}

Json log_key(const TestKey& key, const char* details) {
  return Json::Object{{"rawBytes", base64_encode(key.public_der())},
                      {"keyDetails", details},
                      {"validFor", Json::Object{{"start", "2026-01-01T00:00:00Z"}}}};
}

TEST(TrustedRoot, ReadsEachTypeOfKey) {
  const TestKey rsa = TestKey::rsa(2048);
  const struct {
    TestKey key;
    const char* details;
    crypto::SignatureScheme scheme;
  } kCases[] = {
      {TestKey::ec(), "PKIX_ECDSA_P256_SHA_256", crypto::SignatureScheme::kEcdsaP256Sha256},
      {TestKey::ec("P-384"), "PKIX_ECDSA_P384_SHA_384", crypto::SignatureScheme::kEcdsaP384Sha384},
      {TestKey::ec("P-521"), "PKIX_ECDSA_P521_SHA_512", crypto::SignatureScheme::kEcdsaP521Sha512},
      {TestKey::ed25519(), "PKIX_ED25519", crypto::SignatureScheme::kEd25519},
      {rsa, "PKIX_RSA_PKCS1V15_2048_SHA256", crypto::SignatureScheme::kRsaPkcs1Sha256},
      {rsa, "PKIX_RSA_PSS_2048_SHA256", crypto::SignatureScheme::kRsaPssSha256},
      {rsa, "PKIX_RSA_PKCS1V5", crypto::SignatureScheme::kRsaPkcs1Sha256},
  };
  for (const auto& each : kCases) {
    Json root = public_root();
    log_of(root).set("publicKey", log_key(each.key, each.details));
    ASSERT_OK_ASSIGN(const auto read, parse_root(root));
    EXPECT_EQ(read.transparency_logs.all()[0].scheme, each.scheme);
    EXPECT_EQ(read.transparency_logs.all()[0].key.der(), each.key.public_der());
    // No key passes for one of another type or strength.
    for (const auto& other : kCases) {
      log_of(root).set("publicKey", log_key(each.key, other.details));
      const bool is_rsa = std::string_view(other.details).find("RSA") != std::string::npos;
      const bool was_rsa = std::string_view(each.details).find("RSA") != std::string::npos;
      if ((is_rsa && was_rsa) || other.details == each.details) continue;
      EXPECT_THAT(parse_root(root), fails_with(ErrorCode::kInvalidInput, "keyDetails says"))
          << each.details << " as " << other.details;
    }
  }
  for (const char* details : {"PKIX_RSA_PKCS1V15_3072_SHA256", "PKIX_RSA_PKCS1V15_4096_SHA256"}) {
    Json root = public_root();
    log_of(root).set("publicKey", log_key(rsa, details));
    EXPECT_THAT(parse_root(root), fails_with(ErrorCode::kInvalidInput, "keyDetails says"));
  }
  for (const char* details : {"PKIX_ED25519_PH", "PKIX_ECDSA_P384_SHA_256", "ML_DSA_65", ""}) {
    Json root = public_root();
    log_of(root).set("publicKey", log_key(TestKey::ed25519(), details));
    EXPECT_THAT(parse_root(root), fails_with(ErrorCode::kInvalidInput, "not a kind of key"));
  }
}

// The encoding that the staging instance of Sigstore has.
TEST(TrustedRoot, ReadsKeysOfPkcs1) {
  const std::string pem = test_data("crypto/keys/rsa2048.pkcs1.pub");
  std::string base64 = pem.substr(pem.find('\n') + 1);
  base64 = base64.substr(0, base64.find("-----"));
  std::erase(base64, '\n');
  Json root = public_root();
  Json& key = *log_of(root, "ctlogs").find("publicKey");
  key.set("rawBytes", base64);
  key.set("keyDetails", "PKCS1_RSA_PKCS1V5");
  ASSERT_OK_ASSIGN(const auto read, parse_root(root));
  EXPECT_EQ(read.certificate_logs.all()[0].key.to_pem(), test_data("crypto/keys/rsa2048.pub"));
  key.set("keyDetails", "PKIX_RSA_PKCS1V5");
  EXPECT_THAT(parse_root(root), fails_with(ErrorCode::kInvalidInput));
}

TEST(TrustedRoot, TakesTheHostForTheOrigin) {
  const std::pair<const char*, const char*> kCases[] = {
      {"https://log.example.com", "log.example.com"},
      {"https://log.example.com/", "log.example.com"},
      {"https://log.example.com:8080/path", "log.example.com"},
      {"http://user@log.example.com?x", "log.example.com"},
      {"http://[2001:db8::1]:80/", "2001:db8::1"},
      {"log.example.com", ""},
      {"", ""},
  };
  for (const auto& [url, origin] : kCases) {
    Json root = public_root();
    log_of(root).set("baseUrl", url);
    ASSERT_OK_ASSIGN(const auto read, parse_root(root));
    EXPECT_EQ(read.transparency_logs.all()[0].origin, origin) << url;
  }
}

TEST(TrustedRoot, RefusesEachBrokenRule) {
  const std::pair<const char*, std::function<void(Json&)>> kCases[] = {
      {"version 0.1 or 0.2", [](Json& root) { root.set("mediaType", "application/json"); }},
      {"is there twice", [](Json& root) { root.find("tlogs")->push_back(Json(log_of(root))); }},
      {"32 or 4 bytes",
       [](Json& root) { log_of(root).set("logId", Json::Object{{"keyId", "AAAA"}}); }},
      {"not the ID of this key",
       [](Json& root) {
         log_of(root).set("checkpointKeyId", Json::Object{{"keyId", "AAAAAA=="}});
       }},
      {"validFor.start: is required",
       [](Json& root) { log_of(root).find("publicKey")->find("validFor")->erase("start"); }},
      {"validFor.start: is required",
       [](Json& root) { log_of(root).find("publicKey")->erase("validFor"); }},
      {"before the start",
       [](Json& root) { authority_of(root).find("validFor")->set("end", "2020-01-01T00:00:00Z"); }},
      {"must be SHA2_256", [](Json& root) { log_of(root).set("hashAlgorithm", "SHA2_512"); }},
      {"1 to 10 certificates",
       [](Json& root) {
         authority_of(root).find("certChain")->set("certificates", Json::array());
       }},
      {"not who issued",
       [](Json& root) {
         auto& chain = *authority_of(root).find("certChain")->find("certificates")->as_array();
         std::swap(chain[0], chain[1]);
       }},
      {"more than 64 logs",
       [](Json& root) { root.set("ctlogs", Json::Array(65, log_of(root, "ctlogs"))); }},
      {"more than 64 authorities",
       [](Json& root) { root.set("timestampAuthorities", Json::Array(65, authority_of(root))); }},
  };
  for (const auto& [message, change] : kCases) {
    Json root = public_root();
    change(root);
    EXPECT_THAT(parse_root(root), fails_with(ErrorCode::kInvalidInput, message));
  }
  EXPECT_THAT(parse_trusted_root(std::string(kMaxTrustedRootBytes + 1, ' '), "root"),
              fails_with(ErrorCode::kInvalidInput));
}

}  // namespace
}  // namespace sealift::sigstore
