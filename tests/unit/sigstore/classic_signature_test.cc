#include "support/refusal_matchers.h"
#include "support/result_matchers.h"
#include "support/test_sigstore.h"

#include <sealift/base/encoding.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/verification.h>

#include <gtest/gtest.h>

#include <algorithm>

namespace sealift::sigstore {
namespace {

using sealift::test::fails_with;
using sealift::test::is_accepted;
using sealift::test::is_refused;
using sealift::test::KeylessDraft;
using sealift::test::TestKey;
using sealift::test::TestLog;
using sealift::test::TestSigstore;

constexpr const char* kPredicate = "https://slsa.dev/provenance/v1";
const Timestamp kNow = parse_timestamp("2026-11-01T00:00:00Z").value();

std::string& annotation(TestSigstore::Layer& layer, std::string_view name) {
  return std::find_if(layer.annotations.begin(), layer.annotations.end(),
                      [&](const auto& each) { return each.first == name; })
      ->second;
}

class Classic : public testing::Test {
 protected:
  Classic() : root(parse_trusted_root(dump_json(sigstore.trusted_root()), "root").value()) {}

  static KeylessDraft attestation() {
    KeylessDraft draft;
    draft.predicate_type = kPredicate;
    return draft;
  }

  Verdict<VerifiedSignature> verify(const TestSigstore::Layer& layer) const {
    const bool is_attestation = rule.predicate_type == kPredicate;
    const auto evidence =
        is_attestation ? parse_classic_attestation(layer.content, layer.annotations, "layer 0")
                       : parse_classic_signature(layer.content, layer.annotations, "layer 0");
    if (!evidence) return tl::unexpected(evidence.error());
    return verify_evidence(*evidence, Artifact::of_digest(Digest::of("the artifact")), root, rule,
                           kNow);
  }

  TestSigstore sigstore;
  TrustedRoot root;
  VerificationRule rule{
      .signer =
          IdentityRule{TextRule::matching("https://github\\.com/acme/shop/.*").value(),
                       TextRule::exact("https://token.actions.githubusercontent.com").value()}};
};

TEST_F(Classic, SignatureIsVerifiedAsABundleIs) {
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify(sigstore.classic_layer()));
  EXPECT_TRUE(verified.signer.has_value());
  ASSERT_EQ(verified.log_entries.size(), 1u);
  EXPECT_TRUE(verified.log_entries[0].has_promise);
  EXPECT_FALSE(verified.log_entries[0].has_proof);
  EXPECT_EQ(verified.timestamps.size(), 1u);
  EXPECT_FALSE(verified.statement.has_value());
  KeylessDraft draft;
  draft.is_stamped = false;
  EXPECT_THAT(verify(sigstore.classic_layer(draft)), is_accepted());
}

TEST_F(Classic, AttestationIsStampedAndLoggedAsAWhole) {
  rule.predicate_type = kPredicate;
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify(sigstore.classic_layer(attestation())));
  EXPECT_EQ(verified.timestamps.size(), 1u);
  ASSERT_TRUE(verified.statement.has_value());
  EXPECT_EQ(verified.statement->predicate_type, kPredicate);
  // The same envelope in other JSON is another envelope to whoever stamped it and logged it.
  auto layer = sigstore.classic_layer(attestation());
  layer.content += "\n";
  EXPECT_THAT(verify(layer), is_refused(RefusalKind::kEntryMismatch, "envelope"));
  rule.requires_log = false;
  EXPECT_THAT(verify(layer), is_refused(RefusalKind::kTimestampImprint));
}

TEST_F(Classic, AnAttestationsTimeStampMayBeOfItsSignature) {
  rule.predicate_type = kPredicate;
  auto draft = attestation();
  draft.stamps_signature = true;
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify(sigstore.classic_layer(draft)));
  EXPECT_EQ(verified.timestamps.size(), 1u);
  auto layer = sigstore.classic_layer(draft);
  auto another = sigstore.classic_layer(draft);
  annotation(layer, kClassicTimestamp) = annotation(another, kClassicTimestamp);
  EXPECT_THAT(verify(layer), is_refused(RefusalKind::kTimestampImprint));
}

