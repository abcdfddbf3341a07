// Certificates, their promises of transparency, and time stamps: each element of each of them wrong
// in each way, with nothing but themselves to show it, since no log is asked for.
#include "support/der_mutations.h"
#include "support/test_sigstore.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>

namespace sealift::sigstore {
namespace {

using sealift::test::der_mutations_of;
using sealift::test::DerMutation;
using sealift::test::KeylessDraft;
using sealift::test::TestSigstore;
using Outcomes = std::set<std::string>;
using Kind = DerMutation::Kind;

const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

VerificationRule anybody() {
  return {.signer = IdentityRule{TextRule::matching("https://github\\.com/.*").value(),
                                 TextRule::matching("https://.*").value()},
          .requires_log = false};
}

class DerMutations : public testing::Test {
 protected:
  DerMutations()
      : root_(parse_trusted_root(dump_json(root_json()), "root").value()),
        learned_root_(learned_root()),
        mine_(evidence({})),
        other_(evidence(somebody_else())) {}

  static KeylessDraft somebody_else() {
    KeylessDraft draft;
    draft.identity = "URI:https://github.com/eve/shop/.github/workflows/release.yml@refs/heads/x";
    draft.artifact = "another artifact";
    draft.time += std::chrono::hours(1);
    return draft;
  }
  SignedEvidence evidence(const KeylessDraft& draft) {
    return parse_bundle(dump_json(sigstore_.bundle(draft)), "bundle").value();
  }
  std::string verify(const SignedEvidence& evidence) const {
    const auto outcome = verify_by(root_, evidence);
    // What the root learned of its own certificates changes no verdict.
    EXPECT_EQ(verify_by(learned_root_, evidence), outcome);
    return outcome;
  }
  static std::string verify_by(const TrustedRoot& root, const SignedEvidence& evidence) {
    const auto verdict =
        verify_evidence(evidence, Artifact::of_bytes("the artifact"), root, anybody(), kNow);
    return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
  }
  // Without the copy of its certificate that the root could have, the time stamp's own counts.
  Json root_json() const {
    Json json = sigstore_.trusted_root();
    Json& chain = *json.find("timestampAuthorities")->as_array()->front().find("certChain");
    auto& certificates = *chain.find("certificates")->as_array();
    certificates.erase(certificates.begin());
    return json;
  }
  TrustedRoot learned_root() const {
    TrustedRoot root = parse_trusted_root(dump_json(root_json()), "root").value();
    learn_issuances(root);
    return root;
  }
  std::string verify_with_certificate(const std::string& der) const {
    const auto certificate = crypto::Certificate::from_der(der, "certificate");
    if (!certificate) return "malformed";
    SignedEvidence changed = mine_;
    changed.certificates = {*certificate};
    return verify(changed);
  }
  std::string verify_with_stamp(const std::string& stamp) const {
    SignedEvidence changed = mine_;
    changed.timestamps = {stamp};
    return verify(changed);
  }

