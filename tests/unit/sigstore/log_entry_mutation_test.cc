#include "support/json_mutations.h"
#include "unit/sigstore/log_entry_fixture.h"

#include <sealift/base/encoding.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace sealift::sigstore {
namespace {

using namespace test;
using sealift::test::JsonMutation;
using sealift::test::mutations_of;
using Kind = JsonMutation::Kind;
using Outcomes = std::set<std::string>;

// A log with two entries that could be taken for each other, and one of another log that the same
// root trusts.
struct Scene {
  explicit Scene(LogEntryKind entry_kind)
      : kind(entry_kind),
        signer(true),
        other_signer(true),
        mine(signer, kind, "mine"),
        other(other_signer, kind, "other"),
        log(make_of(kind)),
        other_log(make_of(kind), "other.example.com") {
    for (int i = 0; i < 5; ++i) log.add("{\"before\":" + std::to_string(i) + "}");
    const std::size_t place = log.add(mine.body);
    for (int i = 0; i < 2; ++i) other_log.add("{\"before\":" + std::to_string(i) + "}");
    const std::size_t other_place = other_log.add(other.body);
    for (int i = 0; i < 7; ++i) log.add("{\"after\":" + std::to_string(i) + "}");
    entry = log.entry(place, kLogged);
    other_entry = other_log.entry(other_place, kLogged + std::chrono::hours(1));
    root = root_of({&log, &other_log});
  }

  LogEntryKind kind;
  TestSigner signer;
  TestSigner other_signer;
  TestSignature mine;
  TestSignature other;
  TestLog log;
  TestLog other_log;
  Json entry;
  Json other_entry;
  TrustedRoot root;
};

bool is_form_lost(Kind kind) {
  return kind == Kind::kBroken || kind == Kind::kOtherType || kind == Kind::kUnexpected;
}

bool is_gone(Kind kind) { return kind == Kind::kRemoved || kind == Kind::kNull; }

// What must come of a mutated entry. Where nothing is missing that the caller asked for, taking one
// of two pieces of evidence away leaves the other: the only mutations that may be accepted.
Outcomes expected_outcome(const JsonMutation& mutation, bool is_tiles) {
  const auto& [path, kind, json] = mutation;
  const std::string proof_or_promise = is_tiles ? "inclusion_proof" : "promise";
  const bool is_kind = path.starts_with("kindVersion.");
  if (is_kind && (kind == Kind::kBroken || kind == Kind::kEmptied)) return {"entry_mismatch"};
  if (is_form_lost(kind)) return {"malformed"};
  if (path.starts_with("inclusionProof.hashes")) {
    if (kind == Kind::kNull && path.ends_with("]")) return {"malformed"};
    return {"inclusion_proof"};
  }
  if (path == "logIndex")
    return kind == Kind::kEmptied ? Outcomes{"malformed"} : Outcomes{proof_or_promise};
  if (path == "inclusionProof.logIndex" || path == "inclusionProof.treeSize") {
    // Another size may have a way of the same form, but never a checkpoint of this root.
    if (kind == Kind::kEmptied) return {"malformed"};
    return {"inclusion_proof", "checkpoint"};
  }
  if (path == "integratedTime") {
    if (kind == Kind::kEmptied) return {"malformed"};
    return {is_gone(kind) ? "log_evidence_missing" : "promise"};
  }
  if (path == "inclusionPromise" && is_gone(kind)) return {"log_evidence_missing"};
  if (path == "inclusionProof" && is_gone(kind)) {
    return {is_tiles ? "log_evidence_missing" : "accepted"};
  }
  if (is_gone(kind) || kind == Kind::kEmptied) return {"malformed"};
  // From here on another value of the right form.
  if (path.starts_with("logId")) {
    return {kind == Kind::kChanged ? "log_unknown" : is_tiles ? "checkpoint" : "promise"};
  }
  if (path.starts_with("kindVersion")) return {"entry_mismatch"};
  if (path.starts_with("inclusionPromise")) return {"promise"};
  if (path == "inclusionProof.rootHash") return {"inclusion_proof"};
  if (path.starts_with("inclusionProof.checkpoint")) {
    if (kind == Kind::kForeign) return {"checkpoint"};
    return {"malformed", "checkpoint", "checkpoint_signature"};
  }
  if (path == "inclusionProof") return {"inclusion_proof"};
  if (path == "canonicalizedBody") {
    if (kind == Kind::kForeign) return {proof_or_promise};
    return {"malformed", proof_or_promise};
  }
  return {"no expectation"};
}

class EntryMutations : public ::testing::TestWithParam<LogEntryKind> {};

TEST_P(EntryMutations, AreRefusedForTheRuleThatTheyBreak) {
  const Scene scene(GetParam());
  const bool is_tiles = generation_of(GetParam()) == LogGeneration::kTiles;
  const auto verify = [&](const Json& entry) {
    return outcome(verify_json(entry, scene.mine.expected(), scene.root, evidence_of(GetParam())));
  };
  ASSERT_EQ(verify(scene.entry), "accepted");
  const auto mutations = mutations_of(scene.entry, scene.other_entry);
  EXPECT_GT(mutations.size(), 90u);
  for (const auto& mutation : mutations) {
    const Outcomes expected = expected_outcome(mutation, is_tiles);
    EXPECT_THAT(expected, ::testing::Contains(verify(mutation.json))) << mutation.name();
  }
}

// The log holds just this body; it is only not about this signature.
TEST_P(EntryMutations, OfTheBodyAreRefusedThoughALogHoldsThem) {
  const Scene scene(GetParam());
  const Json body = parse_json(scene.mine.body, "body").value();
  const Json other = parse_json(scene.other.body, "body").value();
  const auto mutations = mutations_of(body, other);
  EXPECT_GT(mutations.size(), 50u);
  for (const auto& mutation : mutations) {
    TestLog log(make_of(GetParam()));
    const std::size_t place = log.add(dump_json_sorted(mutation.json));
    Json entry = log.entry(place, kLogged);
    entry.set("kindVersion", *scene.entry.find("kindVersion"));
    const std::string result =
        outcome(verify_json(entry, scene.mine.expected(), root_of({&log}), LogEvidence::kEither));
    const bool is_kind = mutation.path == "kind" || mutation.path == "apiVersion";
    const Outcomes expected =
        is_kind ? Outcomes{"malformed", "unsupported"} : Outcomes{"malformed", "entry_mismatch"};
    EXPECT_THAT(expected, ::testing::Contains(result)) << mutation.name();
    if (mutation.kind == Kind::kForeign || mutation.kind == Kind::kChanged) {
      // A form that is kept is refused for what it says, but for what has only one form.
      const bool has_one_form =
          is_kind || mutation.path.ends_with("algorithm") ||
          mutation.path.ends_with("keyDetails") || mutation.path.ends_with("content") ||
          mutation.path.ends_with("verifier") || mutation.path.ends_with("publicKey") ||
          mutation.path.ends_with("value");
      if (!has_one_form) {
        EXPECT_EQ(result, "entry_mismatch") << mutation.name();
      }
    }
  }
}

TEST_P(EntryMutations, OfASingleByteAreRefused) {
  const Scene scene(GetParam());
  const std::string text = dump_json(scene.entry);
  std::size_t accepted = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string changed = text;
    changed[i] ^= 1;
    const auto json = parse_json(changed, "entry");
    if (!json) continue;
    accepted +=
        verify_json(*json, scene.mine.expected(), scene.root, evidence_of(GetParam())).has_value();
  }
  EXPECT_EQ(accepted, 0u);
}

