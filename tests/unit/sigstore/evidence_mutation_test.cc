#include "support/json_mutations.h"
#include "support/test_sigstore.h"

#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/verification.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

// A bundle that holds everything, each field of it wrong in each way.
namespace sealift::sigstore {
namespace {

using sealift::test::JsonMutation;
using sealift::test::KeylessDraft;
using sealift::test::mutations_of;
using sealift::test::TestLog;
using sealift::test::TestSigstore;
using Kind = JsonMutation::Kind;
using Outcomes = std::set<std::string>;

constexpr const char* kPredicate = "https://slsa.dev/provenance/v1";
const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

struct Form {
  const char* name;
  TestLog::Make make;
  bool is_envelope;
  bool is_stamped;
};
constexpr Form kForms[] = {
    {"MessageInRekor1", TestLog::Make::kRekor1, false, false},
    {"EnvelopeInRekor1", TestLog::Make::kRekor1, true, false},
    {"StampedMessageInRekor1", TestLog::Make::kRekor1, false, true},
    {"StampedMessageInTiles", TestLog::Make::kTiles, false, true},
    {"StampedEnvelopeInTiles", TestLog::Make::kTiles, true, true},
};

KeylessDraft mine(const Form& form) {
  KeylessDraft draft;
  draft.is_stamped = form.is_stamped;
  if (form.is_envelope) draft.predicate_type = kPredicate;
  return draft;
}

// Another signature that the same root vouches for, by somebody else about something else.
KeylessDraft other(const Form& form) {
  KeylessDraft draft = mine(form);
  draft.identity = "URI:https://github.com/acme/shop/.github/workflows/test.yml@refs/pull/7/merge";
  draft.claims = {{12, "https://github.com/eve/shop"}, {14, "refs/pull/7/merge"}};
  draft.artifact = "another artifact";
  draft.time += std::chrono::hours(1);
  return draft;
}

IdentityRule release_workflow() {
  return {TextRule::matching("https://github\\.com/acme/shop/\\.github/workflows/release.yml@.*")
              .value(),
          TextRule::exact("https://token.actions.githubusercontent.com").value(),
          {{Claim::kSourceRepositoryRef, TextRule::exact("refs/heads/main").value()}}};
}

struct Scene {
  explicit Scene(const Form& form)
      : sigstore(form.make),
        bundle(sigstore.bundle(mine(form))),
        other_bundle(sigstore.bundle(other(form))),
        root(parse_trusted_root(dump_json(sigstore.trusted_root()), "root").value()),
        rule{.signer = release_workflow()} {
    if (form.is_envelope) rule.predicate_type = kPredicate;
  }

  std::string verify(const Json& json) const {
    const auto evidence = parse_bundle(dump_json(json), "bundle");
    if (!evidence) return std::string(to_string(evidence.error().kind));
    const auto verdict =
        verify_evidence(*evidence, Artifact::of_bytes("the artifact"), root, rule, kNow);
    return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
  }

