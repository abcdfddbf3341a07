#include <sealift/sigstore/classic_signature.h>

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using namespace sealift::sigstore;

// What has been accepted is within the limits.
void check(const Verdict<SignedEvidence>& evidence) {
  if (!evidence) return;
  if (evidence->form != SignedEvidence::Form::kClassic || evidence->log_entries.size() > 1 ||
      evidence->timestamps.size() > 1 || evidence->certificates.size() > kMaxEvidenceCertificates) {
    std::abort();
  }
}

}  // namespace

// The layer and its annotations, each ended by a NUL: signature, certificate, chain, log entry,
// time stamp.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  const auto next = [&] {
    const std::string_view part = rest.substr(0, rest.find('\0'));
    rest.remove_prefix(part.size() < rest.size() ? part.size() + 1 : part.size());
    return std::string(part);
  };
  const std::string layer = next();
  ClassicAnnotations annotations;
  for (const auto name : {kClassicSignature, kClassicCertificate, kClassicChain, kClassicLogEntry,
                          kClassicTimestamp}) {
    annotations.emplace_back(name, next());
  }
  check(parse_classic_signature(layer, annotations, "input"));
  check(parse_classic_attestation(layer, annotations, "input"));
  return 0;
}
