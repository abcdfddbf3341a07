#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/console/policy_export.h>
#include <sealift/objects/yaml.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace sealift::console {
namespace {

using sealift::test::test_data;
using testing::AllOf;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::SizeIs;

using Kind = ExportRemark::Kind;

std::string key(const std::string& name, const std::string& file, const std::string& more = "") {
  return "    - {name: " + name +
         ", publicKey: " + dump_json(Json(test_data("crypto/keys/" + file))) + more + "}\n";
}

std::string policy(const std::string& spec, const std::string& name = "shop") {
  return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: " + name +
         "}\nspec:\n" + spec;
}

const std::string kCi =
    "    - name: ci\n      issuer: {equals: https://issuer.example.com}\n"
    "      subject: {matches: 'https://ci[.]example[.]com/.*'}\n";

PolicyExport run(const std::vector<std::string>& texts, ExportTarget target) {
  std::vector<Json> documents;
  std::vector<signing::TrustPolicy> policies;
  for (const auto& text : texts) {
    documents.push_back(objects::parse_yaml(text, "policy.yaml").value().at(0).value);
    policies.push_back(signing::parse_trust_policy(documents.back(), "policy.yaml").value());
  }
  std::vector<ExportSource> sources;
  for (std::size_t i = 0; i < policies.size(); ++i) sources.push_back({policies[i], documents[i]});
  return export_policies(sources, target, parse_timestamp("2026-06-01T00:00:00Z").value());
}

// "refused spec.require: …"
std::vector<std::string> remarks(const PolicyExport& exported) {
  std::vector<std::string> all;
  for (const auto& [kind, policy, field, message] : exported.remarks) {
    all.push_back(std::string(to_string(kind)) + " " + field + ": " + message);
  }
  return all;
}

std::string only(const PolicyExport& exported) {
  EXPECT_THAT(exported.documents, SizeIs(1));
  return exported.documents.empty() ? "" : dump_json(exported.documents[0]);
}

const std::string kOneKey =
    "  repositories: [r.io/shop/*]\n  rollback: allow\n  signatures:\n"
    "    keys:\n" +
    key("release", "p256.pub");

// Two of three, and provenance with conditions of every kind.
std::string whole() {
  return policy(
      "  repositories: ['r.io/shop/**']\n  trustedRoot: {sigstore: public}\n  signers:\n"
      "    keys:\n" +
      key("a", "p256.pub") + key("b", "ed25519.pub") + "    identities:\n" + kCi +
      "  require:\n    all:\n"
      "      - signatures: {threshold: 2, signers: [a, b, ci]}\n"
      "      - any:\n"
      "          - signatures: {signers: [a]}\n"
      "          - attestation:\n"
      "              predicateType: https://slsa.dev/provenance/v1\n"
      "              signers: [ci]\n"
      "              conditions:\n"
      "                - {path: /runDetails/builder/id, equals: 'https://b'}\n"
      "                - {path: /ref, matches: 'main|v[0-9]+'}\n"
      "                - {path: /a~1b/0, oneOf: [1, true]}\n"
      "                - {path: /gone/x, exists: false}\n"
      "                - {path: /deps, every: [{path: /uri, matches: 'git.*'}]}\n"
      "  rollback: deny\n  maxAge: 720h\n");
}

TEST(PolicyExport, KyvernoCountsWhoVerifies) {
  const auto exported = run({whole()}, ExportTarget::kKyverno);
  const auto text = only(exported);
  EXPECT_EQ(exported.count(Kind::kRefused), 0u);
  const auto& spec = *exported.documents.at(0).find("spec");
  EXPECT_EQ(exported.documents[0].string_at({"apiVersion"}), "policies.kyverno.io/v1");
  EXPECT_EQ(exported.documents[0].string_at({"kind"}), "ImageValidatingPolicy");
  EXPECT_EQ(exported.documents[0].string_at({"metadata", "name"}), "sealift-shop");
  ASSERT_EQ(spec.find("attestors")->as_array()->size(), 3u);
  const auto& identity = spec.find("attestors")->as_array()->at(2);
  EXPECT_THAT(dump_json(identity),
              AllOf(HasSubstr(R"("issuer":"https://issuer.example.com")"),
                    HasSubstr(R"("subjectRegExp":"^(?:https://ci[.]example[.]com/.*)$")"),
                    Not(HasSubstr("insecureIgnoreTlog"))));
  EXPECT_THAT(dump_json(spec.find("attestors")->as_array()->at(0)),
              AllOf(HasSubstr("BEGIN PUBLIC KEY"), HasSubstr(R"("insecureIgnoreTlog":true)")));
  const auto expression =
      std::string(spec.find("validations")->as_array()->at(0).string_at({"expression"}));
  for (const auto* part :
       {"(verifyImageSignatures(image, [attestors.signer0, attestors.signer1, attestors.signer2]) "
        ">= 2) && ((verifyImageSignatures(image, [attestors.signer0]) >= 1) || "
        "(verifyAttestationSignatures(image, attestations.type0, [attestors.signer2]) >= 1 && ",
        R"(predicate["runDetails"]["builder"]["id"] in ["https://b"])",
        R"(predicate["ref"].matches("^(?:main|v[0-9]+)$"))", R"(predicate["a/b"][0] in [1, true])",
        R"(!("gone" in extractPayload)", R"(predicate["gone"]["x"] != null))",
        R"(predicate["deps"].all(each0, each0["uri"].matches("^(?:git.*)$")))"}) {
    EXPECT_THAT(expression, HasSubstr(part));
  }
  EXPECT_THAT(remarks(exported), AllOf(Contains(HasSubstr("lost spec.rollback")),
                                       Contains(HasSubstr("lost spec.maxAge"))));
  EXPECT_THAT(export_yaml(exported), HasSubstr("# lost: shop: spec.rollback: "));
  EXPECT_THAT(text, HasSubstr("https://slsa.dev/provenance/v1"));
}

TEST(PolicyExport, KyvernoMatchesTheSameRepositories) {
  const struct {
    const char* pattern;
    const char* expression;
  } kCases[] = {
      {"r.io/shop/web", "^r[.]io(:0*(443|80))?/shop/web([:@].*)?$"},
      {"r.io:443/shop/web", "^r[.]io(:0*(443|80))?/shop/web([:@].*)?$"},
      {"r.io:80/shop/web", "^r[.]io(:0*(443|80))?/shop/web([:@].*)?$"},
      {"r.io:5000/shop/web", "^r[.]io:5000/shop/web([:@].*)?$"},
      {"[::1]/web", "^\\[::1\\](:0*(443|80))?/web([:@].*)?$"},
      {"[::1]:5000/web", "^\\[::1\\]:5000/web([:@].*)?$"},
      {"*.r.io/web", "^[^/@]*[.]r[.]io(:0*(443|80))?/web([:@].*)?$"},
      {"*/web", "^[^/@]*/web([:@].*)?$"},
      {"r.io/shop/*", "^r[.]io(:0*(443|80))?/shop/[^/:@]*([:@].*)?$"},
      {"r.io/shop/**", "^r[.]io(:0*(443|80))?/shop(/[^/:@]+)*([:@].*)?$"},
      {"**/web", "^([^/@]+/)*web([:@].*)?$"},
      {"**", "^([^/@]+/)*[^/:@]*([:@].*)?$"},
  };
  for (const auto& [pattern, expression] : kCases) {
    const auto exported =
        run({policy("  repositories: ['" + std::string(pattern) + "']\n  signatures:\n    keys:\n" +
                    key("release", "p256.pub"))},
            ExportTarget::kKyverno);
    const auto& images =
        *exported.documents.at(0).find_path({"spec", "matchImageReferences"})->as_array();
    EXPECT_EQ(images.at(0).string_at({"expression"}),
              "ref.matches(" + dump_json(Json(expression)) + ")");
  }
}

TEST(PolicyExport, PolicyControllerAsksWhichAuthoritiesMatched) {
  const auto exported = run({whole()}, ExportTarget::kPolicyController);
  (void)only(exported);
  const auto& spec = *exported.documents.at(0).find("spec");
  EXPECT_EQ(exported.documents[0].string_at({"apiVersion"}), "policy.sigstore.dev/v1beta1");
  EXPECT_THAT(
      dump_json(*spec.find("images")),
      R"([{"glob":"r.io/shop/**"},{"glob":"r.io/shop:*"},{"glob":"r.io/shop@*"},)"
      R"({"glob":"r.io:443/shop/**"},{"glob":"r.io:443/shop:*"},{"glob":"r.io:443/shop@*"},)"
      R"({"glob":"r.io:80/shop/**"},{"glob":"r.io:80/shop:*"},{"glob":"r.io:80/shop@*"}])");
  ASSERT_EQ(spec.find("authorities")->as_array()->size(), 5u);
  EXPECT_EQ(spec.string_at({"policy", "data"}),
            "package sigstore\nimport rego.v1\ndefault isCompliant := false\n"
            "matched := object.keys(input.authorityMatches)\n"
            "any0 if {\n  count({\"authority3\"} & matched) >= 1\n}\n"
            "any0 if {\n  count({\"authority4\"} & matched) >= 1\n}\n"
            "isCompliant if {\n"
            "  count({\"authority0\", \"authority1\", \"authority2\"} & matched) >= 2\n"
            "  any0\n}\n");
  const auto& attested = spec.find("authorities")->as_array()->at(4);
  EXPECT_EQ(attested.string_at({"signatureFormat"}), "bundle");
  const auto& asked = attested.find("attestations")->as_array()->at(0);
  EXPECT_EQ(asked.string_at({"policy", "data"}),
            "package sigstore\nimport rego.v1\ndefault isCompliant := false\nisCompliant if {\n"
            "  input.predicate[\"runDetails\"][\"builder\"][\"id\"] in [\"https://b\"]\n"
            "  regex.match(\"^(?:main|v[0-9]+)$\", input.predicate[\"ref\"])\n"
            "  input.predicate[\"a/b\"][0] in [1, true]\n"
            "  object.get(input.predicate, [\"gone\", \"x\"], null) == null\n"
            "  is_array(input.predicate[\"deps\"])\n"
            "  every each1 in input.predicate[\"deps\"] {\n"
            "    regex.match(\"^(?:git.*)$\", each1[\"uri\"])\n"
            "  }\n}\n");
  EXPECT_THAT(remarks(exported), Contains(HasSubstr("lost spec.signers.keys: what keys signed is "
                                                    "read under the tags .sig and .att alone")));
}

TEST(PolicyExport, PolicyControllerTakesARegistryWithEachPortThatMeansTheSame) {
  const auto images = [](const std::string& pattern) {
    const auto exported =
        run({policy("  repositories: ['" + pattern + "']\n  signatures:\n    keys:\n" +
                    key("release", "p256.pub"))},
            ExportTarget::kPolicyController);
    std::vector<std::string> globs;
    for (const auto& document : exported.documents) {
      for (const auto& image : *document.find_path({"spec", "images"})->as_array()) {
        globs.emplace_back(image.string_at({"glob"}));
      }
    }
    for (const auto& remark : remarks(exported)) {
      if (remark.starts_with("refused")) globs.push_back(remark);
    }
    return globs;
  };
  const std::vector<std::string> all = {"r.io/web:*",     "r.io/web@*",    "r.io:443/web:*",
                                        "r.io:443/web@*", "r.io:80/web:*", "r.io:80/web@*"};
  for (const auto* same : {"r.io/web", "r.io:443/web", "r.io:80/web"}) EXPECT_EQ(images(same), all);
  EXPECT_THAT(images("r.io:5000/web"), ElementsAre("r.io:5000/web:*", "r.io:5000/web@*"));
  EXPECT_THAT(images("*/web"), ElementsAre("*/web:*", "*/web@*"));
  EXPECT_THAT(images("**"), ElementsAre("**"));
  EXPECT_THAT(images("[::1]:5000/web"),
              Contains(HasSubstr("refused spec.repositories: [::1]:5000/web cannot be written")));
}

TEST(PolicyExport, FluxTakesOneOfKeysOrIdentities) {
  auto exported = run({policy("  repositories: [r.io/shop/web, r.io/shop/api]\n  signatures:\n"
                              "    keys:\n" +
                              key("release", "p256.pub") + key("other", "ed25519.pub"))},
                      ExportTarget::kFlux);
  ASSERT_THAT(exported.documents, SizeIs(3));
  EXPECT_EQ(exported.documents[0].string_at({"kind"}), "Secret");
  EXPECT_THAT(exported.documents[0].string_at({"stringData", "signer1.pub"}),
              HasSubstr("BEGIN PUBLIC KEY"));
  EXPECT_EQ(exported.documents[1].string_at({"spec", "url"}), "oci://r.io/shop/web");
  EXPECT_EQ(exported.documents[1].string_at({"spec", "verify", "secretRef", "name"}),
            exported.documents[0].string_at({"metadata", "name"}));
  EXPECT_EQ(exported.documents[2].string_at({"metadata", "name"}), "sealift-shop-1");

  exported = run({policy("  repositories: ['r.io/**']\n  trustedRoot: {sigstore: public}\n"
                         "  signatures:\n    identities:\n" +
                         kCi)},
                 ExportTarget::kFlux);
  EXPECT_THAT(only(exported),
              HasSubstr(R"("matchOIDCIdentity":[{"issuer":"^https://issuer\\.example\\.com$",)"
                        R"("subject":"^(?:https://ci[.]example[.]com/.*)$"}])"));
  EXPECT_THAT(remarks(exported), Contains(HasSubstr("lost spec.repositories: r.io/**")));
}

// What would accept more than the policy does is not written.
TEST(PolicyExport, RefusesWhatItCannotExpress) {
  const auto with = [](const std::string& require) {
    return policy(
        "  repositories: [r.io/x]\n  trustedRoot: {sigstore: public}\n  signers:\n"
        "    keys:\n" +
        key("a", "p256.pub") + key("old", "ed25519.pub", ", notAfter: '2026-01-01T00:00:00Z'") +
        "    identities:\n" + kCi +
        "      extensions: {sourceRepositoryRef: {equals: x}}\n"
        "  require:\n" +
        require);
  };
  const std::string two = "    signatures: {threshold: 2, signers: [a, old]}\n";
  const std::string ci = "    signatures: {signers: [ci]}\n";
  const std::string attested =
      "    attestation:\n      predicateType: https://slsa.dev/provenance/v1\n"
      "      signers: [a]\n      conditions: [{path: /v, version: '>=1.0'}]\n";
  const std::string two_identities =
      "  repositories: [r.io/x]\n  trustedRoot: {sigstore: public}\n  signatures:\n"
      "    threshold: 2\n    identities:\n" +
      kCi +
      "    - {name: team, issuer: {equals: 'https://issuer.example.com'}, subject: {matches: "
      "'https://.*'}}\n";
  const struct {
    std::string text;
    ExportTarget target;
    const char* remark;
  } kCases[] = {
      {with(two), ExportTarget::kKyverno, "not enough have a key that counts now"},
      {with(ci), ExportTarget::kKyverno, "\"ci\" has extensions"},
      {with(ci), ExportTarget::kPolicyController, "\"ci\" has extensions"},
      {with(ci), ExportTarget::kFlux, "\"ci\" has extensions"},
      {with(attested), ExportTarget::kKyverno, "a range of versions (/v)"},
      {with(attested), ExportTarget::kPolicyController, "a range of versions (/v)"},
      {with(attested), ExportTarget::kFlux, "Flux asks for one signature"},
      {whole(), ExportTarget::kFlux, "Flux asks for one signature"},
      {with("    signatures: {threshold: 2, signers: [a, ci]}\n"), ExportTarget::kFlux,
       "a threshold of 2"},
      {policy(two_identities), ExportTarget::kKyverno, "would count there twice"},
      {policy(two_identities), ExportTarget::kPolicyController, "would count there twice"},
      {policy("  repositories: ['oci-layout:/srv/*']\n  signatures:\n    keys:\n" +
              key("a", "p256.pub")),
       ExportTarget::kKyverno, "none is a repository of images"},
  };
  for (const auto& test : kCases) {
    const auto exported = run({test.text}, test.target);
    EXPECT_THAT(exported.documents, IsEmpty()) << test.remark;
    EXPECT_THAT(remarks(exported),
                Contains(AllOf(HasSubstr("refused spec"), HasSubstr(test.remark))));
  }
}

TEST(PolicyExport, WritesNoObjectTwice) {
  const auto exported =
      run({policy(kOneKey, "shop.prod"), policy(kOneKey, "shop-prod")}, ExportTarget::kKyverno);
  EXPECT_THAT(exported.documents, SizeIs(1));
  EXPECT_THAT(remarks(exported), Contains(HasSubstr("refused metadata.name: another policy's")));
}

TEST(PolicyExport, CountsPatternsBeforeItWritesThem) {
  std::string pattern = "r.io";
  for (int i = 0; i < 30; ++i) pattern += "/**/x";
  const auto exported = run({policy("  repositories: ['" + pattern +
                                    "']\n  signatures:\n    keys:\n" + key("a", "p256.pub"))},
                            ExportTarget::kPolicyController);
  EXPECT_THAT(exported.documents, IsEmpty());
  EXPECT_THAT(remarks(exported), Contains(HasSubstr("too many patterns")));
}

TEST(PolicyExport, WritesTheOthersAndSaysWhatDiffersAmongThem) {
  const auto exported = run(
      {policy(kOneKey),
       policy("  repositories: ['oci-layout:x']\n  signatures:\n    keys:\n" + key("a", "p256.pub"),
              "layout")},
      ExportTarget::kPolicyController);
  EXPECT_THAT(exported.documents, SizeIs(1));
  EXPECT_EQ(exported.count(Kind::kRefused), 1u);
  EXPECT_THAT(remarks(exported),
              Contains(HasSubstr("note spec.repositories: of several policies the most specific")));
  const Json json = to_json(exported);
  EXPECT_EQ(json.find("documents")->as_array()->size(), 1u);
  EXPECT_EQ(json.find("remarks")->as_array()->size(), exported.remarks.size());
}

}  // namespace
}  // namespace sealift::console
