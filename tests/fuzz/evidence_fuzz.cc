#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/known_trusted_root.h>
#include <sealift/sigstore/verification_report.h>

#include <cstdint>
#include <string>
#include <string_view>

// Bundles all the way, against the public Sigstore's trusted root: whatever they hold, there is an
// answer, and an acceptance can be told.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace sealift;
  using namespace sealift::sigstore;
  static const TrustedRoot root =
      parse_trusted_root(public_trusted_root().bytes, "the built-in root").value();
  static const VerificationRule rule{
      .signer = IdentityRule{TextRule::matching(".*").value(), TextRule::matching(".*").value()},
      .predicate_type = "https://slsa.dev/provenance/v1"};
  const auto evidence = parse_bundle({reinterpret_cast<const char*>(data), size}, "input");
  if (!evidence) return 0;
  Artifact artifact = Artifact::of_bytes("artifact");
  const auto* message = std::get_if<MessageSignature>(&evidence->content);
  if (message != nullptr && message->digest) artifact = Artifact{.digests = {*message->digest}};
  const auto verified = verify_evidence(*evidence, artifact, root, rule, Timestamp{});
  if (verified) (void)(dump_json(to_json(*verified)) + describe(*verified));
  return 0;
}
