// The forms of bundles that are older, or signed by a key: each field of them wrong in each way.
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
using sealift::test::KeylessDraft;
using sealift::test::mutations_of;
using sealift::test::TestKey;
using sealift::test::TestLog;
using sealift::test::TestSigstore;
using Kind = JsonMutation::Kind;
using Outcomes = std::set<std::string>;

constexpr const char* kPredicate = "https://slsa.dev/provenance/v1";
const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

struct Form {
  const char* name;
  const char* version;  // of the bundle
  bool by_key;
  TestLog::Make make;
  bool is_envelope;
  bool is_stamped;
};
constexpr auto kOld = TestLog::Make::kRekor1;
constexpr auto kTiles = TestLog::Make::kTiles;
constexpr Form kForms[] = {
    {"Message01", "0.1", false, kOld, false, false},
    {"StampedEnvelope01", "0.1", false, kOld, true, true},
    {"Message02", "0.2", false, kOld, false, false},
    {"StampedEnvelope02", "0.2", false, kOld, true, true},
    {"StampedMessage02InTiles", "0.2", false, kTiles, false, true},
    {"MessageByKey01", "0.1", true, kOld, false, false},
    {"MessageByKey", "0.3", true, kOld, false, true},
    {"EnvelopeByKey", "0.3", true, kOld, true, false},
    {"EnvelopeByKeyInTiles", "0.3", true, kTiles, true, true},
};

class Scene {
 public:
  explicit Scene(const Form& form)
      : form_(form),
        key_(TestKey::ec()),
        other_key_(TestKey::ec()),
        sigstore_(form.make),
        bundle(make(false)),
        other_bundle(make(true)),
        root_(read_root()),
        rule_{.signer = signer()} {
    if (form.is_envelope) rule_.predicate_type = kPredicate;
  }

  std::string verify(const std::string& text) const {
    const auto evidence = parse_bundle(text, "bundle");
    if (!evidence) return std::string(to_string(evidence.error().kind));
    const auto verdict =
        verify_evidence(*evidence, Artifact::of_bytes("the artifact"), root_, rule_, kNow);
    return verdict ? "accepted" : std::string(to_string(verdict.error().kind));
  }

 private:
  std::variant<crypto::PublicKey, IdentityRule> signer() const {
    if (form_.by_key) return crypto::PublicKey::from_der(key_.public_der(), "key").value();
    return IdentityRule{TextRule::matching("https://github\\.com/acme/.*").value(),
                        TextRule::matching("https://.*").value()};
  }

  // Without the copy of its certificate that the root could have, the time stamp's own counts.
  TrustedRoot read_root() const {
    Json json = sigstore_.trusted_root();
    Json& chain = *json.find("timestampAuthorities")->as_array()->front().find("certChain");
    auto& certificates = *chain.find("certificates")->as_array();
    certificates.erase(certificates.begin());
    return parse_trusted_root(dump_json(json), "root").value();
  }

  Json make(bool is_other) {
    KeylessDraft draft;
    draft.is_stamped = form_.is_stamped;
    if (form_.is_envelope) draft.predicate_type = kPredicate;
    if (form_.by_key) draft.key = is_other ? other_key_ : key_;
    if (is_other) {
      draft.artifact = "another artifact";
      draft.identity = "URI:https://github.com/eve/shop";
      draft.time += std::chrono::hours(1);
    }
    Json json = sigstore_.bundle(draft);
    if (std::string_view(form_.version) == "0.3") return json;
    json.set("mediaType",
             std::string("application/vnd.dev.sigstore.bundle+json;version=") + form_.version);
    Json& material = *json.find("verificationMaterial");
    if (const Json* certificate = material.find("certificate")) {
      const Json::Object chain{{"certificates", Json::Array{*certificate}}};
      material.erase("certificate");
      material.set("x509CertificateChain", chain);
    }
    return json;
  }

  Form form_;
  TestKey key_;
  TestKey other_key_;
  TestSigstore sigstore_;

 public:
  Json bundle;
  Json other_bundle;

 private:
  TrustedRoot root_;
  VerificationRule rule_;
};

bool is_gone(Kind kind) {
  return kind == Kind::kRemoved || kind == Kind::kNull || kind == Kind::kEmptied;
}

