#include "support/result_matchers.h"
#include "support/test_data.h"
#include "support/test_sigstore.h"

#include <sealift/signing/trust_policy.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

// The parts of a TrustPolicy that name signers and combine requirements.
namespace sealift::signing {
namespace {

using sealift::test::fails_with;
using sealift::test::test_data;

// In this file a policy is JSON with 'single quotes'.
Json json(std::string text) {
  std::replace(text.begin(), text.end(), '\'', '"');
  return parse_json(text, "test").value();
}

Json good_document() {
  Json document = json(R"({
    'apiVersion': 'sealift.dev/v1alpha1', 'kind': 'TrustPolicy', 'metadata': {'name': 'shop'},
    'spec': {
      'repositories': ['r.example.com/shop/**'],
      'signers': {
        'keys': [{'name': 'release', 'revokedAt': '2026-05-01T00:00:00Z'}, {'name': 'security'}],
        'identities': [{
          'name': 'ci',
          'issuer': {'equals': 'https://token.actions.githubusercontent.com'},
          'subject': {'matches': 'https://github[.]com/acme/shop/.*'},
          'extensions': {'sourceRepositoryRef': {'equals': 'refs/heads/main'},
                         'runnerEnvironment': {'matches': 'github-hosted|self-hosted'}}}]},
      'trustedRoot': {},
      'require': {'all': [
        {'signatures': {'threshold': 2, 'signers': ['release', 'security', 'ci']}},
        {'any': [
          {'attestation': {'predicateType': 'https://slsa.dev/provenance/v1', 'signers': ['ci'],
                           'conditions': [{'path': '/a', 'equals': 'b'}]}},
          {'signatures': {'signers': ['security'], 'transparency': 'preferred'}}]}]},
      'freshness': {'maxAge': '24h', 'signers': ['ci'],
                    'repositories': ['origin.example.com/shop', 'old.example.com/**']}}})");
  Json& spec = *document.find("spec");
  auto& keys = *spec.find("signers")->find("keys")->as_array();
  keys[0].set("publicKey", test_data("crypto/keys/p256.pub"));
  keys[1].set("publicKey", test_data("crypto/keys/ed25519.pub"));
  static const std::string root = dump_json(sealift::test::TestSigstore().trusted_root());
  spec.find("trustedRoot")->set("inline", root);
  return document;
}

TEST(Requirement, IsReadAsItIsWritten) {
  ASSERT_OK_ASSIGN(const auto policy, parse_trust_policy(good_document(), "policy"));
  ASSERT_EQ(policy.keys.size(), 2u);
  EXPECT_EQ(format_timestamp(policy.keys[0].revoked_at.value()), "2026-05-01T00:00:00Z");
  EXPECT_FALSE(policy.keys[1].revoked_at);
  ASSERT_EQ(policy.identities.size(), 1u);
  const auto& identity = policy.identities[0];
  EXPECT_EQ(identity.name, "ci");
  EXPECT_TRUE(identity.rule.issuer.accepts("https://token.actions.githubusercontent.com"));
  EXPECT_TRUE(identity.rule.name.accepts("https://github.com/acme/shop/x"));
  EXPECT_FALSE(identity.rule.name.accepts("https://evil.com/?https://github.com/acme/shop/x"));
  ASSERT_EQ(identity.rule.claims.size(), 2u);
  EXPECT_EQ(identity.rule.claims[0].first, sigstore::Claim::kSourceRepositoryRef);
  EXPECT_EQ(policy.root.value().name, "inline");
  EXPECT_EQ(policy.root->trusted->certificate_authorities.size(), 1u);

  const auto& all = std::get<Combination>(policy.require.rule);
  EXPECT_EQ(all.kind, Combination::Kind::kAll);
  ASSERT_EQ(all.of.size(), 2u);
  const auto& first = std::get<SignatureRequirement>(all.of[0].rule).quorum;
  EXPECT_EQ(first.threshold, 2u);
  EXPECT_EQ(first.transparency_of_keys(), Transparency::kWaived);
  EXPECT_EQ(first.transparency_of_identities(), Transparency::kRequired);
  const auto& any = std::get<Combination>(all.of[1].rule);
  EXPECT_EQ(any.kind, Combination::Kind::kAny);
  const auto& attestation = std::get<AttestationRequirement>(any.of.at(0).rule);
  EXPECT_EQ(attestation.predicate_type, "https://slsa.dev/provenance/v1");
  EXPECT_EQ(attestation.conditions.size(), 1u);
  const auto& preferred = std::get<SignatureRequirement>(any.of.at(1).rule).quorum;
  EXPECT_EQ(preferred.transparency_of_identities(), Transparency::kPreferred);
  EXPECT_EQ(policy.freshness.value().max_age, std::chrono::hours(24));
  EXPECT_EQ(policy.freshness->repositories,
            (std::vector<std::string>{"origin.example.com/shop", "old.example.com/**"}));
  EXPECT_EQ(quorums_of(policy).size(), 4u);
  EXPECT_TRUE(needs_attestations(policy));
}

TEST(Requirement, ThePublicRootHasItsNameAndDay) {
  Json document = good_document();
  document.find("spec")->set("trustedRoot", json("{'sigstore': 'public'}"));
  ASSERT_OK_ASSIGN(const auto policy, parse_trust_policy(document, "policy"));
  EXPECT_THAT(policy.root.value().name, testing::StartsWith("public Sigstore of 20"));
  EXPECT_FALSE(policy.root->trusted->certificate_authorities.empty());
}

TEST(Requirement, ARootOfAFolderIsReadLater) {
  Json document = good_document();
  document.find("spec")->set("trustedRoot", json("{'folder': 'sigstore-1.x'}"));
  ASSERT_OK_ASSIGN(const auto policy, parse_trust_policy(document, "policy"));
  EXPECT_FALSE(policy.root);
  EXPECT_EQ(policy.root_folder.value().name, "sigstore-1.x");
  EXPECT_EQ(policy.root_folder->target, "trusted_root.json");
  EXPECT_EQ(policy.root_folder->allowed_since_expiry, std::chrono::seconds(0));
  document.find("spec")->set("trustedRoot",
                             json("{'folder': 's', 'target': 'a/b.json', 'allowExpired': '720h'}"));
  ASSERT_OK_ASSIGN(const auto other, parse_trust_policy(document, "policy"));
  EXPECT_EQ(other.root_folder->target, "a/b.json");
  EXPECT_EQ(other.root_folder->allowed_since_expiry, std::chrono::hours(720));
}

TEST(Requirement, TheShortFormTakesIdentitiesToo) {
  Json document = good_document();
  Json& spec = *document.find("spec");
  spec.erase("require");
  spec.erase("freshness");
  spec.set("signatures", *spec.find("signers"));
  spec.erase("signers");
  ASSERT_OK_ASSIGN(const auto policy, parse_trust_policy(document, "policy"));
  const auto& quorum = std::get<SignatureRequirement>(policy.require.rule).quorum;
  EXPECT_EQ(quorum.signers, (std::vector<std::string>{"release", "security", "ci"}));
  EXPECT_EQ(quorum.threshold, 1u);
  EXPECT_FALSE(needs_attestations(policy));
}

// Deep enough for every combination: all of any.
std::string nested(int depth) {
  std::string text = "{'signatures': {'signers': ['release']}}";
  for (int i = 0; i < depth; ++i) text = (i % 2 == 0 ? "{'any': [" : "{'all': [") + text + "]}";
  return text;
}

std::string repeated(const std::string& element, int count) {
  std::string list;
  for (int i = 0; i < count; ++i) list += (i == 0 ? "" : ", ") + element;
  return "[" + list + "]";
}

TEST(Requirement, IsRefusedWhereItCannotBeMeant) {
  const std::string leaf = nested(0);
  const struct {
    const char* where;  // members below spec, or below the first identity for "ci."
    std::string value;  // empty: removed
    const char* message;
  } kCases[] = {
      {"require", "", "spec.signatures: or require is required"},
      {"signatures", "{'keys': []}", "spec.signatures: and require exclude each other"},
      {"require", "{}", "spec.require: must have exactly one of"},
      {"require", "{'all': [" + leaf + "], 'any': [" + leaf + "]}", "exactly one of"},
      {"require", "{'all': []}", "spec.require.all: must be a list of 1 to 16"},
      {"require", "{'all': {}}", "spec.require.all: must be a list"},
      {"require", "{'all': " + repeated(leaf, 17) + "}", "a list of 1 to 16"},
      {"require", "{'all': " + repeated("{'any': " + repeated(leaf, 11) + "}", 3) + "}",
       "more than 32 requirements"},
      {"require", nested(3), "nested deeper than 2"},
      {"require", "{'none': []}", "is not a known field"},
      {"require", "{'signatures': {'signers': []}}", "spec.require.signatures.signers"},
      {"require", "{'signatures': {'signers': ['release', 'release']}}", "names \"release\" twice"},
      {"require", "{'signatures': {'signers': ['nobody']}}", "no identity \"nobody\""},
      {"require", "{'signatures': {'signers': ['release'], 'threshold': 2}}",
       "signatures.threshold: must be from 1 to the number of signers, which is 1"},
      {"require", "{'signatures': {'signers': ['release'], 'threshold': 0}}", "must be from 1"},
      {"require", "{'signatures': {'signers': ['release'], 'threshold': 4294967297}}",
       "must be from 1"},
      {"require", "{'signatures': {'signers': ['release'], 'transparency': 'maybe'}}",
       "transparency: must be required, preferred or waived"},
      {"require", "{'signatures': {'signers': ['release'], 'keys': []}}", "is not a known field"},
      {"require", "{'attestation': {'signers': ['ci']}}", "predicateType: is required"},
      {"require", "{'attestation': {'predicateType': '', 'signers': ['ci']}}", "1 to 512 bytes"},
      {"require", "{'attestation': {'predicateType': 'x', 'signers': ['ci'], 'conditions': [{}]}}",
       "attestation.conditions[0].path: is required"},
      {"freshness", "{'signers': ['ci']}", "spec.freshness.maxAge: is required"},
      {"freshness", "{'maxAge': '10ms', 'signers': ['ci']}", "at least one second"},
      {"freshness", "{'maxAge': '1h', 'signers': ['nobody']}", "\"nobody\""},
      {"freshness", "{'maxAge': '1h'}", "spec.freshness.signers"},
      {"freshness", "{'maxAge': '1h', 'signers': ['ci'], 'repositories': ['oci://r.io/a']}",
       "spec.freshness.repositories: the repository pattern \"oci://r.io/a\" must not have a "
       "scheme"},
      {"freshness",
       "{'maxAge': '1h', 'signers': ['ci'], 'repositories': " + repeated("'r.io/a'", 65) + "}",
       "spec.freshness.repositories: must hold at most 64 patterns"},
      {"trustedRoot", "", "spec.trustedRoot: is required"},
      {"trustedRoot", "{}", "spec.trustedRoot: must have one of sigstore, inline and folder"},
      {"trustedRoot", "{'sigstore': 'public', 'inline': ''}", "one of sigstore, inline and folder"},
      {"trustedRoot", "{'sigstore': 'public', 'folder': 'a'}",
       "one of sigstore, inline and folder"},
      {"trustedRoot", "{'target': 'a.json'}", "trustedRoot.target: is about a trust folder"},
      {"trustedRoot", "{'sigstore': 'public', 'allowExpired': '1h'}",
       "trustedRoot.allowExpired: is about a trust folder"},
      {"trustedRoot", "{'folder': ''}", "trustedRoot.folder: must be the name of a trust folder"},
      {"trustedRoot", "{'folder': '../keep'}", "trustedRoot.folder: must be the name"},
      {"trustedRoot", "{'folder': 'a/b'}", "trustedRoot.folder: must be the name"},
      {"trustedRoot", "{'folder': '.a'}", "trustedRoot.folder: must be the name"},
      {"trustedRoot", "{'folder': 'a.'}", "trustedRoot.folder: must be the name"},
      {"trustedRoot", "{'folder': 'A'}", "trustedRoot.folder: must be the name"},
      {"trustedRoot", "{'folder': '" + std::string(kMaxRootFolderName + 1, 'a') + "'}",
       "up to 63 small letters"},
      {"trustedRoot", "{'folder': 'a', 'target': ''}", "target: must have 1 to 1024 bytes"},
      {"trustedRoot", "{'folder': 'a', 'target': '" + std::string(kMaxRootTarget + 1, 'a') + "'}",
       "target: must have 1 to 1024 bytes"},
      {"trustedRoot", "{'folder': 'a', 'allowExpired': '30d'}", "is no duration"},
      {"trustedRoot", "{'folder': 'a', 'allowExpired': '10ms'}", "at least one second"},
      {"trustedRoot", "{'sigstore': 'private'}", "spec.trustedRoot.sigstore: must be public"},
      {"trustedRoot", "{'inline': 'x'}", "spec.trustedRoot.inline"},
      {"trustedRoot", "{'inline': '" + std::string(kMaxInlineRootBytes + 1, ' ') + "'}",
       "longer than 131072 bytes"},
      {"ci.name", "'release'", "two signers have the name \"release\""},
      {"ci.name", "''", "name: must not be empty"},
      {"ci.issuer", "", "identities[0].issuer: is required"},
      {"ci.issuer", "{}", "must have one of equals and matches"},
      {"ci.issuer", "{'equals': 'a', 'matches': 'a'}", "must have one of equals and matches"},
      {"ci.issuer", "{'equals': ''}", "identities[0].issuer.equals"},
      {"ci.subject", "{'matches': '('}", "identities[0].subject.matches"},
      {"ci.subject", "{'regexp': 'a'}", "is not a known field"},
      {"ci.extensions", "{'branch': {'equals': 'x'}}", "is no extension of Fulcio"},
      {"ci.extensions", "{'issuer': {'equals': 'x'}}", "is no extension of Fulcio"},
      {"ci.extensions", "{'sourceRepositoryRef': 'x'}", "extensions.sourceRepositoryRef"},
      {"ci.email", "'x'", "is not a known field"},
  };
  for (const auto& test : kCases) {
    SCOPED_TRACE(std::string(test.where) + " " + test.value.substr(0, 200));
    Json document = good_document();
    Json* object = document.find("spec");
    std::string_view member = test.where;
    if (member.starts_with("ci.")) {
      member.remove_prefix(3);
      object = &object->find("signers")->find("identities")->as_array()->at(0);
    }
    if (test.value.empty()) {
      object->erase(member);
    } else {
      object->set(member, json(test.value));
    }
    EXPECT_THAT(parse_trust_policy(document, "policy"),
                fails_with(ErrorCode::kInvalidInput, test.message));
  }
}

TEST(Requirement, KeysWithTransparencyNeedARoot) {
  Json document = good_document();
  Json& spec = *document.find("spec");
  spec.erase("trustedRoot");
  spec.erase("freshness");
  spec.find("signers")->erase("identities");
  spec.set("require", json("{'signatures': {'signers': ['release']}}"));
  EXPECT_OK(parse_trust_policy(document, "policy"));
  for (const char* transparency : {"required", "preferred"}) {
    spec.find("require")->find("signatures")->set("transparency", transparency);
    EXPECT_THAT(parse_trust_policy(document, "policy"),
                fails_with(ErrorCode::kInvalidInput, "trustedRoot: is required"));
  }
  spec.find("require")->find("signatures")->set("transparency", "waived");
  EXPECT_OK(parse_trust_policy(document, "policy"));
}

}  // namespace
}  // namespace sealift::signing
