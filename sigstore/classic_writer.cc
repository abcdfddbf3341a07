#include <sealift/base/encoding.h>
#include <sealift/sigstore/classic_signature.h>

#include <utility>

namespace sealift::sigstore {
namespace {

// cosign's RekorBundle.
Result<std::string> write_entry(const LogEntry& entry) {
  if (!entry.promise || !entry.integrated_time) {
    return fail(ErrorCode::kInvalidInput,
                "cosign's classic storage holds a log's promise, and logs of Rekor 2 give none: "
                "store a bundle, or sign with a log of Rekor 1");
  }
  const Json::Object payload{
      {"body", base64_encode(entry.body)},
      {"integratedTime", std::int64_t{entry.integrated_time->time_since_epoch().count()}},
      {"logIndex", entry.index},
      {"logID", hex_encode(entry.log_id)}};
  return dump_json(
      Json::Object{{"SignedEntryTimestamp", base64_encode(*entry.promise)}, {"Payload", payload}});
}

}  // namespace

Result<ClassicLayer> write_classic_layer(const SignedEvidence& evidence) {
  ClassicLayer layer;
  auto& annotations = layer.annotations;
  if (const auto* envelope = evidence.envelope()) {
    layer.content =
        evidence.envelope_json ? *evidence.envelope_json : dump_json(to_json(*envelope));
    // The envelope brings it; cosign wants the annotation to be there.
    annotations.emplace_back(kClassicSignature, "");
  } else if (const auto* message = std::get_if<SignedPayload>(&evidence.content)) {
    layer.content = message->payload;
    annotations.emplace_back(kClassicSignature, base64_encode(message->signature));
  } else {
    return fail(ErrorCode::kInvalidInput,
                "cosign's classic storage holds payloads and envelopes, and here is a signature "
                "over a file's bytes");
  }
  if (evidence.log_entries.size() > 1 || evidence.timestamps.size() > 1) {
    return fail(ErrorCode::kInvalidInput,
                "cosign's classic storage holds one log entry and one time stamp, and here are " +
                    std::to_string(evidence.log_entries.size()) + " and " +
                    std::to_string(evidence.timestamps.size()) + ": store a bundle");
  }
  if (const auto* certificate = evidence.certificate()) {
    annotations.emplace_back(kClassicCertificate, certificate->to_pem());
  }
  for (const auto& entry : evidence.log_entries) {
    SEALIFT_ASSIGN(auto text, write_entry(entry));
    annotations.emplace_back(kClassicLogEntry, std::move(text));
  }
  for (const auto& timestamp : evidence.timestamps) {
    annotations.emplace_back(
        kClassicTimestamp,
        dump_json(Json::Object{{"SignedRFC3161Timestamp", base64_encode(timestamp)}}));
  }
  return layer;
}

}  // namespace sealift::sigstore
