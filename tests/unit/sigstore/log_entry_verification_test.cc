#include "unit/sigstore/log_entry_fixture.h"

#include <gtest/gtest.h>

namespace sealift::sigstore {
namespace {

using namespace test;

// A log with the entry among others, so that its proof has several hashes.
struct LoggedEntry {
  LoggedEntry(TestLog& log, const TestSignature& signature) {
    for (int i = 0; i < 5; ++i) log.add("{\"before\":" + std::to_string(i) + "}");
    const std::size_t place = log.add(signature.body);
    for (int i = 0; i < 7; ++i) log.add("{\"after\":" + std::to_string(i) + "}");
    json = log.entry(place, kLogged);
  }
  Json json;
};

class EachKind : public ::testing::TestWithParam<std::tuple<LogEntryKind, bool>> {
 protected:
  LogEntryKind kind() const { return std::get<0>(GetParam()); }
  bool has_certificate() const { return std::get<1>(GetParam()); }
  bool is_tiles() const { return generation_of(kind()) == LogGeneration::kTiles; }
};

TEST_P(EachKind, IsProvenByALogOfTheRoot) {
  const TestSigner signer(has_certificate());
  const TestSignature signature(signer, kind(), "hello");
  TestLog log(make_of(kind()));
  const LoggedEntry entry(log, signature);
  const TrustedRoot root = root_of({&log});
  const auto proven = verify_json(entry.json, signature.expected(), root, LogEvidence::kProof);
  ASSERT_TRUE(proven) << proven.error().message;
  EXPECT_EQ(proven->log, root.transparency_logs.find(log.id()));
  EXPECT_EQ(proven->kind, kind());
  EXPECT_EQ(proven->index, is_tiles() ? 5u : 1005u);
  EXPECT_EQ(proven->tree_size, 13u);
  EXPECT_EQ(proven->checkpoint_origin, log.origin());
  EXPECT_TRUE(proven->has_proof);
  EXPECT_EQ(proven->has_promise, !is_tiles());
  EXPECT_EQ(proven->integrated_time, is_tiles() ? std::nullopt : std::optional<Timestamp>(kLogged));
}

TEST_P(EachKind, IsRefusedForAnySignatureButItsOwn) {
  const TestSigner signer(has_certificate());
  const TestSigner another(has_certificate());
  const TestSigner bare(!has_certificate(), signer.issued.key);
  const TestSignature mine(signer, kind(), "hello");
  const TestSignature of_another(another, kind(), "hello");
  const TestSignature of_the_bare_key(bare, kind(), "hello");
  const TestSignature other_text(signer, kind(), "other");
  TestLog log(make_of(kind()));
  const LoggedEntry entry(log, mine);
  const TrustedRoot root = root_of({&log});
  const auto outcome_for = [&](const LoggedSignature& expected) {
    return outcome(verify_json(entry.json, expected, root, LogEvidence::kEither));
  };
  EXPECT_EQ(outcome_for(mine.expected()), "accepted");
  EXPECT_EQ(outcome_for(of_another.expected()), "entry_mismatch");
  EXPECT_EQ(outcome_for(of_the_bare_key.expected()), "entry_mismatch");
  EXPECT_EQ(outcome_for(other_text.expected()), "entry_mismatch");

  LoggedSignature wrong = mine.expected();
  wrong.signature = other_text.signature;
  EXPECT_EQ(outcome_for(wrong), "entry_mismatch");
  wrong = mine.expected();
  wrong.envelope = other_text.expected().envelope;
  wrong.message = other_text.expected().message;
  EXPECT_EQ(outcome_for(wrong), "entry_mismatch");

  // Over bytes where it is over an envelope, and the other way round.
  const DsseEnvelope envelope{"application/vnd.in-toto+json", "hello", mine.signature};
  wrong = mine.expected();
  wrong.envelope = mine.envelope ? nullptr : &envelope;
  wrong.message = "hello";
  EXPECT_EQ(outcome_for(wrong), "entry_mismatch");
}

INSTANTIATE_TEST_SUITE_P(LogEntries, EachKind,
                         ::testing::Combine(::testing::ValuesIn(kAllKinds), ::testing::Bool()));

TEST(LogEntryVerification, TakesWhateverKindOfKeyALogHas) {
  const std::pair<const char*, TestKey> kKeys[] = {{"P-256", TestKey::ec()},
                                                   {"P-384", TestKey::ec("P-384")},
                                                   {"P-521", TestKey::ec("P-521")},
                                                   {"RSA", TestKey::rsa(2048)},
                                                   {"Ed25519", TestKey::ed25519()}};
  const TestSigner signer(true);
  for (const auto& [name, key] : kKeys) {
    for (const auto kind : {LogEntryKind::kHashedRekord001, LogEntryKind::kHashedRekord002}) {
      const TestSignature signature(signer, kind, "hello");
      TestLog log(make_of(kind), "rekor.example.com", key);
      const LoggedEntry entry(log, signature);
      const auto proven =
          verify_json(entry.json, signature.expected(), root_of({&log}), LogEvidence::kProof);
      EXPECT_TRUE(proven) << name << ": " << proven.error().message;
    }
  }
}

TEST(LogEntryVerification, KnowsTheHashOfEachKeyInLogsOfTiles) {
  const struct {
    TestKey key;
    const char* details;
    const char* algorithm;
    crypto::HashAlgorithm hash;
  } kCases[] = {
      {TestKey::ec("P-384"), "PKIX_ECDSA_P384_SHA_384", "SHA2_384", crypto::HashAlgorithm::kSha384},
      {TestKey::ec("P-384"), "PKIX_ECDSA_P384_SHA_256", "SHA2_256", crypto::HashAlgorithm::kSha256},
      {TestKey::ec("P-521"), "PKIX_ECDSA_P521_SHA_512", "SHA2_512", crypto::HashAlgorithm::kSha512},
      {TestKey::ed25519(), "PKIX_ED25519_PH", "SHA2_512", crypto::HashAlgorithm::kSha512},
      {TestKey::rsa(2048), "PKIX_RSA_PKCS1V15_2048_SHA256", "SHA2_256",
       crypto::HashAlgorithm::kSha256},
  };
  for (const auto& each : kCases) {
    const TestSigner signer(false, each.key, each.details);
    TestSignature signature(signer, LogEntryKind::kHashedRekord002, "hello");
    signature.body = sealift::test::hashed_rekord_002(
        signer.logged, signature.signature, crypto::hash(each.hash, "hello"), each.algorithm);
    TestLog log(TestLog::Make::kTiles);
    const LoggedEntry entry(log, signature);
    const TrustedRoot root = root_of({&log});
    const auto proven = verify_json(entry.json, signature.expected(), root, LogEvidence::kEither);
    EXPECT_TRUE(proven) << each.details << ": " << proven.error().message;

    // Nobody's key is of another type than it is.
    const TestSigner p256(false);
    LoggedSignature wrong = signature.expected();
    wrong.key = &p256.key;
    EXPECT_EQ(outcome(verify_json(entry.json, wrong, root, LogEvidence::kEither)),
              "entry_mismatch");
  }
}

TEST(LogEntryVerification, IsAboutAnEnvelopeInEitherFormOfRekor2) {
  const TestSigner signer(true);
  const TestSignature signature(signer, LogEntryKind::kHashedRekord002, "hello", true);
  TestLog log(TestLog::Make::kTiles);
  const LoggedEntry entry(log, signature);
  const TrustedRoot root = root_of({&log});
  EXPECT_EQ(outcome(verify_json(entry.json, signature.expected(), root, LogEvidence::kEither)),
            "accepted");
  // The payload's type is part of what is hashed.
  DsseEnvelope retyped = *signature.envelope;
  retyped.payload_type = "text/plain";
  LoggedSignature wrong = signature.expected();
  wrong.envelope = &retyped;
  EXPECT_EQ(outcome(verify_json(entry.json, wrong, root, LogEvidence::kEither)), "entry_mismatch");
}

TEST(LogEntryVerification, ComparesADigestWhereThatIsAllThereIs) {
  const TestSigner signer(true);
  const TestSignature signature(signer, LogEntryKind::kHashedRekord001, "hello");
  TestLog log(TestLog::Make::kRekor1);
  const LoggedEntry entry(log, signature);
  const TrustedRoot root = root_of({&log});
  LoggedSignature expected = signature.expected();
  expected.message = std::nullopt;
  const auto outcome_with = [&](crypto::HashAlgorithm algorithm, std::string_view text) {
    expected.digest = HashOutput{algorithm, crypto::hash(algorithm, text)};
    return outcome(verify_json(entry.json, expected, root, LogEvidence::kEither));
  };
  EXPECT_EQ(outcome_with(crypto::HashAlgorithm::kSha256, "hello"), "accepted");
  EXPECT_EQ(outcome_with(crypto::HashAlgorithm::kSha256, "other"), "entry_mismatch");
  EXPECT_EQ(outcome_with(crypto::HashAlgorithm::kSha512, "hello"), "entry_mismatch");
  expected.digest = std::nullopt;
  EXPECT_EQ(outcome(verify_json(entry.json, expected, root, LogEvidence::kEither)),
            "entry_mismatch");
}

TEST(LogEntryVerification, ComparesTheEnvelopesOwnBytesWhereTheyAreKept) {
  const TestSigner signer(true);
  for (const auto kind : {LogEntryKind::kDsse001, LogEntryKind::kIntoto002}) {
    const TestSignature signature(signer, kind, "hello");
    TestLog log(TestLog::Make::kRekor1);
    const LoggedEntry entry(log, signature);
    LoggedSignature expected = signature.expected();
    expected.envelope_json = std::nullopt;
    const TrustedRoot root = root_of({&log});
    EXPECT_EQ(outcome(verify_json(entry.json, expected, root, LogEvidence::kEither)), "accepted");
    expected.envelope_json = "{}";
    EXPECT_EQ(outcome(verify_json(entry.json, expected, root, LogEvidence::kEither)),
              "entry_mismatch");
  }
}

TEST(LogEntryVerification, WantsTheEvidenceThatItsCallerNames) {
  const TestSigner signer(true);
  const TestSignature old(signer, LogEntryKind::kHashedRekord001, "hello");
  TestLog rekor(TestLog::Make::kRekor1);
  const LoggedEntry both(rekor, old);
  Json promised = both.json;
  promised.erase("inclusionProof");
  Json proven = both.json;
  proven.erase("inclusionPromise");
  Json bare = promised;
  bare.erase("inclusionPromise");
  const TrustedRoot root = root_of({&rekor});
  const auto with = [&](const Json& entry, LogEvidence required) {
    return outcome(verify_json(entry, old.expected(), root, required));
  };
  EXPECT_EQ(with(promised, LogEvidence::kPromise), "accepted");
  EXPECT_EQ(with(promised, LogEvidence::kEither), "accepted");
  EXPECT_EQ(with(promised, LogEvidence::kProof), "log_evidence_missing");
  EXPECT_EQ(with(proven, LogEvidence::kPromise), "log_evidence_missing");
  EXPECT_EQ(with(proven, LogEvidence::kEither), "accepted");
  EXPECT_EQ(with(proven, LogEvidence::kProof), "accepted");
  EXPECT_EQ(with(bare, LogEvidence::kEither), "log_evidence_missing");

  // A proof says nothing about the time, whatever the entry claims.
  const auto without_time = verify_json(proven, old.expected(), root, LogEvidence::kProof);
  ASSERT_TRUE(without_time);
  EXPECT_EQ(without_time->integrated_time, std::nullopt);

  const TestSignature recent(signer, LogEntryKind::kHashedRekord002, "hello");
  TestLog tiles(TestLog::Make::kTiles);
  Json tile_entry = LoggedEntry(tiles, recent).json;
  const TrustedRoot tiles_root = root_of({&tiles});
  EXPECT_EQ(outcome(verify_json(tile_entry, recent.expected(), tiles_root, LogEvidence::kEither)),
            "accepted");
  EXPECT_EQ(outcome(verify_json(tile_entry, recent.expected(), tiles_root, LogEvidence::kPromise)),
            "log_evidence_missing");
  Json with_promise = tile_entry;
  with_promise.set("inclusionPromise", *both.json.find("inclusionPromise"));
  EXPECT_EQ(outcome(verify_json(with_promise, recent.expected(), tiles_root, LogEvidence::kEither)),
            "malformed");
  tile_entry.erase("inclusionProof");
  EXPECT_EQ(outcome(verify_json(tile_entry, recent.expected(), tiles_root, LogEvidence::kEither)),
            "log_evidence_missing");
}

TEST(LogEntryVerification, WantsEntriesToSayWhatTheyAre) {
  const TestSigner signer(true);
  const TestSignature signature(signer, LogEntryKind::kHashedRekord001, "hello");
  TestLog log(TestLog::Make::kRekor1);
  Json entry = LoggedEntry(log, signature).json;
  entry.set("kindVersion", Json::Object{{"kind", ""}, {"version", ""}});
  EXPECT_EQ(
      outcome(verify_json(entry, signature.expected(), root_of({&log}), LogEvidence::kEither)),
      "entry_mismatch");
}

TEST(LogEntryVerification, HoldsTheLogsKeyToItsTime) {
  const TestSigner signer(true);
  const TestSignature signature(signer, LogEntryKind::kHashedRekord001, "hello");
  TestLog log(TestLog::Make::kRekor1);
  const LoggedEntry entry(log, signature);
  const auto with = [&](const char* start, const char* end) {
    Json json = sealift::test::trusted_root_of({&log});
    Json& validity = *json.find("tlogs")->as_array()->front().find("publicKey")->find("validFor");
    validity = Json::Object{{"start", start}, {"end", end}};
    const TrustedRoot root = parse_trusted_root(dump_json(json), "root").value();
    const auto proven = verify_json(entry.json, signature.expected(), root, LogEvidence::kEither);
    if (proven) {
      EXPECT_TRUE(check_log_key(*proven, kLogged));
      EXPECT_EQ(outcome(check_log_key(*proven, parse_timestamp("2027-01-01T00:00:01Z").value())),
                "log_key_not_valid");
    }
    return outcome(proven);
  };
  EXPECT_EQ(with("2026-06-01T12:00:00Z", "2027-01-01T00:00:00Z"), "accepted");
  EXPECT_EQ(with("2026-06-01T12:00:01Z", "2027-01-01T00:00:00Z"), "log_key_not_valid");
  EXPECT_EQ(with("2026-01-01T00:00:00Z", "2026-06-01T12:00:00Z"), "accepted");
  EXPECT_EQ(with("2026-01-01T00:00:00Z", "2026-06-01T11:59:59.999Z"), "log_key_not_valid");
}

TEST(LogEntries, CountOnce) {
  LogEntry entry;
  entry.log_id = "log";
  entry.index = 7;
  LogEntry of_another_log = entry;
  of_another_log.log_id = "other";
  LogEntry another = entry;
  another.index = 8;
  EXPECT_TRUE(check_distinct({entry, of_another_log, another}));
  EXPECT_EQ(outcome(check_distinct({entry, another, entry})), "entry_duplicate");
  std::vector<LogEntry> many(kMaxLogEntries + 1, entry);
  for (std::size_t i = 0; i < many.size(); ++i) many[i].index = i;
  EXPECT_EQ(outcome(check_distinct(many)), "malformed");
  many.pop_back();
  EXPECT_TRUE(check_distinct(many));
}

}  // namespace
}  // namespace sealift::sigstore
