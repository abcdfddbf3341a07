#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/sigstore/trusted_root.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::fails_with;
using sealift::test::test_data;

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

}  // namespace
}  // namespace sealift::sigstore
