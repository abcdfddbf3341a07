#include "support/certificate_builder.h"
#include "support/refusal_matchers.h"
#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/crypto/der.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/identity_rule.h>

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using sealift::test::CertificateDraft;
using sealift::test::fails_with;
using sealift::test::is_accepted;
using sealift::test::is_refused;
using sealift::test::RawExtension;
using sealift::test::self_signed;
using sealift::test::test_data;
using Name = crypto::SubjectAlternativeName;

constexpr const char* kOid = "1.3.6.1.4.1.57264.1.";

CertificateIdentity identity_of(const char* bundle) {
  return read_certificate_identity(
             *parse_bundle(test_data(std::string("sigstore/bundles/") + bundle), bundle)
                  .value()
                  .certificate())
      .value();
}

Verdict<CertificateIdentity> identity_of(const CertificateDraft& draft) {
  return read_certificate_identity(
      crypto::Certificate::from_der(self_signed(draft).der, "certificate").value());
}

CertificateDraft draft_with(const std::string& names, std::vector<RawExtension> claims = {}) {
  return {.extensions = {{"subjectAltName", names}}, .raw_extensions = std::move(claims)};
}

RawExtension claim(int number, const std::string& value) {
  return {kOid + std::to_string(number), false, value};
}

RawExtension text_claim(int number, const std::string& text) {
  return claim(number, crypto::write_der(crypto::kDerUtf8String, text));
}

TEST(CertificateIdentity, ReadsRealOnes) {
  const auto workflow = identity_of("sigstore.js@2.0.0-provenance.json");
  EXPECT_EQ(workflow.name.kind, Name::Kind::kUri);
  EXPECT_EQ(
      workflow.name.value,
      "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main");
  EXPECT_EQ(workflow.issuer, "https://token.actions.githubusercontent.com");
  const std::map<Claim, std::string> kClaims = {
      {Claim::kOldIssuer, "https://token.actions.githubusercontent.com"},
      {Claim::kGithubWorkflowTrigger, "push"},
      {Claim::kGithubWorkflowSha, "f0b49a04e5a62250e0f60fb128004a73110fe311"},
      {Claim::kGithubWorkflowName, "Release"},
      {Claim::kGithubWorkflowRepository, "sigstore/sigstore-js"},
      {Claim::kGithubWorkflowRef, "refs/heads/main"},
      {Claim::kIssuer, "https://token.actions.githubusercontent.com"},
      {Claim::kBuildSignerUri,
       "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"},
      {Claim::kBuildSignerDigest, "f0b49a04e5a62250e0f60fb128004a73110fe311"},
      {Claim::kRunnerEnvironment, "github-hosted"},
      {Claim::kSourceRepositoryUri, "https://github.com/sigstore/sigstore-js"},
      {Claim::kSourceRepositoryDigest, "f0b49a04e5a62250e0f60fb128004a73110fe311"},
      {Claim::kSourceRepositoryRef, "refs/heads/main"},
      {Claim::kSourceRepositoryIdentifier, "495574555"},
      {Claim::kSourceRepositoryOwnerUri, "https://github.com/sigstore"},
      {Claim::kSourceRepositoryOwnerIdentifier, "71096353"},
      {Claim::kBuildConfigUri,
       "https://github.com/sigstore/sigstore-js/.github/workflows/release.yml@refs/heads/main"},
      {Claim::kBuildConfigDigest, "f0b49a04e5a62250e0f60fb128004a73110fe311"},
      {Claim::kBuildTrigger, "push"},
      {Claim::kRunInvocationUri,
       "https://github.com/sigstore/sigstore-js/actions/runs/5904696764/attempts/1"},
      {Claim::kSourceRepositoryVisibility, "public"},
  };
  EXPECT_EQ(workflow.claims, kClaims);

  const auto person = identity_of("dsse.json");
  EXPECT_EQ(person.name.kind, Name::Kind::kEmail);
  EXPECT_EQ(person.name.value, "brian@dehamer.com");
  EXPECT_EQ(person.issuer, "https://github.com/login/oauth");

  const auto user = identity_of("othername.json");
  EXPECT_EQ(user.name.kind, Name::Kind::kOtherName);
  EXPECT_EQ(user.name.value, "foo!oidc.local");
  EXPECT_EQ(user.issuer, "http://oidc.local:8080");
}

TEST(CertificateIdentity, NamesExactlyOneSigner) {
  EXPECT_THAT(identity_of(draft_with("URI:https://example.com/ada")), is_accepted());
  EXPECT_THAT(identity_of(draft_with("email:ada@example.com")), is_accepted());
  EXPECT_THAT(identity_of(draft_with("otherName:1.3.6.1.4.1.57264.1.7;UTF8:ada!example.com")),
              is_accepted());
  const std::pair<const char*, const char*> kCases[] = {
      {"URI:https://example.com/ada,URI:https://example.com/eve", "2 alternative names"},
      {"URI:https://example.com/ada,email:ada@example.com", "2 alternative names"},
      {"DNS:example.com", "names nobody"},
      {"IP:192.0.2.1", "names nobody"},
      {"otherName:1.3.6.1.4.1.57264.1.8;UTF8:ada", "names nobody"},
  };
  for (const auto& [names, message] : kCases) {
    EXPECT_THAT(identity_of(draft_with(names)), is_refused(RefusalKind::kAlternativeName, message))
        << names;
  }
  EXPECT_THAT(identity_of(CertificateDraft{}),
              is_refused(RefusalKind::kAlternativeName, "0 alternative names"));
}