  TestSigstore sigstore_;
  TrustedRoot root_;
  TrustedRoot learned_root_;
  SignedEvidence mine_;
  SignedEvidence other_;
};

TEST_F(DerMutations, OfACertificateAreRefused) {
  const std::string der = mine_.certificate()->der();
  ASSERT_EQ(verify_with_certificate(der), "accepted");
  // Somebody else's certificate, whole: it did not make the signature.
  EXPECT_EQ(verify_with_certificate(other_.certificate()->der()), "certificate_expired");
  const auto mutations = der_mutations_of(der, other_.certificate()->der());
  EXPECT_GT(mutations.size(), 300u);
  const Outcomes expected = {"malformed", "unsupported", "certificate_chain",
                             "certificate_expired"};
  std::map<std::string, int> seen;
  for (const auto& mutation : mutations) {
    const auto outcome = verify_with_certificate(mutation.der);
    EXPECT_THAT(expected, testing::Contains(outcome)) << mutation.name();
    ++seen[outcome];
  }
  EXPECT_GT(seen["certificate_chain"], 100);
  EXPECT_GT(seen["malformed"], 100);
}

// What is no part of what its authority signed, and says nothing either.
bool is_without_meaning(const DerMutation& mutation) {
  // PKIStatusInfo: "granted with modifications" is as good as "granted".
  if (mutation.path == "0.0" && mutation.kind == Kind::kFirstByte) return true;
  // A certificate that it brings twice.
  return mutation.path == "1.1.0.3.0" && mutation.kind == Kind::kRepeated;
}

TEST_F(DerMutations, OfATimeStampAreRefused) {
  const std::string& stamp = mine_.timestamps.front();
  ASSERT_EQ(verify_with_stamp(stamp), "accepted");
  EXPECT_EQ(verify_with_stamp(other_.timestamps.front()), "timestamp_imprint");
  const auto mutations = der_mutations_of(stamp, other_.timestamps.front());
  EXPECT_GT(mutations.size(), 250u);
  const Outcomes expected = {"timestamp_malformed", "timestamp_imprint", "timestamp_authority",
                             "timestamp_certificate", "timestamp_signature"};
  std::map<std::string, int> seen;
  for (const auto& mutation : mutations) {
    const auto outcome = verify_with_stamp(mutation.der);
    ++seen[outcome];
    if (outcome == "accepted" && is_without_meaning(mutation)) continue;
    EXPECT_THAT(expected, testing::Contains(outcome)) << mutation.name();
  }
  for (const auto& kind : expected) EXPECT_GT(seen[kind], 0) << kind;
}

// The list in the certificate's extension (RFC 6962, section 3.3), edited before the authority
// signs the certificate: the path is good, and only the promise shows it.
struct PromiseCase {
  const char* name;
  const char* outcome;
  std::string (*edit)(const std::string& list);
};

// size2 of the list, size2, version1, log32, time8, extensions2, hash1, algorithm1, size2,
// signature
constexpr std::size_t kVersion = 4;
constexpr std::size_t kLog = 5;
constexpr std::size_t kTime = 37;
constexpr std::size_t kExtensions = 45;
constexpr std::size_t kHash = 47;
constexpr std::size_t kAlgorithm = 48;
constexpr std::size_t kSignature = 51;

std::string flipped(std::string list, std::size_t at) {
  list[at] = static_cast<char>(list[at] ^ 1);
  return list;
}

std::string sized(std::string promises) {
  const std::size_t size = promises.size();
  return std::string{static_cast<char>(size >> 8), static_cast<char>(size & 0xff)} +
         std::move(promises);
}

const PromiseCase kPromises[] = {
    {"as it is", "accepted", [](const std::string& list) { return list; }},
    {"no promise", "sct_malformed", [](const std::string&) { return sized(""); }},
    {"nothing", "sct_malformed", [](const std::string&) { return std::string(); }},
    {"twice", "sct_malformed",
     [](const std::string& list) { return sized(list.substr(2) + list.substr(2)); }},
    {"one byte less", "sct_malformed",
     [](const std::string& list) { return list.substr(0, list.size() - 1); }},
    {"one byte more", "sct_malformed", [](const std::string& list) { return list + "x"; }},
    {"another version", "sct_malformed",
     [](const std::string& list) { return flipped(list, kVersion); }},
    {"another log", "sct_log_unknown", [](const std::string& list) { return flipped(list, kLog); }},
    {"a millisecond later", "sct_signature",
     [](const std::string& list) { return flipped(list, kTime + 7); }},
    {"years ago", "sct_log_key_not_valid",
     [](const std::string& list) { return flipped(list, kTime + 2); }},
    {"extensions that are not there", "sct_malformed",
     [](const std::string& list) { return flipped(list, kExtensions); }},
    {"an extension more", "sct_signature",
     [](const std::string& list) {
       std::string promise = list.substr(4);
       promise.replace(kExtensions - 4, 2, std::string("\x00\x01x", 3));
       return sized(sized(promise));
     }},
    {"another hash", "sct_malformed", [](const std::string& list) { return flipped(list, kHash); }},
    {"another algorithm", "sct_malformed",
     [](const std::string& list) { return flipped(list, kAlgorithm); }},
};

TEST_F(DerMutations, OfAPromiseOfTransparencyAreRefused) {
  for (const auto& test : kPromises) {
    sigstore_.certificate_log().edit_list = test.edit;
    EXPECT_EQ(verify(evidence({})), test.outcome) << test.name;
  }
  // Each byte of the whole list.
  std::size_t size = 0;
  sigstore_.certificate_log().edit_list = [&](const std::string& list) {
    size = list.size();
    return list;
  };
  ASSERT_EQ(verify(evidence({})), "accepted");
  const Outcomes expected = {"sct_malformed", "sct_log_unknown", "sct_log_key_not_valid",
                             "sct_signature"};
  for (std::size_t i = 0; i + 2 < size; ++i) {
    sigstore_.certificate_log().edit_list = [i](const std::string& list) {
      return flipped(list, i);
    };
    const auto outcome = verify(evidence({}));
    EXPECT_THAT(expected, testing::Contains(outcome)) << "byte " << i;
    if (i >= kSignature + 8) {
      EXPECT_EQ(outcome, "sct_signature") << "byte " << i;
    }
  }
}

// A promise for another certificate, though by the same log and authority.
TEST_F(DerMutations, OfATakenPromiseAreRefused) {
  std::string taken;
  sigstore_.certificate_log().edit_list = [&](const std::string& list) { return taken = list; };
  evidence(somebody_else());
  sigstore_.certificate_log().edit_list = [&](const std::string&) { return taken; };
  EXPECT_EQ(verify(evidence({})), "sct_signature");
}

}  // namespace
}  // namespace sealift::sigstore
