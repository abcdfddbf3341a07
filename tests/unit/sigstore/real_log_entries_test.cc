#include "support/json_mutations.h"
#include "support/result_matchers.h"
#include "support/test_data.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/sigstore/log_entry_verification.h>

#include <gtest/gtest.h>

#include <optional>

namespace sealift::sigstore {
namespace {

using sealift::test::JsonMutation;
using sealift::test::mutations_of;
using sealift::test::test_data;

// A published bundle, taken apart as far as the log is concerned.
struct RealBundle {
  crypto::Certificate certificate;
  crypto::PublicKey key;
  std::optional<DsseEnvelope> envelope;
  std::string signature;
  std::optional<HashOutput> digest;
  LogEntry entry;

  LoggedSignature expected() const {
    return {.signature = signature,
            .key = &key,
            .certificate = &certificate,
            .envelope = envelope ? &*envelope : nullptr,
            .digest = digest};
  }
};

std::string bytes_at(const Json& json, std::initializer_list<std::string_view> path) {
  return base64_decode(json.string_at(path)).value();
}

Json read_json(const std::string& name) {
  return parse_json(test_data("sigstore/bundles/" + name), name).value();
}

const Json& entry_of(const Json& bundle) {
  return bundle.find_path({"verificationMaterial", "tlogEntries"})->as_array()->front();
}

RealBundle read_bundle(const std::string& name) {
  const Json json = read_json(name);
  const Json& material = *json.find("verificationMaterial");
  const Json* chain = material.find_path({"x509CertificateChain", "certificates"});
  const Json& holder =
      chain != nullptr ? chain->as_array()->front() : *material.find("certificate");
  const auto certificate =
      crypto::Certificate::from_der(bytes_at(holder, {"rawBytes"}), name).value();
  RealBundle bundle{certificate, certificate.public_key().value(), std::nullopt, "", std::nullopt,
                    {}};
  if (const Json* envelope = json.find("dsseEnvelope")) {
    bundle.envelope = dsse_from_json(*envelope, "dsseEnvelope").value();
    bundle.signature = bundle.envelope->signature;
  } else {
    bundle.signature = bytes_at(json, {"messageSignature", "signature"});
    bundle.digest = HashOutput{crypto::HashAlgorithm::kSha256,
                               bytes_at(json, {"messageSignature", "messageDigest", "digest"})};
  }
  bundle.entry = log_entry_from_json(entry_of(json), "entry").value();
  return bundle;
}

TrustedRoot read_root(const std::string& name) {
  return parse_trusted_root(test_data("sigstore/" + name), name).value();
}

constexpr const char* kPublicRoot = "tuf/targets/trusted_root.json";
constexpr const char* kScaffoldingRoot = "bundles/scaffolding.trusted_root.json";

TEST(RealLogEntries, OfThePublicLogWithPromiseAndProof) {
  const RealBundle bundle = read_bundle("sigstore.js@2.0.0-provenance.json");
  const TrustedRoot root = read_root(kPublicRoot);
  for (const auto required : {LogEvidence::kPromise, LogEvidence::kProof, LogEvidence::kEither}) {
    const auto proven = verify_log_entry(bundle.entry, bundle.expected(), root, required);
    ASSERT_TRUE(proven) << proven.error().message;
    EXPECT_EQ(proven->log->base_url, "https://rekor.sigstore.dev");
    EXPECT_EQ(proven->index, 31821305u);
    EXPECT_EQ(proven->kind, LogEntryKind::kIntoto002);
    EXPECT_EQ(proven->integrated_time, parse_timestamp("2023-08-18T16:05:35Z").value());
    EXPECT_TRUE(proven->has_promise);
    EXPECT_TRUE(proven->has_proof);
    EXPECT_EQ(proven->checkpoint_origin, "rekor.sigstore.dev - 2605736670972794746");
    EXPECT_EQ(proven->tree_size, 27657875u);
  }
}

TEST(RealLogEntries, OfThePublicLogWithAPromiseAlone) {
  const RealBundle bundle = read_bundle("dsse.json");
  const TrustedRoot root = read_root(kPublicRoot);
  const auto proven =
      verify_log_entry(bundle.entry, bundle.expected(), root, LogEvidence::kPromise);
  ASSERT_TRUE(proven) << proven.error().message;
  EXPECT_FALSE(proven->has_proof);
  EXPECT_EQ(proven->integrated_time, parse_timestamp("2022-11-09T23:00:36Z").value());
  const auto refused = verify_log_entry(bundle.entry, bundle.expected(), root, LogEvidence::kProof);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::kLogEvidenceMissing);
}

TEST(RealLogEntries, OfAPrivateLogOverADigest) {
  const RealBundle bundle = read_bundle("othername.json");
  const auto proven = verify_log_entry(bundle.entry, bundle.expected(), read_root(kScaffoldingRoot),
                                       LogEvidence::kProof);
  ASSERT_TRUE(proven) << proven.error().message;
  EXPECT_EQ(proven->kind, LogEntryKind::kHashedRekord001);
  EXPECT_EQ(proven->tree_size, 4u);
}

TEST(RealLogEntries, AreRefusedUnderAnotherRoot) {
  const RealBundle bundle = read_bundle("othername.json");
  const auto refused = verify_log_entry(bundle.entry, bundle.expected(), read_root(kPublicRoot),
                                        LogEvidence::kProof);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::kLogUnknown);
}

// The entry of one bundle, the signature of another.
TEST(RealLogEntries, AreRefusedForAnotherSignature) {
  const TrustedRoot root = read_root(kPublicRoot);
  const RealBundle mine = read_bundle("sigstore.js@2.0.0-provenance.json");
  const RealBundle other = read_bundle("dsse.json");
  const auto refused = verify_log_entry(other.entry, mine.expected(), root, LogEvidence::kPromise);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, RefusalKind::kEntryMismatch);
}

// The public log's own signatures, and a tree of millions.
TEST(RealLogEntries, AreRefusedWithAnythingChanged) {
  const TrustedRoot root = read_root(kPublicRoot);
  const RealBundle bundle = read_bundle("sigstore.js@2.0.0-provenance.json");
  const Json good = entry_of(read_json("sigstore.js@2.0.0-provenance.json"));
  std::size_t refused = 0;
  for (const auto& mutation : mutations_of(good, entry_of(read_json("dsse.json")))) {
    // A promise may stand alone; the other entry is of the same kind and log.
    const bool is_alone =
        mutation.path == "inclusionProof" && (mutation.kind == JsonMutation::Kind::kRemoved ||
                                              mutation.kind == JsonMutation::Kind::kNull);
    const auto entry = log_entry_from_json(mutation.json, "entry");
    const bool is_accepted =
        entry && verify_log_entry(*entry, bundle.expected(), root, LogEvidence::kPromise);
    EXPECT_EQ(is_accepted, is_alone) << mutation.name();
    refused += is_accepted ? 0 : 1;
  }
  EXPECT_GT(refused, 120u);
}

}  // namespace
}  // namespace sealift::sigstore