// All that may be accepted: what nobody signed because it says nothing, and one of two proofs of
// the same thing taken away.
bool is_without_meaning(const JsonMutation& mutation, const Form& form) {
  constexpr std::string_view kMaterial = "verificationMaterial.";
  if (!mutation.path.starts_with(kMaterial)) return false;
  const std::string path = mutation.path.substr(kMaterial.size());
  const bool is_01 = std::string_view(form.version) == "0.1";
  const bool is_tiles = form.make == kTiles;
  // A hint is for whoever looks for the key; here the key is given.
  if (path.starts_with("publicKey")) return true;
  // Issuers that are brought along count only as far as they lead to an authority.
  if (path == "x509CertificateChain.certificates[0]") return mutation.kind == Kind::kRepeated;
  // Any of the versions, which have the same members but for these.
  // Version 0.1 promises, from 0.2 on there is a proof; the other one may be missing, but a
  // certificate needs a time.
  if (path == "tlogEntries[0].inclusionProof") return is_01 && is_gone(mutation.kind);
  if (path == "tlogEntries[0].inclusionPromise") {
    return !is_01 && !is_tiles && is_gone(mutation.kind) && (form.by_key || form.is_stamped);
  }
  // A log of tiles tells no time, so nobody looks whether there is one.
  if (path.starts_with("timestampVerificationData")) {
    const bool has_another_time = form.by_key || !is_tiles;
    if (is_gone(mutation.kind) && has_another_time) return true;
    // A stranger's time stamp of a key's signature is passed over.
    return form.by_key && mutation.kind == Kind::kChanged;
  }
  return false;
}

// The refusals that fit a place in a bundle.
Outcomes expected_at(std::string_view path) {
  if (path == "mediaType") return {"malformed", "unsupported", "log_evidence_missing"};
  if (path.starts_with("verificationMaterial.tlogEntries")) {
    return {"malformed",       "log_unknown",    "log_evidence_missing",
            "inclusion_proof", "checkpoint",     "checkpoint_signature",
            "promise",         "entry_mismatch", "entry_duplicate",
            "no_time"};
  }
  if (path.starts_with("verificationMaterial.timestampVerificationData")) {
    return {"malformed",           "no_time",
            "timestamp_malformed", "timestamp_imprint",
            "timestamp_authority", "timestamp_certificate",
            "timestamp_signature", "timestamp_duplicate"};
  }
  if (path.starts_with("verificationMaterial.x509CertificateChain")) {
    return {"malformed", "unsupported", "entry_mismatch"};
  }
  if (path.starts_with("verificationMaterial")) return {"malformed", "entry_mismatch"};
  return {"malformed", "entry_mismatch", "content", "signature"};
}

class FormMutations : public testing::TestWithParam<Form> {};

TEST_P(FormMutations, AreRefusedForTheRuleThatTheyBreak) {
  const Scene scene(GetParam());
  ASSERT_EQ(scene.verify(dump_json(scene.bundle)), "accepted");
  EXPECT_NE(scene.verify(dump_json(scene.other_bundle)), "accepted");
  const auto mutations = mutations_of(scene.bundle, scene.other_bundle);
  EXPECT_GT(mutations.size(), 100u);
  for (const auto& mutation : mutations) {
    const auto outcome = scene.verify(dump_json(mutation.json));
    if (outcome == "accepted" && is_without_meaning(mutation, GetParam())) continue;
    EXPECT_THAT(expected_at(mutation.path), testing::Contains(outcome)) << mutation.name();
  }
}

// Of the text, wherever the byte is; a prime number of bytes apart, so that all kinds of places are
// hit.
TEST_P(FormMutations, OfASingleByteAreRefused) {
  const Scene scene(GetParam());
  const std::string text = dump_json(scene.bundle);
  for (std::size_t i = 0; i < text.size(); i += 13) {
    std::string changed = text;
    changed[i] = static_cast<char>(changed[i] ^ 1);
    if (scene.verify(changed) != "accepted") continue;
    const std::string_view before = std::string_view(text).substr(0, i);
    const bool is_free =
        before.rfind("\"hint\"") != before.npos && text.find('"', before.rfind("\"hint\"") + 8) > i;
    const bool is_stamp = GetParam().by_key && before.rfind("signedTimestamp") != before.npos;
    EXPECT_TRUE(is_free || is_stamp) << "byte " << i << ": " << text.substr(i, 20);
  }
}

INSTANTIATE_TEST_SUITE_P(Bundles, FormMutations, testing::ValuesIn(kForms),
                         [](const auto& form) { return std::string(form.param.name); });

}  // namespace
}  // namespace sealift::sigstore
