// A good signature, and a trusted root of which each field is wrong in each way.
#include "support/json_mutations.h"
#include "support/test_sigstore.h"

#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sealift::sigstore {
namespace {

using sealift::test::JsonMutation;
using sealift::test::mutations_of;
using sealift::test::TestLog;
using sealift::test::TestSigstore;
using Kind = JsonMutation::Kind;
using Outcomes = std::set<std::string>;

const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

std::string verify(const Json& root_json, const SignedEvidence& evidence) {
  const auto root = parse_trusted_root(dump_json(root_json), "root");
  if (!root) return "no root";
  const VerificationRule rule{
      .signer = IdentityRule{TextRule::matching("https://github\\.com/.*").value(),
                             TextRule::matching("https://.*").value()}};
  const auto verdict =
      verify_evidence(evidence, Artifact::of_bytes("the artifact"), *root, rule, kNow);
  return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
}

// "tlogs[0].publicKey.rawBytes" → "rawBytes".
std::string last_name(const std::string& path) {
  const std::string name = path.substr(path.rfind('.') + 1);
  return name.substr(0, name.find('['));
}

Outcomes expected_at(std::string_view path) {
  Outcomes outcomes = {"no root"};
  if (path.starts_with("tlogs")) {
    outcomes.merge(Outcomes{"log_unknown", "promise", "checkpoint_signature", "checkpoint",
                            "log_key_not_valid"});
  } else if (path.starts_with("ctlogs")) {
    outcomes.merge(Outcomes{"sct_log_unknown", "sct_signature", "sct_log_key_not_valid"});
  } else if (path.starts_with("certificateAuthorities")) {
    outcomes.merge(Outcomes{"certificate_chain", "certificate_authority", "certificate_expired"});
  } else if (path.starts_with("timestampAuthorities")) {
    outcomes.merge(Outcomes{"timestamp_authority", "timestamp_certificate", "timestamp_signature"});
  }
  return outcomes;
}

// All that may be accepted, because nobody is believed for it who was not before, or only at
// another time.
bool is_without_meaning(const JsonMutation& mutation, bool is_tiles) {
  const std::string name = last_name(mutation.path);
  const bool is_of_authority = mutation.path.find("Authorities[") != std::string::npos;
  // For people. The URL of a log of tiles is part of what it signs.
  if (name == "organization" || name == "commonName" || name == "subject" || name == "uri") {
    return true;
  }
  if (name == "baseUrl") return !is_tiles || mutation.path.starts_with("ctlogs");
  // One second earlier or later; for authorities, always.
  if (name == "start") return mutation.kind == Kind::kChanged || is_of_authority;
  if (name == "validFor") return is_of_authority;
  // The same authority or certificate twice, and what a time stamp brings along itself.
  if (name == "certificateAuthorities" || name == "timestampAuthorities") {
    return mutation.kind == Kind::kRepeated;
  }
  if (mutation.path.starts_with("timestampAuthorities[0].certChain.certificates[0]")) {
    return mutation.kind == Kind::kRemoved || mutation.kind == Kind::kForeign ||
           mutation.kind == Kind::kChanged;
  }
  // Without who issued it, the one before is the anchor.
  if (mutation.path.ends_with("certificates[1]") && mutation.kind == Kind::kRemoved) return true;
  return name == "certificates" && mutation.kind == Kind::kRepeated;
}

class RootMutations : public testing::TestWithParam<TestLog::Make> {};

TEST_P(RootMutations, AreRefusedForTheRuleThatTheyBreak) {
  TestSigstore sigstore(GetParam());
  TestSigstore stranger(GetParam());
  const auto evidence = parse_bundle(dump_json(sigstore.bundle()), "bundle").value();
  const Json root = sigstore.trusted_root();
  ASSERT_EQ(verify(root, evidence), "accepted");
  const bool is_tiles = GetParam() == TestLog::Make::kTiles;
  const auto mutations = mutations_of(root, stranger.trusted_root());
  EXPECT_GT(mutations.size(), 250u);
  std::size_t accepted = 0;
  for (const auto& mutation : mutations) {
    const auto outcome = verify(mutation.json, evidence);
    if (outcome == "accepted" && is_without_meaning(mutation, is_tiles)) {
      ++accepted;
      continue;
    }
    EXPECT_THAT(expected_at(mutation.path), testing::Contains(outcome)) << mutation.name();
  }
  EXPECT_LT(accepted, mutations.size() / 4);
}

INSTANTIATE_TEST_SUITE_P(Roots, RootMutations,
                         testing::Values(TestLog::Make::kRekor1, TestLog::Make::kTiles),
                         [](const auto& make) {
                           return std::string(make.param == TestLog::Make::kTiles ? "Tiles"
                                                                                  : "Rekor1");
                         });

}  // namespace
}  // namespace sealift::sigstore