TEST(CertificateIdentity, IsCriticalWithoutASubject) {
  auto draft = draft_with("URI:https://example.com/ada");
  draft.subject = "";
  EXPECT_THAT(identity_of(draft), is_refused(RefusalKind::kAlternativeName, "not critical"));
  draft.extensions = {{"subjectAltName", "critical,URI:https://example.com/ada"}};
  EXPECT_THAT(identity_of(draft), is_accepted());
}

TEST(CertificateIdentity, ReadsEachClaimByItsNumber) {
  for (int number = 1; number <= 22; ++number) {
    if (number == 7) continue;
    const auto wanted = static_cast<Claim>(number);
    const auto extension = number <= 6 ? claim(number, "text") : text_claim(number, "text");
    ASSERT_ACCEPTED_ASSIGN(const auto identity,
                           identity_of(draft_with("URI:https://example.com/ada", {extension})));
    const std::map<Claim, std::string> claims = {{wanted, "text"}};
    EXPECT_EQ(identity.claims, claims) << number;
    EXPECT_EQ(identity.issuer, number == 1 || number == 8 ? "text" : "");
    EXPECT_EQ(parse_claim(to_string(wanted)), wanted);
  }
  EXPECT_EQ(parse_claim("7"), std::nullopt);
  EXPECT_EQ(parse_claim(""), std::nullopt);
}

TEST(CertificateIdentity, RefusesClaimsOfAnotherForm) {
  const std::string url = "https://example.com";
  const std::vector<RawExtension> kCases[] = {
      {claim(8, url)},                                                   // not DER
      {claim(8, crypto::write_der(0x13, url))},                          // a PrintableString
      {claim(8, crypto::write_der(crypto::kDerUtf8String, url) + "x")},  // something behind it
      {claim(8, "")},
      {text_claim(22, "\xff")},
      {claim(6, "\xff")},
      {claim(1, url + "\n")},
      {text_claim(14, std::string("refs/heads/main\0", 16))},
      {claim(2, "\x7f")},
      {claim(3, std::string(kMaxClaimBytes + 1, 'a'))},
      {text_claim(9, std::string(kMaxClaimBytes + 1, 'a'))},
      {claim(1, url), text_claim(8, url + "/other")},
  };
  for (const auto& claims : kCases) {
    EXPECT_THAT(identity_of(draft_with("URI:https://example.com/ada", claims)),
                is_refused(RefusalKind::kMalformed))
        << claims.front().oid << " " << claims.front().value;
  }
  EXPECT_THAT(
      identity_of(draft_with("URI:https://example.com/ada", {claim(1, url), text_claim(8, url)})),
      is_accepted());
}

TextRule exact(const std::string& text) { return TextRule::exact(text).value(); }
TextRule matching(const std::string& pattern) { return TextRule::matching(pattern).value(); }

TEST(TextRule, IsAboutTheWholeText) {
  EXPECT_TRUE(exact("a.b").accepts("a.b"));
  EXPECT_FALSE(exact("a.b").accepts("axb"));
  EXPECT_FALSE(exact("a.b").accepts("A.b"));
  EXPECT_TRUE(matching("a.b").accepts("axb"));
  // Not anchored by whoever wrote the rule, and anchored all the same.
  const auto shop = matching("https://github\\.com/acme/shop");
  EXPECT_TRUE(shop.accepts("https://github.com/acme/shop"));
  EXPECT_FALSE(shop.accepts("https://github.com/acme/shop-of-horrors"));
  EXPECT_FALSE(shop.accepts("https://evil.example/?https://github.com/acme/shop"));
  EXPECT_FALSE(matching("ada@example.com|bob@example.com").accepts("ada@example.com.evil.example"));
  // What a certificate does not say fits nothing.
  EXPECT_FALSE(matching(".*").accepts(""));
  EXPECT_FALSE(matching("").accepts(""));
  EXPECT_THAT(TextRule::exact(""), fails_with(ErrorCode::kInvalidInput, "empty"));
  EXPECT_THAT(TextRule::matching("("), fails_with(ErrorCode::kInvalidInput, "\"(\""));
}

TEST(IdentityRule, AsksForNameIssuerAndClaims) {
  const auto identity = identity_of("sigstore.js@2.0.0-provenance.json");
  const IdentityRule good{matching("https://github.com/sigstore/.*"),
                          exact("https://token.actions.githubusercontent.com"),
                          {{Claim::kSourceRepositoryRef, exact("refs/heads/main")},
                           {Claim::kRunnerEnvironment, matching("github-hosted|ours")}}};
  EXPECT_THAT(check_identity(identity, good), is_accepted());

  auto name = good;
  name.name = matching("https://github.com/sigstore");
  EXPECT_THAT(check_identity(identity, name),
              is_refused(RefusalKind::kIdentity, "not text that matches"));
  auto issuer = good;
  issuer.issuer = exact("https://token.actions.githubusercontent.com/acme");
  EXPECT_THAT(check_identity(identity, issuer), is_refused(RefusalKind::kIssuer, "vouches"));
  auto ref = good;
  ref.claims[0].second = exact("refs/heads/mai");
  EXPECT_THAT(check_identity(identity, ref),
              is_refused(RefusalKind::kExtension, "sourceRepositoryRef \"refs/heads/main\""));
  auto second = good;
  second.claims[1].second = matching("ours");
  EXPECT_THAT(check_identity(identity, second), is_refused(RefusalKind::kExtension));
  auto missing = identity_of("othername.json");
  missing.name = identity.name;
  missing.issuer = identity.issuer;
  EXPECT_THAT(check_identity(missing, good),
              is_refused(RefusalKind::kExtension, "no sourceRepositoryRef"));
  missing.issuer = "";
  EXPECT_THAT(check_identity(missing, {matching(".*"), matching(".*")}),
              is_refused(RefusalKind::kIssuer, "nobody"));
}

}  // namespace
}  // namespace sealift::sigstore