INSTANTIATE_TEST_SUITE_P(LogEntries, EntryMutations, ::testing::ValuesIn(kAllKinds));

TEST(ClassicEntry, IsProvenByItsPromise) {
  const Scene scene(LogEntryKind::kHashedRekord001);
  const std::string annotation = dump_json(scene.log.classic_entry(5, kLogged));
  const auto entry = parse_classic_log_entry(annotation, "annotation");
  ASSERT_TRUE(entry) << entry.error().message;
  const auto proven =
      verify_log_entry(*entry, scene.mine.expected(), scene.root, LogEvidence::kPromise);
  ASSERT_TRUE(proven) << proven.error().message;
  EXPECT_EQ(proven->index, 1005u);
  EXPECT_EQ(proven->integrated_time, kLogged);
  EXPECT_FALSE(proven->has_proof);
}

TEST(ClassicEntry, IsRefusedWithAnythingChanged) {
  const Scene scene(LogEntryKind::kHashedRekord001);
  const Json good = scene.log.classic_entry(5, kLogged);
  const Json other = scene.other_log.classic_entry(2, kLogged + std::chrono::hours(1));
  const auto verify = [&](const Json& json) -> std::string {
    const auto entry = parse_classic_log_entry(dump_json(json), "annotation");
    if (!entry) return outcome(entry);
    return outcome(
        verify_log_entry(*entry, scene.mine.expected(), scene.root, LogEvidence::kPromise));
  };
  ASSERT_EQ(verify(good), "accepted");
  for (const auto& mutation : mutations_of(good, other)) {
    Outcomes expected = {"malformed"};
    if (mutation.kind == Kind::kChanged || mutation.kind == Kind::kForeign) {
      expected = {"promise"};
      if (mutation.path == "Payload.body") expected.insert("malformed");
      if (mutation.path == "Payload.logID" && mutation.kind == Kind::kChanged) {
        expected = {"log_unknown"};
      }
    }
    EXPECT_THAT(expected, ::testing::Contains(verify(mutation.json))) << mutation.name();
  }
}

}  // namespace
}  // namespace sealift::sigstore
