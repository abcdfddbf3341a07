#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/log_entry.h>
#include <sealift/sigstore/merkle_proof.h>

#include <algorithm>
#include <chrono>
#include <tuple>

#include "protobuf_json.h"

namespace sealift::sigstore {
namespace {

// The last second of the year 9999, up to which RFC 3339 has a text for it.
constexpr std::uint64_t kMaxTime = 253402300799;

// Zero is how protobuf writes that there is none.
Result<std::optional<Timestamp>> to_time(std::uint64_t seconds, const ObjectReader& reader) {
  if (seconds == 0) return std::nullopt;
  if (seconds > kMaxTime) {
    return fail(reader.error_at("integratedTime", "is after the year 9999"));
  }
  return std::optional<Timestamp>(
      Timestamp(std::chrono::seconds(static_cast<std::int64_t>(seconds))));
}

Result<std::vector<std::string>> read_hashes(ObjectReader& reader) {
  SEALIFT_ASSIGN(const auto texts, reader.strings("hashes"));
  if (texts.size() > kMaxProofHashes) {
    return fail(reader.error_at("hashes", "holds more than " + std::to_string(kMaxProofHashes)));
  }
  std::vector<std::string> hashes;
  for (const auto& text : texts) {
    auto hash = base64_decode(text);
    if (!hash) return fail(reader.error_at("hashes", hash.error().message()));
    hashes.push_back(*std::move(hash));
  }
  return hashes;
}

Result<InclusionProof> read_proof(ObjectReader reader) {
  InclusionProof proof;
  SEALIFT_ASSIGN(proof.index, natural_or_zero(reader, "logIndex"));
  SEALIFT_ASSIGN(proof.root_hash, required_bytes(reader, "rootHash"));
  SEALIFT_ASSIGN(proof.tree_size, natural_or_zero(reader, "treeSize"));
  SEALIFT_ASSIGN(proof.hashes, read_hashes(reader));
  SEALIFT_ASSIGN(auto checkpoint, reader.required_object("checkpoint"));
  SEALIFT_ASSIGN(proof.checkpoint, checkpoint.required_string("envelope"));
  SEALIFT_TRY(checkpoint.finish());
  SEALIFT_TRY(reader.finish());
  return proof;
}

Result<KindVersion> read_kind(ObjectReader reader) {
  KindVersion result;
  SEALIFT_ASSIGN(result.kind, reader.required_string("kind"));
  SEALIFT_ASSIGN(result.version, reader.required_string("version"));
  SEALIFT_TRY(reader.finish());
  return result;
}

Result<std::string> read_log_id(ObjectReader reader) {
  SEALIFT_ASSIGN(auto id, required_bytes(reader, "keyId"));
  SEALIFT_TRY(reader.finish());
  return id;
}

Result<> read_evidence(ObjectReader& reader, LogEntry& entry) {
  SEALIFT_ASSIGN(auto promise, reader.optional_object("inclusionPromise"));
  if (promise) {
    SEALIFT_ASSIGN(entry.promise, required_bytes(*promise, "signedEntryTimestamp"));
    SEALIFT_TRY(promise->finish());
  }
  SEALIFT_ASSIGN(auto proof, reader.optional_object("inclusionProof"));
  if (proof) {
    SEALIFT_ASSIGN(entry.proof, read_proof(*std::move(proof)));
  }
  return {};
}

Result<LogEntry> read_entry(const Json& json, const std::string& path) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, path));
  LogEntry entry;
  SEALIFT_ASSIGN(entry.index, natural_or_zero(reader, "logIndex"));
  SEALIFT_ASSIGN(auto log_id, reader.required_object("logId"));
  SEALIFT_ASSIGN(entry.log_id, read_log_id(std::move(log_id)));
  SEALIFT_ASSIGN(auto kind, reader.required_object("kindVersion"));
  SEALIFT_ASSIGN(entry.kind_version, read_kind(std::move(kind)));
  SEALIFT_ASSIGN(const auto seconds, natural_or_zero(reader, "integratedTime"));
  SEALIFT_ASSIGN(entry.integrated_time, to_time(seconds, reader));
  SEALIFT_TRY(read_evidence(reader, entry));
  SEALIFT_ASSIGN(entry.body, required_bytes(reader, "canonicalizedBody"));
  SEALIFT_TRY(reader.finish());
  return entry;
}

Result<std::uint64_t> required_natural(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto number, reader.required_int(name));
  if (number < 0) return fail(reader.error_at(name, "is negative"));
  return static_cast<std::uint64_t>(number);
}

Result<LogEntry> read_classic_entry(std::string_view annotation, const std::string& what) {
  SEALIFT_ASSIGN(const auto json,
                 parse_json(annotation, what, signature_json_limits(annotation.size())));
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(json, what));
  LogEntry entry;
  SEALIFT_ASSIGN(entry.promise, required_bytes(reader, "SignedEntryTimestamp"));
  SEALIFT_ASSIGN(auto payload, reader.required_object("Payload"));
  SEALIFT_TRY(reader.finish());
  SEALIFT_ASSIGN(entry.body, required_bytes(payload, "body"));
  SEALIFT_ASSIGN(const auto seconds, required_natural(payload, "integratedTime"));
  SEALIFT_ASSIGN(entry.integrated_time, to_time(seconds, payload));
  SEALIFT_ASSIGN(entry.index, required_natural(payload, "logIndex"));
  SEALIFT_ASSIGN(const auto log_id, payload.required_string("logID"));
  SEALIFT_TRY(payload.finish());
  auto id = hex_decode(log_id);
  // The log signs the text, so there must be only one for an ID.
  if (!id || id->empty() || hex_encode(*id) != log_id) {
    return fail(payload.error_at("logID", "is not an ID in hexadecimal, in lower case"));
  }
  entry.log_id = *std::move(id);
  return entry;
}

}  // namespace

Verdict<LogEntry> log_entry_from_json(const Json& json, const std::string& path) {
  return or_refuse(read_entry(json, path), RefusalKind::kMalformed);
}

Verdict<LogEntry> parse_classic_log_entry(std::string_view annotation, const std::string& what) {
  return or_refuse(read_classic_entry(annotation, what), RefusalKind::kMalformed);
}

Verdict<> check_distinct(const std::vector<LogEntry>& entries) {
  if (entries.size() > kMaxLogEntries) {
    return refuse(RefusalKind::kMalformed,
                  "there are more than " + std::to_string(kMaxLogEntries) + " log entries");
  }
  for (std::size_t i = 0; i < entries.size(); ++i) {
    for (std::size_t j = i + 1; j < entries.size(); ++j) {
      if (std::tie(entries[i].log_id, entries[i].index) !=
          std::tie(entries[j].log_id, entries[j].index)) {
        continue;
      }
      return refuse(RefusalKind::kEntryDuplicate,
                    "entry " + std::to_string(entries[i].index) + " of the log " +
                        hex_encode(entries[i].log_id) + " is there twice, and counts once at most");
    }
  }
  return {};
}

}  // namespace sealift::sigstore
