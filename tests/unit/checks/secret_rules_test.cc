#include <sealift/base/base64url.h>
#include <sealift/base/encoding.h>

#include "check_sample.h"

namespace sealift::checks {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

// Put together here, so that no scanner takes this file for a leak.
std::string letters(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "aB3dE5gH7jK9mN1pQ"[i % 17];
  return text;
}
std::string upper(std::size_t count) {
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += "Q3WERTZ7UIOP2AS"[i % 15];
  return text;
}
std::string pem(const std::string& label) {
  return "-----BEGIN " + label + "-----\n" + letters(64) + "\n" + letters(20) + "\n-----END " +
         label + "-----\n";
}
std::string web_token() {
  return base64url_encode(R"({"alg":"RS256","typ":"JWT"})") + "." +
         base64url_encode(R"({"iss":"https://issuer.example.com","sub":"ada"})") + "." +
         letters(43);
}

std::string config_map(const std::string& value) {
  return dump_json(Json::Object{{"apiVersion", "v1"},
                                {"kind", "ConfigMap"},
                                {"metadata", Json::Object{{"name", "settings"}}},
                                {"data", Json::Object{{"file", value}}}});
}

struct Shape {
  std::string text;
  std::string what;
};

TEST(PlainSecret, IsKnownByItsShape) {
  const std::string begin = "https://ada:";
  const std::vector<Shape> shapes = {
      {pem("PRIVATE KEY"), "a private key (----…, "},
      {pem("RSA PRIVATE KEY"), "a private key (----…, "},
      {pem("EC PRIVATE KEY"), "a private key (----…, "},
      {pem("OPENSSH PRIVATE KEY"), "a private key of SSH (----…, "},
      {pem("PGP PRIVATE KEY BLOCK"), "a private key of OpenPGP (----…, "},
      {pem("ENCRYPTED PRIVATE KEY"), "an encrypted private key, which is"},
      {"AKIA" + upper(16), "an access key id of AWS (AKIA…, 20 characters)"},
      {"ghp_" + letters(36), "a personal access token of GitHub (ghp_…, 40 characters)"},
      {"gho_" + letters(36), "an OAuth token of GitHub (gho_…, 40 characters)"},
      {"github_pat_" + letters(82), "a personal access token of GitHub (gith…, 93 characters)"},
      {"glpat-" + letters(20), "a personal access token of GitLab (glpa…, 26 characters)"},
      {"xoxb-" + letters(40), "a bot token of Slack (xoxb…, 45 characters)"},
      {"sk_live_" + letters(24), "a secret key of Stripe (sk_l…, 32 characters)"},
      {"AIza" + letters(35), "an API key of Google (AIza…, 39 characters)"},
      {"npm_" + letters(36), "an access token of npm (npm_…, 40 characters)"},
      {"AccountName=a;AccountKey=" + letters(86) + "==;EndpointSuffix=x",
       "the account key of an Azure storage account (Acco…, 99 characters)"},
      {web_token(), "a JSON Web Token (eyJh…, "},
      {"{\"type\": \"service_account\", \"private_key\": \"" + pem("PRIVATE KEY") + "\"}",
       "the key of a Google service account"},
      {begin + "hunter2@db.example.com/x", "a password in a URL (http…, 19 characters)"},
      {"url = postgres://shop:pa55word@db:5432/shop", "a password in a URL (post…, 24 characters)"},
      {base64_encode(pem("PRIVATE KEY")), "a private key (----…, "},
      {"client-key-data: " + base64_encode(pem("RSA PRIVATE KEY")) + "\nname: x", "a private key"},
      {base64_encode("token: ghp_" + letters(36)), "a personal access token of GitHub"},
      {"PuTTY-User-Key-File-3: ssh-ed25519\nPrivate-Lines: 1\nabc", "a private key of PuTTY"},
  };
  for (const auto& [text, what] : shapes) {
    const auto found = check_rule("plain-secret", config_map(text));
    EXPECT_THAT(found, ElementsAre(HasSubstr(" /data/file holds " + what))) << what;
  }
}

TEST(PlainSecret, StandsAnywhereInAText) {
  const std::string token = "ghp_" + letters(36);
  for (const auto& text : {token + " behind", "before " + token, "a='" + token + "'\n",
                           "{\"t\":\"" + token + "\"}", "t=" + token + "&x=1"}) {
    EXPECT_THAT(check_rule("plain-secret", config_map(text)), testing::SizeIs(1)) << text;
  }
}

TEST(PlainSecret, IsNotWhatOnlyLooksSimilar) {
  for (const std::string& text : {
           std::string("-----BEGIN CERTIFICATE-----\n") + letters(64) +
               "\n-----END CERTIFICATE-----",
           std::string("begins with -----BEGIN PRIVATE KEY----- and goes on"),
           std::string("-----BEGIN PUBLIC KEY-----\n") + letters(64),
           std::string("AKIAIOSFODNN7EXAMPLE"),
           "AKIA" + upper(15),
           "AKIA" + upper(17),
           "xAKIA" + upper(16),
           "ghp_" + letters(20),
           "ghp_" + std::string(36, 'x'),
           std::string("https://db.example.com/a:b@c"),
           std::string("https://ada@db.example.com"),
           std::string("https://ada:${PASSWORD}@db.example.com"),
           std::string("https://ada:$(PASSWORD)@db.example.com"),
           std::string("https://ada:<password>@db.example.com"),
           std::string("https://ada:****@db.example.com"),
           std::string("eyJhbGciOiJSUzI1NiJ9.only.short"),
           "eyJub3RqdXN0anNvbg." + letters(20) + "." + letters(20),
           std::string("the word npm_config_registry is a variable"),
           std::string("sha256:") + std::string(64, 'a'),
           std::string("ENC[AES256_GCM,data:abc,type:str]"),
       }) {
    EXPECT_THAT(check_rule("plain-secret", config_map(text)), IsEmpty()) << text;
  }
}

TEST(PlainSecret, IsFoundInEveryFieldAndNeverShown) {
  const std::string token = "ghp_" + letters(36);
  const auto findings = check_text(
      "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n  annotations: {note: '" +
      token +
      "'}\nspec:\n  template:\n    spec:\n      containers:\n      - name: a\n        env:\n"
      "        - {name: A, value: '" +
      token + "'}\n        args: [--token, --key=" + token + "]\n");
  std::vector<std::string> fields;
  for (const auto& finding : findings) {
    EXPECT_EQ(finding.rule, "plain-secret");
    fields.push_back(std::to_string(finding.position.line) + finding.field);
    EXPECT_THAT(finding.message + finding.advice, Not(HasSubstr(token.substr(4, 6))));
  }
  EXPECT_THAT(fields, ElementsAre("5/metadata/annotations/note",
                                  "12/spec/template/spec/containers/0/env/0/value",
                                  "13/spec/template/spec/containers/0/args/1"));
}

TEST(Secrets, AreNotQuotedByOtherRulesEither) {
  const std::string token = "ghp_" + letters(36);
  for (const auto& yaml :
       {"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {a: '!" + token + "'}}\n",
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {" + token + ": 1, " + token +
            ": 2}\n",
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {containers: [{image: 'x/" + token +
            ":1'}]}}"}) {
    const auto findings = check_text(yaml);
    EXPECT_THAT(findings, Not(IsEmpty())) << yaml;
    for (const auto& finding : findings) {
      EXPECT_THAT(finding.object + finding.field + finding.message + finding.advice,
                  Not(HasSubstr(token.substr(4, 6))));
    }
  }
}

// Each would be searched through to its end for each of its parts.
TEST(PlainSecret, IsLookedForInLinearTime) {
  std::string marks;
  std::string blanks;
  std::string separators;
  while (marks.size() < (8u << 20)) marks += "-----BEGIN PRIVATE KEY-----";
  while (blanks.size() < (8u << 20))
    blanks += "-----BEGIN PRIVATE KEY-----" + std::string(300, ' ');
  while (separators.size() < (8u << 20)) separators += "pypi-AgEIcHlwaS5vcmc";
  for (const auto* text : {&marks, &blanks, &separators}) {
    EXPECT_LE(check_rule("plain-secret", config_map(*text)).size(), 16u);
  }
}

TEST(PlainSecret, IsNoExampleOfADefinition) {
  EXPECT_THAT(check_rule("plain-secret",
                         "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, "
                         "metadata: {name: a.b}, spec: {versions: [{schema: {description: "
                         "'https://ada:word@host'}}]}}"),
              IsEmpty());
}

TEST(PlainSecret, AreCountedUpToALimit) {
  std::string all;
  for (int i = 0; i < 1000; ++i) all += "ghp_" + letters(36) + " ";
  EXPECT_EQ(check_rule("plain-secret", config_map(all)).size(), 16u);
  std::string yaml = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata:\n";
  for (int i = 0; i < 300; ++i) {
    yaml += "  k" + std::to_string(i) + ": ghp_" + letters(36) + "\n";
  }
  EXPECT_EQ(check_rule("plain-secret", yaml).size(), kMaxFindingsPerRule);
}

TEST(SecretObject, IsOneWithValues) {
  const std::string head = "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\n";
  EXPECT_THAT(check_rule("secret-object", head + "stringData: {user: ada, password: hunter2}\n"),
              ElementsAre("4:1 /stringData would be published with 2 values that anybody can "
                          "decode: user, password"));
  EXPECT_THAT(check_rule("secret-object", head + "data: {a: QQ==}\n"),
              ElementsAre(HasSubstr("/data would be published with 1 value that")));
  EXPECT_THAT(check_rule("secret-object",
                         head + "data: {a: QQ==, b: QQ==, c: QQ==, d: QQ==, e: QQ==, f: QQ==}\n"),
              ElementsAre(HasSubstr("6 values that anybody can decode: a, b, c, d, e, …")));
  // What is in it needs no second finding.
  EXPECT_THAT(check_rule("plain-secret", head + "stringData: {t: ghp_" + letters(36) + "}\n"),
              IsEmpty());
}

TEST(SecretObject, IsNoneWithoutThem) {
  for (const char* yaml : {
           "{apiVersion: v1, kind: Secret, type: kubernetes.io/service-account-token, "
           "metadata: {name: a}}",
           "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {}, stringData: {a: ''}}",
           "{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {a: '${PASSWORD}'}}",
           "{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: 'ENC[AES256_GCM,x]'}}",
           "{apiVersion: bitnami.com/v1alpha1, kind: SealedSecret, metadata: {name: a}, "
           "spec: {encryptedData: {a: AgBy}}}",
           "{apiVersion: external-secrets.io/v1, kind: ExternalSecret, metadata: {name: a}}",
           "{apiVersion: example.com/v1, kind: Secret, metadata: {name: a}, data: {a: b}}",
       }) {
    EXPECT_THAT(check_rule("secret-object", yaml), IsEmpty()) << yaml;
  }
}

TEST(SecretObject, IsFineWhereItIsAllowed) {
  CheckOptions options;
  options.allow_secrets = true;
  EXPECT_THAT(
      check_text("{apiVersion: v1, kind: Secret, metadata: {name: a}, data: {a: QQ==}}", options),
      IsEmpty());
}

}  // namespace
}  // namespace sealift::checks
