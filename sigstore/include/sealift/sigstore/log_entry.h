#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/sigstore/refusal.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::size_t kMaxLogEntries = 32;  // in one bundle

// The way from an entry to a signed root (protobuf-specs, sigstore_rekor.proto).
struct InclusionProof {
  std::uint64_t index = 0;  // in the tree, which may be one of several of the log
  std::uint64_t tree_size = 0;
  std::string root_hash;            // bytes, as all hashes here
  std::vector<std::string> hashes;  // the lowest first
  std::string checkpoint;           // a signed note, see checkpoint.h
};

struct KindVersion {
  std::string kind;     // "hashedrekord"
  std::string version;  // "0.0.1"
};

// What a transparency log gave out about one signature, read and not yet believed.
struct LogEntry {
  std::string log_id;       // bytes
  std::uint64_t index = 0;  // over all trees of the log
  // What the body is. Nullopt where the body alone says it (cosign's classic storage).
  std::optional<KindVersion> kind_version;
  // When the log says that it took the entry in. Only a promise proves it.
  std::optional<Timestamp> integrated_time;
  // The signature by which the log promised to take it in ("signed entry timestamp").
  std::optional<std::string> promise;
  std::optional<InclusionProof> proof;
  std::string body;  // the entry as it is in the log, byte for byte
};

// An entry of a bundle (protobuf-specs, sigstore_rekor.proto, TransparencyLogEntry). kMalformed
// naming the member under `path`: an unknown one, one that is not there, one of the wrong form, a
// proof without checkpoint, more hashes than a tree has levels.
Verdict<LogEntry> log_entry_from_json(const Json& json, const std::string& path);

// The annotation "dev.sigstore.cosign/bundle" of classic storage: a promise without a proof.
// kMalformed.
Verdict<LogEntry> parse_classic_log_entry(std::string_view annotation, const std::string& what);

// kEntryDuplicate where two are the same entry of the same log; kMalformed for more than
// kMaxLogEntries.
Verdict<> check_distinct(const std::vector<LogEntry>& entries);

}  // namespace sealift::sigstore
