#include "sigstore_data.h"
#include "support/certificate_builder.h"
#include "support/result_matchers.h"

#include <sealift/crypto/certificate_path.h>

#include <gtest/gtest.h>
#include <openssl/err.h>

namespace sealift::crypto {
namespace {

using namespace test;
using sealift::test::authority_draft;
using sealift::test::CertificateDraft;
using sealift::test::issue;
using sealift::test::IssuedCertificate;
using sealift::test::leaf_draft;
using sealift::test::self_signed;
using sealift::test::TestKey;

constexpr std::chrono::seconds kSecond(1);

Certificate read(const IssuedCertificate& issued) {
  return Certificate::from_der(issued.der, "certificate").value();
}

Timestamp noon() { return parse_timestamp("2026-06-01T12:00:00Z").value(); }

using Outcome = tl::expected<CertificatePath, PathRefusal>;

// "accepted", or the refusal's name.
std::string verdict(const Outcome& outcome) {
  if (outcome) return "accepted";
  EXPECT_FALSE(outcome.error().message.empty());
  return std::string(to_string(outcome.error().fault));
}

// An authority, one that it vouches for, and a customer of that one.
class Path : public testing::Test {
 protected:
  Path()
      : root_(self_signed(authority_draft("root"))),
        middle_(issue(root_, authority_draft("middle"))),
        leaf_(issue(middle_, leaf_draft())) {}

  Outcome check(const IssuedCertificate& leaf, Timestamp at = noon()) const {
    return verify_certificate_path(read(leaf), {read(middle_)}, {read(root_)}, at,
                                   kCodeSigningUsage);
  }
  Outcome check_below(const CertificateDraft& middle) const {
    const auto other = issue(root_, middle);
    return verify_certificate_path(read(issue(other, leaf_draft())), {read(other)}, {read(root_)},
                                   noon(), kCodeSigningUsage);
  }