TEST_F(Classic, SignatureByAKeyNeedsTheLogAndNoTime) {
  const TestKey key = TestKey::ec();
  KeylessDraft draft;
  draft.key = key;
  draft.is_stamped = false;
  rule.signer = crypto::PublicKey::from_der(key.public_der(), "key").value();
  auto layer = sigstore.classic_layer(draft);
  ASSERT_ACCEPTED_ASSIGN(const auto verified, verify(layer));
  EXPECT_EQ(verified.log_entries.size(), 1u);
  EXPECT_FALSE(verified.signer.has_value());
  std::erase_if(layer.annotations, [](const auto& each) { return each.first == kClassicLogEntry; });
  EXPECT_THAT(verify(layer), is_refused(RefusalKind::kLogEvidenceMissing));
  rule.requires_log = false;
  EXPECT_THAT(verify(layer), is_accepted());
  EXPECT_THAT(verify(sigstore.classic_layer()), is_refused(RefusalKind::kKeyUnknown));
  draft.key = TestKey::ec();
  EXPECT_THAT(verify(sigstore.classic_layer(draft)), is_refused(RefusalKind::kSignature));
}

TEST_F(Classic, LayersAreWrittenAsTheyAreRead) {
  for (const bool is_attestation : {false, true}) {
    rule.predicate_type = is_attestation ? kPredicate : std::string(kSignaturePredicateType);
    const auto original = sigstore.classic_layer(is_attestation ? attestation() : KeylessDraft());
    ASSERT_ACCEPTED_ASSIGN(
        const auto evidence,
        is_attestation
            ? parse_classic_attestation(original.content, original.annotations, "layer 0")
            : parse_classic_signature(original.content, original.annotations, "layer 0"));
    ASSERT_OK_ASSIGN(const auto written, write_classic_layer(evidence));
    EXPECT_EQ(written.content, original.content);
    // Of its certificates the signer's own; the root has the others.
    EXPECT_THAT(verify({written.content, written.annotations}), is_accepted());
    EXPECT_EQ(written.annotations.at(0),
              std::pair(std::string(kClassicSignature),
                        is_attestation ? std::string() : base64_encode(evidence.signature())));
    EXPECT_EQ(written.annotations.size(), 4u);
  }
}

TEST_F(Classic, LayersHoldWhatTheyHaveAPlaceFor) {
  const auto layer = sigstore.classic_layer();
  ASSERT_ACCEPTED_ASSIGN(const auto good,
                         parse_classic_signature(layer.content, layer.annotations, "layer 0"));
  auto changed = good;
  changed.timestamps.push_back("another");
  EXPECT_THAT(write_classic_layer(changed), fails_with(ErrorCode::kInvalidInput, "store a bundle"));
  changed = good;
  changed.log_entries.push_back(good.log_entries[0]);
  EXPECT_THAT(write_classic_layer(changed), fails_with(ErrorCode::kInvalidInput, "store a bundle"));
  changed = good;
  changed.log_entries[0].promise.reset();
  EXPECT_THAT(write_classic_layer(changed), fails_with(ErrorCode::kInvalidInput, "promise"));
  changed = good;
  changed.content = MessageSignature{"signature", {}};
  EXPECT_THAT(write_classic_layer(changed), fails_with(ErrorCode::kInvalidInput, "file's bytes"));
}

struct ClassicCase {
  const char* name;
  RefusalKind kind;
  void (*change)(TestSigstore::Layer& layer, TestSigstore::Layer& other);
};

void expect_each_refused(
    const TestSigstore::Layer& good, const TestSigstore::Layer& other,
    const std::function<Verdict<VerifiedSignature>(const TestSigstore::Layer&)>& verify,
    const std::vector<ClassicCase>& cases) {
  ASSERT_THAT(verify(good), is_accepted());
  for (const auto& test : cases) {
    auto changed = good;
    auto foreign = other;
    test.change(changed, foreign);
    EXPECT_THAT(verify(changed), is_refused(test.kind)) << test.name;
  }
}

using Layer = TestSigstore::Layer;