  TestSigstore sigstore;
  Json bundle;
  Json other_bundle;
  TrustedRoot root;
  VerificationRule rule;
};

bool is_gone(const JsonMutation& mutation) {
  return mutation.kind == Kind::kRemoved || mutation.kind == Kind::kNull;
}

Outcomes of_entry(const JsonMutation& mutation, std::string_view path, const Form& form) {
  const bool is_tiles = form.make == TestLog::Make::kTiles;
  const std::string bound = is_tiles ? "inclusion_proof" : "promise";
  if (path.empty()) {
    if (mutation.kind == Kind::kRepeated) return {"entry_duplicate"};
    if (mutation.kind == Kind::kRemoved) return {"log_evidence_missing"};
    if (mutation.kind == Kind::kForeign) return {"entry_mismatch"};
    return {"malformed"};
  }
  if (path == "inclusionProof" && is_gone(mutation)) return {"log_evidence_missing"};
  // Without a promise nobody vouches for the time.
  if (path == "inclusionPromise" && is_gone(mutation)) {
    return {form.is_stamped ? "accepted" : "no_time"};
  }
  if (path == "integratedTime" && is_gone(mutation)) return {"log_evidence_missing"};
  if (path == "logIndex" && is_gone(mutation)) return {bound};
  if (path.starts_with("inclusionProof")) {
    return {"malformed", "inclusion_proof", "checkpoint", "checkpoint_signature"};
  }
  if (path.starts_with("kindVersion")) return {"malformed", "entry_mismatch"};
  if (path.starts_with("logId")) return {"malformed", "log_unknown"};
  return {"malformed", bound};
}

Outcomes of_timestamps(const JsonMutation& mutation, std::string_view path, const Form& form) {
  const bool is_tiles = form.make == TestLog::Make::kTiles;
  const bool is_list = path.empty() || path == ".rfc3161Timestamps" || path.ends_with("[0]");
  const bool is_none = is_gone(mutation) || mutation.kind == Kind::kEmptied;
  if (path.ends_with("[0]") && mutation.kind == Kind::kRepeated) return {"timestamp_duplicate"};
  if (is_list && is_none && !(path.ends_with("[0]") && mutation.kind != Kind::kRemoved)) {
    return {is_tiles ? "no_time" : "accepted"};
  }
  if (mutation.kind == Kind::kForeign) return {"timestamp_imprint"};
  if (mutation.kind == Kind::kChanged) {
    return {"timestamp_malformed", "timestamp_imprint", "timestamp_authority",
            "timestamp_certificate", "timestamp_signature"};
  }
  return {"malformed"};
}

// What must come of a mutated bundle. The only mutations that may be accepted take one of two times
// away.
Outcomes expected_outcome(const JsonMutation& mutation, const Form& form) {
  const std::string_view path = mutation.path;
  const auto rest_of = [&](std::string_view prefix) { return path.substr(prefix.size()); };
  constexpr std::string_view kEntry = "verificationMaterial.tlogEntries[0]";
  constexpr std::string_view kStamps = "verificationMaterial.timestampVerificationData";
  if (mutation.kind == Kind::kUnexpected || mutation.kind == Kind::kOtherType) return {"malformed"};
  if (path == "mediaType") return {is_gone(mutation) ? "malformed" : "unsupported"};
  if (path == "verificationMaterial.tlogEntries") {
    if (mutation.kind == Kind::kForeign) return {"entry_mismatch"};
    return {"log_evidence_missing"};
  }
  if (path.starts_with(kEntry)) {
    const auto inner = rest_of(kEntry);
    return of_entry(mutation, inner.starts_with('.') ? inner.substr(1) : inner, form);
  }
  if (path.starts_with(kStamps)) return of_timestamps(mutation, rest_of(kStamps), form);
  if (mutation.kind == Kind::kForeign) {
    // A whole with nothing left that belongs to this artifact is refused for the artifact.
    if (path.ends_with("messageDigest") || path.ends_with("digest")) return {"content"};
    if (path == "messageSignature") return {"content"};
    return {"entry_mismatch"};
  }
  if (mutation.kind == Kind::kChanged) {
    if (path.ends_with("messageDigest.digest")) return {"content"};
    if (path.ends_with("algorithm")) return {"malformed"};
    // The log took in another signature, certificate or payload.
    if (path.ends_with("payloadType")) {
      return {form.make == TestLog::Make::kTiles ? "entry_mismatch" : "signature"};
    }
    return {"malformed", "entry_mismatch"};
  }
  if (path.ends_with("payloadType") && mutation.kind != Kind::kNull &&
      mutation.kind != Kind::kRemoved) {
    return {form.make == TestLog::Make::kTiles ? "entry_mismatch" : "signature"};
  }
  if (path.ends_with("payload") && mutation.kind == Kind::kEmptied) return {"entry_mismatch"};
  if (path.ends_with(".sig") && mutation.kind == Kind::kEmptied) return {"entry_mismatch"};
  return {"malformed"};
}

class EvidenceMutations : public testing::TestWithParam<Form> {};

TEST_P(EvidenceMutations, AreRefusedForTheRuleThatTheyBreak) {
  const Scene scene(GetParam());
  ASSERT_EQ(scene.verify(scene.bundle), "accepted");
  EXPECT_EQ(scene.verify(scene.other_bundle), GetParam().is_envelope ? "identity" : "content");
  const auto mutations = mutations_of(scene.bundle, scene.other_bundle);
  EXPECT_GT(mutations.size(), 130u);
  for (const auto& mutation : mutations) {
    const Outcomes expected = expected_outcome(mutation, GetParam());
    EXPECT_THAT(expected, testing::Contains(scene.verify(mutation.json))) << mutation.name();
  }
}

INSTANTIATE_TEST_SUITE_P(Bundles, EvidenceMutations, testing::ValuesIn(kForms),
                         [](const auto& form) { return std::string(form.param.name); });

// With neither log nor signature over it, a certificate stands for itself, and so does a time
// stamp.
TEST(EvidenceBytes, CountOnlyAsTheyAre) {
  Scene scene({"", TestLog::Make::kRekor1, false, true});
  scene.rule.requires_log = false;
  // Without the copy of its certificate that the root could have, the time stamp's own counts.
  Json root = scene.sigstore.trusted_root();
  auto& chain = *root.find("timestampAuthorities")->as_array()->front().find("certChain");
  chain.find("certificates")->as_array()->erase(chain.find("certificates")->as_array()->begin());
  scene.root = parse_trusted_root(dump_json(root), "root").value();
  const auto evidence = parse_bundle(dump_json(scene.bundle), "bundle").value();
  const auto verify = [&](const SignedEvidence& changed) {
    const auto verdict =
        verify_evidence(changed, Artifact::of_bytes("the artifact"), scene.root, scene.rule, kNow);
    return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
  };
  ASSERT_EQ(verify(evidence), "accepted");
  const std::string der = evidence.certificate()->der();
  for (std::size_t i = 0; i < der.size(); ++i) {
    std::string changed = der;
    changed[i] ^= 1;
    const auto certificate = crypto::Certificate::from_der(changed, "certificate");
    if (!certificate) continue;
    SignedEvidence mutated = evidence;
    mutated.certificates = {*certificate};
    EXPECT_NE(verify(mutated), "accepted") << "byte " << i << " of the certificate";
  }
  const std::string& stamp = evidence.timestamps.front();
  // Unsigned, and "granted with modifications" is as good as "granted".
  const std::size_t status = stamp.find(std::string("\x30\x03\x02\x01\x00", 5)) + 4;
  for (std::size_t i = 0; i < stamp.size(); ++i) {
    if (i == status) continue;
    SignedEvidence mutated = evidence;
    mutated.timestamps.front()[i] ^= 1;
    EXPECT_NE(verify(mutated), "accepted") << "byte " << i << " of the time stamp";
  }
}

// A signature that its signer made in another way: well formed, and the parts belong together.
struct MovedCase {
  const char* name;
  const char* outcome;
  void (*change)(KeylessDraft&);
};

constexpr MovedCase kMoved[] = {
    {"as it should be", "accepted", [](KeylessDraft&) {}},
    {"logged before the certificate", "certificate_expired",
     [](KeylessDraft& draft) { draft.logged = draft.time - std::chrono::minutes(2); }},
    {"logged after the certificate", "certificate_expired",
     [](KeylessDraft& draft) { draft.logged = draft.time + std::chrono::minutes(10); }},
    {"logged before the log was trusted", "log_key_not_valid",
     [](KeylessDraft& draft) { draft.logged = draft.time - std::chrono::days(365); }},
    {"stamped before the certificate", "certificate_expired",
     [](KeylessDraft& draft) { draft.stamped = draft.time - std::chrono::minutes(2); }},
    {"stamped after the certificate", "certificate_expired",
     [](KeylessDraft& draft) { draft.stamped = draft.time + std::chrono::minutes(10); }},
    {"stamped in the last second", "accepted",
     [](KeylessDraft& draft) { draft.stamped = draft.time + std::chrono::minutes(9); }},
    {"stamped before the stamp authority was", "timestamp_certificate",
     [](KeylessDraft& draft) { draft.stamped = draft.time - std::chrono::days(365); }},
    {"all of it before the root", "log_key_not_valid",
     [](KeylessDraft& draft) { draft.time -= std::chrono::days(365); }},
    {"without certificate transparency", "sct_missing",
     [](KeylessDraft& draft) { draft.in_certificate_log = false; }},
    {"a certificate for servers", "key_usage",
     [](KeylessDraft& draft) { draft.usage = "serverAuth"; }},
    {"another workflow", "identity",
     [](KeylessDraft& draft) {
       draft.identity = "URI:https://github.com/acme/shop/.github/workflows/release.yaml@main";
     }},
    {"a workflow with ours within", "identity",
     [](KeylessDraft& draft) {
       draft.identity = "URI:https://evil.example/" + draft.identity.substr(4);
     }},
    {"ours as an e-mail address", "identity",
     [](KeylessDraft& draft) { draft.identity = "email:release@github.com"; }},
    {"a name that is none", "alternative_name",
     [](KeylessDraft& draft) { draft.identity = "DNS:github.com"; }},
    {"two names", "alternative_name",
     [](KeylessDraft& draft) { draft.identity += ",URI:https://github.com/eve"; }},
    {"another issuer", "issuer",
     [](KeylessDraft& draft) { draft.issuer = "https://token.example.com"; }},
    {"another branch", "extension",
     [](KeylessDraft& draft) { draft.claims = {{14, "refs/heads/main2"}}; }},
    {"no branch", "extension", [](KeylessDraft& draft) { draft.claims = {}; }},
    {"another artifact", "content", [](KeylessDraft& draft) { draft.artifact = "other"; }},
};

TEST(Evidence, IsRefusedForWhatItsSignerDid) {
  for (const auto& test : kMoved) {
    Scene scene({"", TestLog::Make::kRekor1, false, true});
    KeylessDraft draft;
    test.change(draft);
    EXPECT_EQ(scene.verify(scene.sigstore.bundle(draft)), test.outcome) << test.name;
  }
}

TEST(Evidence, OfAStatementIsRefusedForWhatItSays) {
  Scene scene({"", TestLog::Make::kTiles, true, true});
  KeylessDraft draft;
  draft.predicate_type = kPredicate;
  EXPECT_EQ(scene.verify(scene.sigstore.bundle(draft)), "accepted");
  draft.predicate_type = "https://spdx.dev/Document";
  EXPECT_EQ(scene.verify(scene.sigstore.bundle(draft)), "predicate_type");
  draft.predicate_type = kPredicate;
  draft.artifact = "other";
  EXPECT_EQ(scene.verify(scene.sigstore.bundle(draft)), "subject");
  // A signature attests nothing, and an attestation is no signature.
  EXPECT_EQ(scene.verify(scene.sigstore.bundle()), "predicate_type");
  scene.rule.predicate_type = std::string(kSignaturePredicateType);
  draft = {};
  draft.predicate_type = kPredicate;
  EXPECT_EQ(scene.verify(scene.sigstore.bundle(draft)), "predicate_type");
  draft.predicate_type = std::string(kSignaturePredicateType);
  EXPECT_EQ(scene.verify(scene.sigstore.bundle(draft)), "accepted");
}

// Whom the root trusts, and when.
struct RootCase {
  const char* name;
  const char* outcome;
  void (*change)(Json& root);
};

Json& first(Json& root, const char* list) { return root.find(list)->as_array()->front(); }

void set_period(Json& holder, const char* start, const char* end) {
  holder.set("validFor", Json::Object{{"start", start}, {"end", end}});
}

constexpr const char* kFrom = "2026-01-01T00:00:00Z";
constexpr const char* kBefore = "2026-06-01T11:59:59Z";
constexpr const char* kAfter = "2026-06-01T12:00:01Z";
constexpr const char* kLater = "2027-01-01T00:00:00Z";

constexpr RootCase kRoots[] = {
    {"no log", "log_unknown", [](Json& root) { root.erase("tlogs"); }},
    {"no authority", "certificate_chain", [](Json& root) { root.erase("certificateAuthorities"); }},
    {"no certificate log", "sct_log_unknown", [](Json& root) { root.erase("ctlogs"); }},
    {"no stamp authority", "timestamp_authority",
     [](Json& root) { root.erase("timestampAuthorities"); }},
    {"log ended", "log_key_not_valid",
     [](Json& root) { set_period(*first(root, "tlogs").find("publicKey"), kFrom, kBefore); }},
    {"log begins", "log_key_not_valid",
     [](Json& root) { set_period(*first(root, "tlogs").find("publicKey"), kAfter, kLater); }},
    {"certificate log ended", "sct_log_key_not_valid",
     [](Json& root) { set_period(*first(root, "ctlogs").find("publicKey"), kFrom, kBefore); }},
    {"certificate log begins", "sct_log_key_not_valid",
     [](Json& root) { set_period(*first(root, "ctlogs").find("publicKey"), kAfter, kLater); }},
    {"authority ended", "certificate_authority",
     [](Json& root) { set_period(first(root, "certificateAuthorities"), kFrom, kBefore); }},
    {"authority begins", "certificate_authority",
     [](Json& root) { set_period(first(root, "certificateAuthorities"), kAfter, kLater); }},
    {"stamp authority ended", "timestamp_authority",
     [](Json& root) { set_period(first(root, "timestampAuthorities"), kFrom, kBefore); }},
    {"stamp authority begins", "timestamp_authority",
     [](Json& root) { set_period(first(root, "timestampAuthorities"), kAfter, kLater); }},
    {"to the second", "accepted",
     [](Json& root) {
       const char* now = "2026-06-01T12:00:00Z";
       set_period(*first(root, "ctlogs").find("publicKey"), now, now);
       set_period(*first(root, "tlogs").find("publicKey"), now, now);
       set_period(first(root, "certificateAuthorities"), now, now);
       set_period(first(root, "timestampAuthorities"), now, now);
     }},
};

TEST(Evidence, CountsOnlyWhileTheRootTrustsWhoGaveIt) {
  for (const auto make : {TestLog::Make::kRekor1, TestLog::Make::kTiles}) {
    Scene scene({"", make, false, true});
    for (const auto& test : kRoots) {
      Json json = scene.sigstore.trusted_root();
      test.change(json);
      scene.root = parse_trusted_root(dump_json(json), "root").value();
      EXPECT_EQ(scene.verify(scene.bundle), test.outcome) << test.name;
    }
  }
}

// The same names and another Sigstore's keys.
TEST(Evidence, OfAnotherSigstoreIsRefusedPieceByPiece) {
  Scene scene({"", TestLog::Make::kRekor1, false, true});
  TestSigstore stranger;
  const Json theirs = stranger.trusted_root();
  const std::pair<const char*, const char*> kLists[] = {
      {"tlogs", "log_unknown"},
      {"certificateAuthorities", "certificate_chain"},
      {"ctlogs", "sct_log_unknown"},
      {"timestampAuthorities", "timestamp_certificate"},
  };
  for (const auto& [list, outcome] : kLists) {
    Json json = scene.sigstore.trusted_root();
    json.set(list, *theirs.find(list));
    scene.root = parse_trusted_root(dump_json(json), "root").value();
    EXPECT_EQ(scene.verify(scene.bundle), outcome) << list;
  }
  EXPECT_EQ(scene.verify(stranger.bundle()), "log_unknown");
}

}  // namespace
}  // namespace sealift::sigstore
