#include <sealift/signing/trust_policy.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "contract/definitions_fixture.h"

namespace sealift::controller {
namespace {

using test::fails_with;

// Two public keys (Ed25519).
constexpr std::string_view kKeyA =
    "-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\\n"
    "-----END PUBLIC KEY-----\\n";
constexpr std::string_view kKeyB =
    "-----BEGIN PUBLIC KEY-----\\nMCowBQYDK2VwAyEA/FHNjmIYoaONpH7QAjDwWAgW7RO6MwOsXeuRFUiQgCU=\\n"
    "-----END PUBLIC KEY-----\\n";

std::string key(std::string_view name, std::string_view pem, std::string_view more = "") {
  return "{name: " + std::string(name) + ", publicKey: \"" + std::string(pem) + "\"" +
         std::string(more) + "}";
}

std::string policy(std::string_view repositories, std::string_view signatures,
                   std::string_view more = "") {
  return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec: "
         "{repositories: [" +
         std::string(repositories) + "], signatures: {" + std::string(signatures) + "}" +
         std::string(more) + "}\n";
}

std::string policy_about(std::string_view repository) {
  return policy("'" + std::string(repository) + "'", "keys: [" + key("a", kKeyA) + "]");
}

std::string policy_with(std::string_view more) {
  return policy("'**'", "keys: [" + key("a", kKeyA) + "]", ", " + std::string(more));
}

// One that names its signers: keys a and b, the identity ci.
std::string policy_requiring(std::string_view require, std::string_view more = "") {
  return "apiVersion: sealift.dev/v1alpha1\nkind: TrustPolicy\nmetadata: {name: shop}\nspec: "
         "{repositories: ['**'], trustedRoot: {sigstore: public}, signers: {keys: [" +
         key("a", kKeyA) + ", " + key("b", kKeyB) +
         "], identities: [{name: ci, issuer: {equals: 'https://i'}, subject: {matches: '.*'}, "
         "extensions: {sourceRepositoryRef: {equals: refs/heads/main}}}]}, require: {" +
         std::string(require) + "}" + std::string(more) + "}\n";
}

std::string policy_with_condition(std::string_view condition) {
  return policy_requiring("attestation: {predicateType: t, signers: [ci], conditions: [{" +
                          std::string(condition) + "}]}");
}

std::string policy_with_keys(std::string_view keys, std::string_view more = "") {
  return policy("'**'", "keys: [" + std::string(keys) + "]" + std::string(more));
}

class TrustPolicyDefinition : public DefinitionsContract {};

TEST_F(TrustPolicyDefinition, TakesWhatTheParserTakes) {
  const auto a = key("a", kKeyA);
  const auto b = key("b", kKeyB);
  std::vector<std::string> good = {
      policy_with_keys(a),
      policy_with_keys(a + ", " + b, ", threshold: 2"),
      policy_with_keys(key("a", kKeyA,
                           ", notBefore: '2026-01-01T00:00:00Z', notAfter: "
                           "'2027-01-01T00:00:00+01:00'")),
      policy_with("rollback: allow"),
      policy_with("rollback: deny, maxAge: 720h"),
      policy_with("maxAge: 1s"),
      policy_with_keys(key("a", kKeyA, ", revokedAt: '2026-01-01T00:00:00Z'")),
      policy("'**'",
             "identities: [{name: ci, issuer: {matches: 'https://.*'}, subject: {equals: a@b.c}}]",
             ", trustedRoot: {sigstore: public}"),
      policy_with("trustedRoot: {folder: sigstore}"),
      policy_with("trustedRoot: {folder: s-1.x, target: a/b.json, allowExpired: 720h}"),
      policy_requiring("signatures: {threshold: 2, signers: [a, b, ci], transparency: preferred}"),
      policy_requiring("all: [{signatures: {signers: [a]}}, {any: [{signatures: {signers: [b]}}, "
                       "{attestation: {predicateType: t, signers: [ci]}}]}]"),
      policy_requiring("signatures: {signers: [a]}",
                       ", freshness: {maxAge: 24h, signers: [ci], transparency: required}"),
      policy_requiring("signatures: {signers: [a]}",
                       ", freshness: {maxAge: 24h, signers: [ci], repositories: "
                       "[origin.example.com/shop, 'oci-layout:/usb/**']}"),
      policy_with_condition("path: /a, equals: main"),
      policy_with_condition("path: /a, equals: 3"),
      policy_with_condition("path: /a, equals: true"),
      policy_with_condition("path: '', oneOf: [a, 3, false]"),
      policy_with_condition("path: /a, matches: 'v[0-9]+'"),
      policy_with_condition("path: /a, version: '>=1.2 <2'"),
      policy_with_condition("path: /a, exists: false"),
      policy_with_condition("path: /a, every: [{path: /b, every: [{path: '', equals: c}]}]"),
  };
  for (const auto* pattern :
       {"**", "r.example.com/**", "r.example.com:5000/shop/*", "**/web", "r.example.com/a*b/*c",
        "oci-layout:/usb/**", "oci-layout:/Media/My Stick/*", "oci-archive:/Media/My Stick/a.tar",
        "a/**/b"}) {
    good.push_back(policy_about(pattern));
  }
  for (const auto& yaml : good) {
    SCOPED_TRACE(yaml);
    EXPECT_OK(signing::parse_trust_policy(json(yaml), "policy"));
    const auto created = try_create(kTrustPolicies, yaml);
    EXPECT_OK(created);
    if (created) {
      EXPECT_OK(signing::parse_trust_policy(*created, "created"));
    }
  }
}

struct Mistake {
  std::string yaml;
  std::string parser;
  std::string server;  // empty: it cannot tell
};

std::vector<Mistake> mistakes() {
  const auto a = key("a", kKeyA);
  return {
      {policy("", "keys: [" + a + "]"), "must hold 1 to 256 patterns", "at least 1 items"},
      {policy_about(""), "is empty", "at least 1 chars"},
      {policy_about("oci://r/a"), "must not have a scheme: write", "must not have a scheme: write"},
      {policy_about("r/a@sha256:1"), "must not have a digest", "must not have a digest"},
      {policy_about("r/A"), "blanks or capital letters", "blanks or capital letters"},
      {policy_about("r/a b"), "blanks or capital letters", "blanks or capital letters"},
      {policy_about("r/a:v1"), "must not have a tag", "must not have a tag"},
      {policy_about("r//a"), "has an empty path segment", "has an empty path segment"},
      {policy_about("/a"), "has an empty path segment", "has an empty path segment"},
      {policy_about("r/"), "has an empty path segment", "has an empty path segment"},
      {policy_about("r/a**"), "inside a path segment", "inside a path segment"},
      {policy_about("**a/b"), "inside a path segment", "inside a path segment"},
      {policy_about(std::string(513, 'a')), "longer than 512", "more than 512"},
      {policy("'**'", "threshold: 1"), "at least one key", "at least one key or identity"},
      {policy_with_keys(""), "at least one key", "at least 1 items"},
      {policy_with_keys(a, ", threshold: 2"), "threshold: must be from 1 to the number of keys",
       "threshold must be from 1 to the number of keys"},
      {policy_with_keys(a, ", threshold: 0"), "threshold: must be from 1",
       "greater than or equal to 1"},
      {policy_with_keys(a + ", " + key("a", kKeyB)), "two keys have the name", "Duplicate value"},
      {policy_with_keys(a + ", " + key("b", kKeyA)), "are the same key, which would count as one",
       "the same key, which would count as one signer"},
      {policy_with_keys(key("''", kKeyA)), "must not be empty", "at least 1 chars"},
      {policy_with_keys(key("a", "ssh-ed25519 AAAA")), "publicKey", "a public key in PEM"},
      // What is inside of the PEM takes a library to tell.
      {policy_with_keys(
           key("a", "-----BEGIN PUBLIC KEY-----\\nAAAA\\n-----END PUBLIC KEY-----\\n")),
       "publicKey", ""},
      {policy_with_keys(key("a", kKeyA, ", notBefore: tomorrow")), "is no RFC 3339 time",
       "must be of type date-time"},
      {policy_with_keys(key("a", kKeyA,
                            ", notBefore: '2027-01-01T00:00:00Z', notAfter: "
                            "'2026-01-01T00:00:00Z'")),
       "must be later than notBefore", "must be later than notBefore"},
      {policy_with("require: {signatures: {signers: [a]}}"), "exclude each other",
       "must have one of signatures and require"},
      {policy("'**'", "identities: [{name: ci, issuer: {equals: i}, subject: {equals: s}}]"),
       "trustedRoot: is required", "as far as a trustedRoot says"},
      {policy_requiring(""), "exactly one of", "at least 1 properties"},
      {policy_requiring("signatures: {signers: [a]}, all: []"), "exactly one of", "Too many: 2"},
      {policy_requiring("signatures: {signers: []}"), "must name a signer", "at least 1 items"},
      {policy_requiring("signatures: {signers: [a, a]}"), "twice", "Duplicate value"},
      {policy_requiring("signatures: {threshold: 2, signers: [a]}"), "the number of signers",
       "the number of signers"},
      {policy_requiring("signatures: {signers: [a], transparency: maybe}"),
       "must be required, preferred or waived", "Unsupported value"},
      // Names are resolved by the parser alone.
      {policy_requiring("signatures: {signers: [nobody]}"), "\"nobody\"", ""},
      {policy_requiring("all: [{any: [{all: [{signatures: {signers: [a]}}]}]}]"),
       "nested deeper than 2", "unknown field"},
      {policy_requiring("attestation: {signers: [a]}"), "predicateType: is required",
       "predicateType: Required value"},
      {policy_with_condition("path: /a"), "must have one of", "at least 2 properties"},
      {policy_with_condition("path: /a, equals: b, exists: true"), "is a second test",
       "Too many: 3"},
      {policy_with_condition("path: /a, matches: '('"), "matches", ""},
      {policy_with_condition("path: /a, equals: {}"), "must be a text", ""},
      {policy_requiring("signatures: {signers: [a]}", ", freshness: {signers: [a]}"),
       "maxAge: is required", "maxAge: Required value"},
      {policy_requiring("signatures: {signers: [a]}",
                        ", freshness: {maxAge: 1h, signers: [a], repositories: [r.io/a:v1]}"),
       "freshness.repositories: the repository pattern \"r.io/a:v1\" must not have a tag",
       "must not have a tag"},
      {policy_requiring("signatures: {signers: [a]}", ", freshness: {maxAge: 1d, signers: [a]}"),
       "is no duration", "must be a duration"},
      {policy_with("trustedRoot: {sigstore: private}"), "must be public", "Unsupported value"},
      {policy_with("trustedRoot: {}"), "must have one of sigstore, inline and folder",
       "must have one of sigstore, inline and folder"},
      {policy_with("trustedRoot: {sigstore: public, folder: a}"),
       "must have one of sigstore, inline and folder",
       "must have one of sigstore, inline and folder"},
      {policy_with("trustedRoot: {sigstore: public, allowExpired: 1h}"), "needs folder beside it",
       "need folder beside them"},
      {policy_with("trustedRoot: {folder: ../a}"), "must be the name of a trust folder",
       "should match"},
      {policy_with("trustedRoot: {folder: " + std::string(64, 'a') + "}"), "up to 63",
       "more than 63"},
      {policy_with("trustedRoot: {folder: a, target: ''}"), "1 to 1024 bytes", "at least 1 chars"},
      {policy_with("trustedRoot: {folder: a, allowExpired: 30d}"), "is no duration",
       "must be a duration from 1s to 100 years"},
      {policy_with("rollback: maybe"), "must be deny or allow", "values: \"deny\", \"allow\""},
      {policy_with("maxAge: 30d"), "is no duration", "must be a duration from 1s to 100 years"},
      {policy_with("maxAge: 10ms"), "at least one second", "must be a duration from 1s"},
      {policy_with("maxage: 720h"), "is not a known field", "unknown field \"spec.maxage\""},
  };
}

TEST_F(TrustPolicyDefinition, RefusesWhatTheParserRefuses) {
  for (const auto& mistake : mistakes()) {
    SCOPED_TRACE(mistake.yaml);
    EXPECT_THAT(signing::parse_trust_policy(json(mistake.yaml), "policy"),
                fails_with(ErrorCode::kInvalidInput, mistake.parser));
    const auto created = try_create(kTrustPolicies, mistake.yaml);
    if (mistake.server.empty()) {
      EXPECT_OK(created);
    } else {
      EXPECT_THAT(created, fails_with(ErrorCode::kInvalidInput, mistake.server));
    }
  }
}

TEST_F(TrustPolicyDefinition, HasTheParsersDefaultsAndColumns) {
  kubectl({"create", "--filename", "-"}, policy_with_keys(key("a", kKeyA)));
  EXPECT_THAT(kubectl({"get", "tp"}),
              testing::MatchesRegex("NAME +READY +REPOSITORIES +THRESHOLD +ROLLBACK +AGE *\n"
                                    "shop +\\[\"\\*\\*\"\\] +1 +deny +[0-9]+s *\n"));
  kubectl({"delete", "tp", "shop"});
}

}  // namespace
}  // namespace sealift::controller
