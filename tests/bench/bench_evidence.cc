#include "support/test_data.h"
#include "support/test_sigstore.h"

#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/known_trusted_root.h>
#include <sealift/sigstore/verification.h>

#include <benchmark/benchmark.h>

#include <string>

// Verifications in one process, the trusted root read once, each from the bundle's text.
namespace sealift::sigstore {
namespace {

using sealift::test::KeylessDraft;
using sealift::test::TestLog;
using sealift::test::TestSigstore;

TrustedRoot root_of(std::string_view text) {
  auto root = parse_trusted_root(text, "root").value();
  learn_issuances(root);
  return root;
}

struct Case {
  std::string bundle;
  TrustedRoot root;
  Artifact artifact;
  VerificationRule rule;
};

void verify(benchmark::State& state, const Case& given) {
  for (auto _ : state) {
    const auto evidence = parse_bundle(given.bundle, "bundle");
    if (!evidence) return state.SkipWithError(evidence.error().message.c_str());
    const auto verified =
        verify_evidence(*evidence, given.artifact, given.root, given.rule, Timestamp{});
    if (!verified) return state.SkipWithError(verified.error().message.c_str());
    benchmark::DoNotOptimize(verified->times.size());
  }
  state.SetItemsProcessed(state.iterations());
}

VerificationRule anybody() {
  return {.signer = IdentityRule{TextRule::matching("https://github\\.com/.*").value(),
                                 TextRule::matching("https://.*").value()}};
}

// Authorities and logs with P-256 keys: a promise, a proof with its checkpoint, an SCT, the
// certificate, the signature.
void keyless(benchmark::State& state, TestLog::Make make, bool is_stamped) {
  TestSigstore sigstore(make);
  KeylessDraft draft;
  draft.is_stamped = is_stamped;
  verify(state, {dump_json(sigstore.bundle(draft)), root_of(dump_json(sigstore.trusted_root())),
                 Artifact::of_digest(Digest::of(draft.artifact)), anybody()});
}

// The public Sigstore's authority signs with P-384.
void public_keyless(benchmark::State& state) {
  const std::string bundle =
      sealift::test::test_data("sigstore/bundles/sigstore.js@2.0.0-provenance.json");
  const auto evidence = parse_bundle(bundle, "bundle").value();
  const auto statement = parse_statement(evidence.envelope()->payload, "statement").value();
  const auto& [algorithm, hex] = statement.subjects.front().digests.front();
  auto rule = anybody();
  rule.predicate_type = statement.predicate_type;
  verify(state, {bundle, root_of(public_trusted_root().bytes),
                 Artifact::of_digest(Digest::parse(algorithm + ":" + hex).value()), rule});
}

void by_key(benchmark::State& state) {
  TestSigstore sigstore;
  KeylessDraft draft;
  draft.key = sealift::test::TestKey::ec();
  draft.is_stamped = false;
  verify(state, {dump_json(sigstore.bundle(draft)),
                 root_of(dump_json(sigstore.trusted_root())),
                 Artifact::of_digest(Digest::of(draft.artifact)),
                 {.signer = crypto::PublicKey::from_der(draft.key->public_der(), "key").value()}});
}

BENCHMARK(by_key)->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(keyless, promise_and_proof, TestLog::Make::kRekor1, false)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(keyless, promise_proof_and_stamp, TestLog::Make::kRekor1, true)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK_CAPTURE(keyless, tiles_and_stamp, TestLog::Make::kTiles, true)
    ->Unit(benchmark::kMicrosecond);
BENCHMARK(public_keyless)->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace sealift::sigstore

BENCHMARK_MAIN();