TEST_F(Classic, SignatureIsRefusedWithAnythingChanged) {
  KeylessDraft draft;
  draft.artifact = "another artifact";
  draft.time += std::chrono::hours(1);
  expect_each_refused(
      sigstore.classic_layer(), sigstore.classic_layer(draft),
      [&](const Layer& layer) { return verify(layer); },
      {{"all of another artifact", RefusalKind::kSubject,
        [](Layer& layer, Layer& other) { layer = other; }},
       {"payload of another", RefusalKind::kEntryMismatch,
        [](Layer& layer, Layer& other) { layer.content = other.content; }},
       {"payload with a blank", RefusalKind::kEntryMismatch,
        [](Layer& layer, Layer&) { layer.content += " "; }},
       {"no signature", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { annotation(layer, kClassicSignature) = ""; }},
       {"no base64", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { annotation(layer, kClassicSignature) += "\n"; }},
       {"another signature", RefusalKind::kEntryMismatch,
        [](Layer& layer, Layer& other) {
          annotation(layer, kClassicSignature) = annotation(other, kClassicSignature);
        }},
       {"no certificate", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { annotation(layer, kClassicCertificate) = ""; }},
       {"neither certificate nor chain", RefusalKind::kKeyUnknown,
        [](Layer& layer, Layer&) {
          annotation(layer, kClassicCertificate) = "";
          annotation(layer, kClassicChain) = "";
        }},
       {"no PEM", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { annotation(layer, kClassicCertificate) = "certificate"; }},
       {"another certificate", RefusalKind::kEntryMismatch,
        [](Layer& layer, Layer& other) {
          annotation(layer, kClassicCertificate) = annotation(other, kClassicCertificate);
        }},
       {"no chain of certificates", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) {
          annotation(layer, kClassicChain) =
              "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n";
        }},
       {"no log entry", RefusalKind::kLogEvidenceMissing,
        [](Layer& layer, Layer&) { annotation(layer, kClassicLogEntry) = ""; }},
       {"a broken log entry", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { annotation(layer, kClassicLogEntry) += "}"; }},
       {"another log entry", RefusalKind::kEntryMismatch,
        [](Layer& layer, Layer& other) {
          annotation(layer, kClassicLogEntry) = annotation(other, kClassicLogEntry);
        }},
       {"a broken time stamp", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { annotation(layer, kClassicTimestamp) = "{}"; }},
       {"a time stamp that is none", RefusalKind::kTimestampMalformed,
        [](Layer& layer, Layer&) {
          annotation(layer, kClassicTimestamp) = R"({"SignedRFC3161Timestamp":"AAAA"})";
        }},
       {"another time stamp", RefusalKind::kTimestampImprint, [](Layer& layer, Layer& other) {
          annotation(layer, kClassicTimestamp) = annotation(other, kClassicTimestamp);
        }}});
}

TEST_F(Classic, AttestationIsRefusedWithAnythingChanged) {
  rule.predicate_type = kPredicate;
  KeylessDraft draft = attestation();
  draft.artifact = "another artifact";
  expect_each_refused(
      sigstore.classic_layer(attestation()), sigstore.classic_layer(draft),
      [&](const Layer& layer) { return verify(layer); },
      {{"all of another artifact", RefusalKind::kSubject,
        [](Layer& layer, Layer& other) { layer = other; }},
       {"no envelope", RefusalKind::kMalformed, [](Layer& layer, Layer&) { layer.content = "{}"; }},
       {"another envelope", RefusalKind::kEntryMismatch,
        [](Layer& layer, Layer& other) { layer.content = other.content; }},
       {"a signature beside it", RefusalKind::kMalformed,
        [](Layer& layer, Layer&) { layer.annotations.emplace_back(kClassicSignature, "AAAA"); }},
       {"another time stamp", RefusalKind::kTimestampImprint, [](Layer& layer, Layer& other) {
          annotation(layer, kClassicTimestamp) = annotation(other, kClassicTimestamp);
        }}});
}

// What was signed is read only after its signature fits, and then strictly.
TEST_F(Classic, PayloadsTypeIsCosigns) {
  const TestKey key = TestKey::ec();
  rule.signer = crypto::PublicKey::from_der(key.public_der(), "key").value();
  rule.requires_log = false;
  const auto signed_by_key = [&](const std::string& payload) {
    return Layer{payload, {{std::string(kClassicSignature), base64_encode(key.sign(payload))}}};
  };
  KeylessDraft draft;
  draft.key = key;
  const std::string good = sigstore.classic_layer(draft).content;
  EXPECT_THAT(verify(signed_by_key(good)), is_accepted());
  std::string other_type = good;
  other_type.replace(other_type.find("cosign container image signature"), 6, "atomic");
  EXPECT_THAT(verify(signed_by_key(other_type)),
              is_refused(RefusalKind::kPredicateType, "atomic container image signature"));
  EXPECT_THAT(verify(signed_by_key("{}")), is_refused(RefusalKind::kMalformed));
}

}  // namespace
}  // namespace sealift::sigstore
