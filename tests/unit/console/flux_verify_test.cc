#include "flux_sample.h"
#include "support/test_data.h"

#include <sealift/base/encoding.h>
#include <sealift/signing/trust_policy.h>

#include <gmock/gmock.h>

namespace sealift::console {
namespace {

using testing::ElementsAre;
using Kind = ConversionRemark::Kind;

// base64 of a PEM public key (P-256).
constexpr const char* kPublicKey =
    "-----BEGIN PUBLIC KEY-----\n"
    "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt\n"
    "6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==\n"
    "-----END PUBLIC KEY-----\n";

std::string key_secret() {
  std::string pem = kPublicKey;
  for (auto at = pem.find('\n'); at != std::string::npos; at = pem.find('\n', at + 7)) {
    pem.replace(at, 1, "\n    ");
    at -= 2;
  }
  return "---\napiVersion: v1\nkind: Secret\nmetadata: {name: cosign-pub, namespace: apps}\n"
         "stringData:\n  release.pub: |\n    " +
         pem + "\n  notes.txt: not a key\n";
}

const std::string kVerify = "  verify: {provider: cosign, secretRef: {name: cosign-pub}}\n";

TEST(ConvertVerify, KeysBecomeATrustPolicy) {
  const auto conversion =
      convert(source(kVerify) + kustomization("  prune: true\n") + key_secret());
  ASSERT_EQ(conversion.documents.size(), 2u);
  const auto& policy = conversion.documents[1].document;
  ASSERT_OK_ASSIGN(const auto parsed, signing::parse_trust_policy(policy, "the result"));
  EXPECT_EQ(parsed.name, "apps-web");
  EXPECT_THAT(parsed.repositories, ElementsAre("ghcr.io/stefanprodan/manifests/podinfo"));
  ASSERT_EQ(parsed.keys.size(), 1u);
  EXPECT_EQ(parsed.keys[0].name, "release");
  EXPECT_EQ(parsed.rollback, signing::TrustPolicy::Rollback::kAllow) << "as Flux has it";
}

// Go looks for a match anywhere in the text; what it finds is accepted, and nothing else.
TEST(ConvertVerify, IdentitiesMeanWhatTheyMeantToFlux) {
  struct Case {
    const char* expression;
    std::vector<std::string> accepted, refused;
  };
  const std::vector<Case> table = {
      {"^https://github[.]com/acme/.*$",
       {"https://github.com/acme/", "https://github.com/acme/shop"},
       {"x https://github.com/acme/shop", "https://github.com/other"}},
      {"github[.]com/acme", {"https://github.com/acme/shop", "github.com/acme"}, {"github.com"}},
      {"^a|b$", {"a", "ax", "xb", "b"}, {"xa", "bx", "xax"}},
      {"^a", {"a", "ab"}, {"ba"}},
      {"a\\$", {"a$", "xa$x"}, {"a"}},
      {"^a\\$", {"a$", "a$x"}, {"a", "xa$"}},
  };
  for (const auto& [expression, accepted, refused] : table) {
    SCOPED_TRACE(expression);
    const std::string text = expression;
    const auto conversion =
        convert(source("  verify:\n    provider: cosign\n    matchOIDCIdentity:\n"
                       "      - {issuer: '" +
                       text + "', subject: '" + text + "'}\n      - {issuer: b, subject: c}\n") +
                kustomization("  prune: true\n"));
    ASSERT_EQ(conversion.documents.size(), 2u);
    ASSERT_OK_ASSIGN(const auto policy,
                     signing::parse_trust_policy(conversion.documents[1].document, "the result"));
    ASSERT_EQ(policy.identities.size(), 2u);
    ASSERT_TRUE(policy.root);
    EXPECT_EQ(policy.root->trusted->transparency_logs.all().empty(), false);
    const auto& [name, issuer, claims] = policy.identities[0].rule;
    for (const auto& each : accepted)
      EXPECT_TRUE(name.accepts(each) && issuer.accepts(each)) << each;
    for (const auto& each : refused)
      EXPECT_FALSE(name.accepts(each) || issuer.accepts(each)) << each;
    const auto& quorum = std::get<signing::SignatureRequirement>(policy.require.rule).quorum;
    EXPECT_EQ(quorum.threshold, 1u);
    EXPECT_EQ(quorum.transparency_of_identities(), signing::Transparency::kRequired);
  }
}

TEST(ConvertVerify, TakesTheRootOfASecret) {
  const std::string identity =
      "  verify:\n    provider: cosign\n    trustedRootSecretRef: {name: root}\n"
      "    matchOIDCIdentity: [{issuer: '^i$', subject: '^s$'}]\n";
  const std::string root =
      sealift::test::test_data("sigstore/bundles/scaffolding.trusted_root.json");
  const std::string secret =
      "---\napiVersion: v1\nkind: Secret\nmetadata: {name: root, "
      "namespace: apps}\n";
  for (const auto& entries : {"data: {trusted_root.json: " + base64_encode(root) + "}\n",
                              "stringData: {trusted_root.json: " + dump_json(Json(root)) + "}\n"}) {
    const auto conversion =
        convert(source(identity) + kustomization("  prune: true\n") + secret + entries);
    ASSERT_EQ(conversion.documents.size(), 2u);
    EXPECT_EQ(conversion.documents[1].document.string_at({"spec", "trustedRoot", "inline"}), root);
  }
}

TEST(ConvertVerify, SaysWhatNoPolicyCanSay) {
  const std::string app = kustomization("  prune: true\n");
  const std::vector<std::pair<std::string, std::vector<std::string>>> table = {
      {source(kVerify) + app, {"spec.verify.secretRef"}},
      {source("  verify: {provider: notation, secretRef: {name: cosign-pub}}\n") + app +
           key_secret(),
       {"spec.verify.provider"}},
      {source("  verify: {provider: cosign}\n") + app, {"spec.verify"}},
      {source("  verify:\n    provider: cosign\n    matchOIDCIdentity: [{issuer: a}]\n") + app,
       {"spec.verify.matchOIDCIdentity"}},
      {source("  verify:\n    provider: cosign\n    matchOIDCIdentity: [{issuer: a, subject: "
              "'(?i)b'}]\n") +
           app,
       {"spec.verify"}},
      {source("  verify:\n    provider: cosign\n    trustedRootSecretRef: {name: root}\n"
              "    matchOIDCIdentity: [{issuer: a, subject: b}]\n") +
           app,
       {"spec.verify.trustedRootSecretRef"}},
      {source(kVerify) + app +
           "---\napiVersion: v1\nkind: Secret\nmetadata: {name: cosign-pub, namespace: apps}\n"
           "data: {a.pub: '!'}\n",
       {"spec.verify.secretRef", "spec.verify"}},
  };
  for (const auto& [input, lost] : table) {
    const auto conversion = convert(input);
    EXPECT_EQ(conversion.documents.size(), 1u) << input;
    EXPECT_EQ(losses(conversion), lost) << input;
  }
  const auto unsigned_source = convert(source("") + app);
  EXPECT_THAT(losses(unsigned_source, Kind::kNote), testing::Contains("spec.verify"));
}

}  // namespace
}  // namespace sealift::console