  IssuedCertificate root_;
  IssuedCertificate middle_;
  IssuedCertificate leaf_;
};

TEST_F(Path, LeadsFromTheLeafToTheAnchor) {
  const auto path = check(leaf_);
  ASSERT_EQ(verdict(path), "accepted");
  EXPECT_EQ(*path, (CertificatePath{read(leaf_), read(middle_), read(root_)}));
}

TEST_F(Path, OfRealCertificatesIsValidAtItsTime) {
  const struct {
    const char* bundle;
    const char* root;
    std::size_t authority;
  } kCases[] = {{kProvenance, kPublicRoot, 1},
                {"dsse.json", kPublicRoot, 1},
                {"othername.json", kScaffoldingRoot, 0}};
  for (const auto& test : kCases) {
    const auto leaf = bundle_certificate(test.bundle);
    auto chain = authority_chain(test.root, "certificateAuthorities", test.authority);
    const std::vector<Certificate> anchors{chain.back()};
    chain.pop_back();
    const auto check = [&](Timestamp at) {
      return verdict(verify_certificate_path(leaf, chain, anchors, at, kCodeSigningUsage));
    };
    EXPECT_EQ(check(leaf.not_before()), "accepted") << test.bundle;
    EXPECT_EQ(check(leaf.not_after()), "accepted") << test.bundle;
    EXPECT_EQ(check(leaf.not_before() - kSecond), "not_yet_valid") << test.bundle;
    EXPECT_EQ(check(leaf.not_after() + kSecond), "expired") << test.bundle;
    EXPECT_EQ(verdict(verify_certificate_path(leaf, chain, anchors, leaf.not_before(),
                                              kTimeStampingUsage)),
              "wrong_usage");
  }
}

TEST_F(Path, OfOneAuthorityIsNoneOfAnother) {
  const auto leaf = bundle_certificate(kProvenance);
  const auto older = authority_chain(kPublicRoot, "certificateAuthorities", 0);
  EXPECT_EQ(verdict(verify_certificate_path(leaf, {}, older, leaf.not_before(), kCodeSigningUsage)),
            "unknown_issuer");
  EXPECT_EQ(
      verdict(verify_certificate_path(read(leaf_), {read(middle_)}, {}, noon(), kCodeSigningUsage)),
      "unknown_issuer");
  EXPECT_EQ(
      verdict(verify_certificate_path(read(leaf_), {}, {read(root_)}, noon(), kCodeSigningUsage)),
      "unknown_issuer");
  const auto stranger = self_signed(authority_draft("stranger"));
  EXPECT_EQ(verdict(verify_certificate_path(read(leaf_), {read(middle_), read(root_)},
                                            {read(stranger)}, noon(), kCodeSigningUsage)),
            "unknown_issuer");
  EXPECT_EQ(verdict(check(self_signed(leaf_draft()))), "unknown_issuer");
}

TEST_F(Path, MayEndAtAnAnchorThatDidNotSignItself) {
  EXPECT_EQ(
      verdict(verify_certificate_path(read(leaf_), {}, {read(middle_)}, noon(), kCodeSigningUsage)),
      "accepted");
}

// The same name and another key: the name leads there, the signature does not.
TEST_F(Path, NeedsTheIssuersOwnSignature) {
  auto impostor = authority_draft("middle");
  impostor.extensions.pop_back();  // without a key identifier, which would tell them apart
  const auto other = issue(root_, impostor);
  EXPECT_EQ(verdict(verify_certificate_path(read(leaf_), {read(other)}, {read(root_)}, noon(),
                                            kCodeSigningUsage)),
            "bad_signature");
  auto changed = read(leaf_).der();
  changed.back() = static_cast<char>(changed.back() ^ 1);
  if (const auto broken = Certificate::from_der(changed, "changed")) {
    EXPECT_EQ(verdict(verify_certificate_path(*broken, {read(middle_)}, {read(root_)}, noon(),
                                              kCodeSigningUsage)),
              "bad_signature");
  }
}

TEST_F(Path, IsValidOnlyWhileAllOfItIs) {
  const auto leaf = read(leaf_);
  EXPECT_EQ(verdict(check(leaf_, leaf.not_before())), "accepted");
  EXPECT_EQ(verdict(check(leaf_, leaf.not_before() - kSecond)), "not_yet_valid");
  EXPECT_EQ(verdict(check(leaf_, leaf.not_after())), "accepted");
  EXPECT_EQ(verdict(check(leaf_, leaf.not_after() + kSecond)), "expired");
  auto middle = authority_draft("middle");
  middle.not_after = noon();
  EXPECT_EQ(verdict(check_below(middle)), "accepted");
  middle.not_after = noon() - kSecond;
  EXPECT_EQ(verdict(check_below(middle)), "expired");
  middle = authority_draft("middle");
  middle.not_before = noon() + kSecond;
  EXPECT_EQ(verdict(check_below(middle)), "not_yet_valid");
  auto root = authority_draft("root");
  root.not_after = noon() - kSecond;
  const auto expired = self_signed(root);
  EXPECT_EQ(verdict(verify_certificate_path(read(issue(expired, leaf_draft())), {}, {read(expired)},
                                            noon(), kCodeSigningUsage)),
            "expired");
}

TEST_F(Path, NeedsTheUsageAtEachStep) {
  for (const char* usage : {"timeStamping", "serverAuth,clientAuth", "anyExtendedKeyUsage"}) {
    EXPECT_EQ(verdict(check(issue(middle_, leaf_draft(usage)))), "wrong_usage") << usage;
  }
  EXPECT_EQ(verdict(check(issue(middle_, leaf_draft("codeSigning,timeStamping")))), "accepted");
  auto leaf = leaf_draft();
  leaf.extensions[0] = {"keyUsage", "critical,keyEncipherment"};
  EXPECT_EQ(verdict(check(issue(middle_, leaf))), "wrong_usage");
  leaf.extensions = {};
  EXPECT_EQ(verdict(check(issue(middle_, leaf))), "wrong_usage");
  const std::pair<const char*, const char*> kIssuers[] = {{"codeSigning", "accepted"},
                                                          {"anyExtendedKeyUsage", "accepted"},
                                                          {"timeStamping", "wrong_usage"}};
  for (const auto& [usage, expected] : kIssuers) {
    auto middle = authority_draft("middle");
    middle.extensions.emplace_back("extendedKeyUsage", usage);
    EXPECT_EQ(verdict(check_below(middle)), expected) << usage;
  }
}

TEST_F(Path, LeadsOverAuthoritiesAlone) {
  const std::pair<const char*, const char*> kBroken[] = {{"basicConstraints", "critical,CA:FALSE"},
                                                         {"keyUsage", "critical,digitalSignature"}};
  for (const auto& [name, value] : kBroken) {
    auto middle = authority_draft("middle");
    for (auto& extension : middle.extensions) {
      if (extension.first == name) extension.second = value;
    }
    EXPECT_EQ(verdict(check_below(middle)), "not_an_authority") << value;
  }
  auto middle = authority_draft("middle");
  middle.extensions = {{"subjectKeyIdentifier", "hash"}};
  EXPECT_EQ(verdict(check_below(middle)), "not_an_authority");
  // A customer that vouches for another.
  EXPECT_EQ(verdict(verify_certificate_path(read(issue(leaf_, leaf_draft())),
                                            {read(leaf_), read(middle_)}, {read(root_)}, noon(),
                                            kCodeSigningUsage)),
            "not_an_authority");
}

TEST_F(Path, IsAsLongAsItsAuthoritiesAllow) {
  auto draft = authority_draft("root");
  draft.extensions[0].second = "critical,CA:TRUE,pathlen:0";
  const auto root = self_signed(draft);
  const auto below = issue(root, leaf_draft());
  EXPECT_EQ(
      verdict(verify_certificate_path(read(below), {}, {read(root)}, noon(), kCodeSigningUsage)),
      "accepted");
  const auto middle = issue(root, authority_draft("middle"));
  EXPECT_EQ(verdict(verify_certificate_path(read(issue(middle, leaf_draft())), {read(middle)},
                                            {read(root)}, noon(), kCodeSigningUsage)),
            "not_an_authority");
}

TEST_F(Path, IsBoundedInLength) {
  std::vector<Certificate> middles;
  auto last = root_;
  for (std::size_t i = 0; i + 2 < kMaxPathLength; ++i) {
    last = issue(last, authority_draft("middle " + std::to_string(i)));
    middles.push_back(read(last));
  }
  const auto check_all = [&](const IssuedCertificate& leaf) {
    return verdict(
        verify_certificate_path(read(leaf), middles, {read(root_)}, noon(), kCodeSigningUsage));
  };
  EXPECT_EQ(check_all(issue(last, leaf_draft())), "accepted");
  last = issue(last, authority_draft("one more"));
  middles.push_back(read(last));
  EXPECT_EQ(check_all(issue(last, leaf_draft())), "too_many");
  middles.insert(middles.end(), 2, read(middle_));
  EXPECT_EQ(check_all(leaf_), "too_many");
  const std::vector<Certificate> anchors(kMaxAnchors + 1, read(root_));
  EXPECT_EQ(verdict(verify_certificate_path(read(leaf_), {read(middle_)}, anchors, noon(),
                                            kCodeSigningUsage)),
            "too_many");
}

TEST_F(Path, KeepsToNameConstraints) {
  auto middle = authority_draft("middle");
  middle.extensions.emplace_back("nameConstraints", "critical,permitted;URI:.example.com");
  EXPECT_EQ(verdict(check_below(middle)), "name_constraint");
  middle.extensions.back().second = "critical,permitted;URI:example.com";
  EXPECT_EQ(verdict(check_below(middle)), "accepted");
}

TEST_F(Path, HoldsNothingCriticalThatIsUnknown) {
  auto leaf = leaf_draft();
  leaf.raw_extensions = {{"1.2.3.4", false, "x"}};
  EXPECT_EQ(verdict(check(issue(middle_, leaf))), "accepted");
  leaf.raw_extensions[0].critical = true;
  EXPECT_EQ(verdict(check(issue(middle_, leaf))), "unknown_critical");
  auto middle = authority_draft("middle");
  middle.raw_extensions = leaf.raw_extensions;
  EXPECT_EQ(verdict(check_below(middle)), "unknown_critical");
}

TEST_F(Path, IsMadeOfStrongSignatures) {
  auto leaf = leaf_draft();
  leaf.hash = "SHA1";
  EXPECT_EQ(verdict(check(issue(middle_, leaf))), "weak_algorithm");
  EXPECT_EQ(verdict(check(issue(middle_, leaf_draft(), TestKey::rsa(1024)))), "weak_algorithm");
  const auto weak = self_signed(authority_draft("weak"), TestKey::rsa(1024));
  EXPECT_EQ(verdict(verify_certificate_path(read(issue(weak, leaf_draft())), {}, {read(weak)},
                                            noon(), kCodeSigningUsage)),
            "weak_algorithm");
}

TEST_F(Path, IsFoundAmongStrangersAndPastOnes) {
  auto past = authority_draft("middle");
  past.not_after = noon() - kSecond;
  const auto older = read(issue(root_, past, middle_.key));
  EXPECT_EQ(verdict(verify_certificate_path(read(leaf_), {older, read(middle_)},
                                            {read(self_signed(authority_draft("x"))), read(root_)},
                                            noon(), kCodeSigningUsage)),
            "accepted");
}

TEST_F(Path, LeavesNoErrorsBehind) {
  (void)check(self_signed(leaf_draft()));
  EXPECT_EQ(ERR_peek_error(), 0u);
}

TEST_F(Path, OverKnownIssuersIsTheSame) {
  KnownIssuances known;
  EXPECT_TRUE(known.add(read(middle_), read(root_)));
  EXPECT_TRUE(known.contains(read(middle_), read(root_)));
  EXPECT_FALSE(known.contains(read(root_), read(middle_)));
  EXPECT_FALSE(known.contains(read(leaf_), read(middle_)));
  const auto check = [&](const IssuedCertificate& leaf, const IssuedCertificate& middle,
                         Timestamp at = noon()) {
    return verdict(verify_certificate_path(read(leaf), {read(middle)}, {read(root_)}, at,
                                           kCodeSigningUsage, &known));
  };
  EXPECT_EQ(check(leaf_, middle_), "accepted");
  EXPECT_EQ(check(leaf_, middle_, noon() + std::chrono::hours(24 * 3650)), "expired");
  // Another authority of the same name, which the root never signed, and what it issues.
  const auto stranger = self_signed(authority_draft("root"));
  const auto false_middle = issue(stranger, authority_draft("middle"));
  EXPECT_EQ(check(issue(false_middle, leaf_draft()), false_middle), "bad_signature");
  EXPECT_EQ(check(issue(false_middle, leaf_draft()), middle_), "bad_signature");
  EXPECT_FALSE(known.add(read(false_middle), read(root_)));
  EXPECT_FALSE(known.contains(read(false_middle), read(root_)));
  // The issuer's other rules hold as ever.
  auto narrow = authority_draft("middle");
  narrow.extensions.emplace_back("extendedKeyUsage", "serverAuth");
  const auto narrow_middle = issue(root_, narrow);
  EXPECT_TRUE(known.add(read(narrow_middle), read(root_)));
  EXPECT_EQ(check(issue(narrow_middle, leaf_draft()), narrow_middle), "wrong_usage");
}

}  // namespace
}  // namespace sealift::crypto
