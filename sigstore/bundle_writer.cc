#include <sealift/base/encoding.h>
#include <sealift/sigstore/bundle.h>

#include <cassert>
#include <utility>

#include "hash_names.h"

namespace sealift::sigstore {
namespace {

// As protobuf writes 64-bit numbers in JSON.
std::string decimal(std::uint64_t number) { return std::to_string(number); }

Json bytes_member(std::string_view name, std::string_view bytes) {
  return Json::Object{{std::string(name), base64_encode(bytes)}};
}

Json to_json(const InclusionProof& proof) {
  Json::Array hashes;
  for (const auto& hash : proof.hashes) hashes.emplace_back(base64_encode(hash));
  return Json::Object{{"logIndex", decimal(proof.index)},
                      {"rootHash", base64_encode(proof.root_hash)},
                      {"treeSize", decimal(proof.tree_size)},
                      {"hashes", std::move(hashes)},
                      {"checkpoint", Json::Object{{"envelope", proof.checkpoint}}}};
}

Json to_json(const LogEntry& entry) {
  assert(entry.kind_version && entry.proof);
  Json json;
  json.set("logIndex", decimal(entry.index));
  json.set("logId", bytes_member("keyId", entry.log_id));
  json.set("kindVersion", Json::Object{{"kind", entry.kind_version->kind},
                                       {"version", entry.kind_version->version}});
  if (entry.integrated_time) {
    json.set("integratedTime", std::to_string(entry.integrated_time->time_since_epoch().count()));
  }
  if (entry.promise) {
    json.set("inclusionPromise", bytes_member("signedEntryTimestamp", *entry.promise));
  }
  json.set("inclusionProof", to_json(*entry.proof));
  json.set("canonicalizedBody", base64_encode(entry.body));
  return json;
}

Json material(const SignedEvidence& evidence) {
  Json json;
  if (const auto* certificate = evidence.certificate()) {
    json.set("certificate", bytes_member("rawBytes", certificate->der()));
  } else {
    json.set("publicKey", Json::Object{{"hint", evidence.key_hint}});
  }
  if (!evidence.log_entries.empty()) {
    Json::Array entries;
    for (const auto& entry : evidence.log_entries) entries.push_back(to_json(entry));
    json.set("tlogEntries", std::move(entries));
  }
  if (!evidence.timestamps.empty()) {
    Json::Array timestamps;
    for (const auto& timestamp : evidence.timestamps) {
      timestamps.push_back(bytes_member("signedTimestamp", timestamp));
    }
    json.set("timestampVerificationData",
             Json::Object{{"rfc3161Timestamps", std::move(timestamps)}});
  }
  return json;
}

}  // namespace

std::string serialize_bundle(const SignedEvidence& evidence) {
  Json json;
  json.set("mediaType", kBundleMediaType);
  json.set("verificationMaterial", material(evidence));
  if (const auto* envelope = evidence.envelope()) {
    json.set("dsseEnvelope", to_json(*envelope));
  } else {
    const auto* message = std::get_if<MessageSignature>(&evidence.content);
    assert(message != nullptr);
    Json signature;
    if (message->digest) {
      signature.set("messageDigest",
                    Json::Object{{"algorithm", hash_name(message->digest->algorithm)},
                                 {"digest", base64_encode(message->digest->bytes)}});
    }
    signature.set("signature", base64_encode(message->signature));
    json.set("messageSignature", std::move(signature));
  }
  return dump_json(json);
}

}  // namespace sealift::sigstore
