#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/crypto/pem.h>
#include <sealift/sigstore/classic_signature.h>

#include <algorithm>

#include "protobuf_json.h"

namespace sealift::sigstore {
namespace {

constexpr auto kMalformed = RefusalKind::kMalformed;

// Empty where it is not there.
std::string_view find(const ClassicAnnotations& annotations, std::string_view name) {
  const auto found = std::find_if(annotations.begin(), annotations.end(),
                                  [&](const auto& each) { return each.first == name; });
  return found == annotations.end() ? std::string_view{} : std::string_view(found->second);
}

std::string path_of(const std::string& what, std::string_view annotation) {
  return what + ", annotation " + std::string(annotation);
}

Result<std::vector<crypto::Certificate>> read_certificates(std::string_view leaf,
                                                           std::string_view chain,
                                                           const std::string& what) {
  std::vector<crypto::Certificate> certificates;
  if (leaf.empty()) {
    if (chain.empty()) return certificates;
    return fail(ErrorCode::kInvalidInput,
                path_of(what, kClassicChain) + ": is there without the signer's certificate");
  }
  SEALIFT_ASSIGN(auto first,
                 crypto::Certificate::from_pem(leaf, path_of(what, kClassicCertificate)));
  certificates.push_back(std::move(first));
  if (chain.empty()) return certificates;
  SEALIFT_ASSIGN(const auto blocks, crypto::read_pem(chain, path_of(what, kClassicChain)));
  for (const auto& block : blocks) {
    if (block.label != "CERTIFICATE") {
      return fail(ErrorCode::kInvalidInput, path_of(what, kClassicChain) +
                                                ": holds a PEM block \"" + block.label +
                                                "\" among the certificates");
    }
    SEALIFT_ASSIGN(auto next, crypto::Certificate::from_der(block.content.view(),
                                                            path_of(what, kClassicChain)));
    certificates.push_back(std::move(next));
  }
  return certificates;
}

Result<std::string> read_timestamp(std::string_view annotation, const std::string& what) {
  SEALIFT_ASSIGN(const auto json,
                 parse_json(annotation, what, signature_json_limits(annotation.size())));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  SEALIFT_ASSIGN(auto timestamp, required_bytes(reader, "SignedRFC3161Timestamp"));
  SEALIFT_TRY(reader.finish());
  return timestamp;
}

// What both kinds of layers have in common.
Verdict<SignedEvidence> read_annotations(const ClassicAnnotations& annotations,
                                         const std::string& what) {
  SignedEvidence evidence;
  evidence.form = SignedEvidence::Form::kClassic;
  SEALIFT_ASSIGN(evidence.certificates,
                 or_refuse(read_certificates(find(annotations, kClassicCertificate),
                                             find(annotations, kClassicChain), what),
                           kMalformed));
  if (const auto entry = find(annotations, kClassicLogEntry); !entry.empty()) {
    SEALIFT_ASSIGN(auto parsed, parse_classic_log_entry(entry, path_of(what, kClassicLogEntry)));
    evidence.log_entries.push_back(std::move(parsed));
  }
  if (const auto stamp = find(annotations, kClassicTimestamp); !stamp.empty()) {
    SEALIFT_ASSIGN(auto parsed,
                   or_refuse(read_timestamp(stamp, path_of(what, kClassicTimestamp)), kMalformed));
    evidence.timestamps.push_back(std::move(parsed));
  }
  return evidence;
}

}  // namespace

Verdict<SignedEvidence> parse_classic_signature(std::string_view payload,
                                                const ClassicAnnotations& annotations,
                                                const std::string& what) {
  SEALIFT_ASSIGN(auto evidence, read_annotations(annotations, what));
  auto signature = base64_decode(find(annotations, kClassicSignature));
  if (!signature || signature->empty()) {
    return refuse(kMalformed, path_of(what, kClassicSignature) + ": is missing or not base64 text");
  }
  evidence.content = SignedPayload{*std::move(signature), std::string(payload)};
  return evidence;
}

Verdict<SignedEvidence> parse_classic_attestation(std::string_view layer,
                                                  const ClassicAnnotations& annotations,
                                                  const std::string& what) {
  SEALIFT_ASSIGN(auto evidence, read_annotations(annotations, what));
  if (!find(annotations, kClassicSignature).empty()) {
    return refuse(kMalformed, path_of(what, kClassicSignature) +
                                  ": is there, and the envelope has a signature already");
  }
  SEALIFT_ASSIGN(evidence.content, or_refuse(parse_dsse(layer, what), kMalformed));
  evidence.envelope_json = std::string(layer);
  return evidence;
}

}  // namespace sealift::sigstore
