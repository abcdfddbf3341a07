#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>

#include <algorithm>
#include <utility>

#include "service_request.h"
#include "transparency_log.h"

namespace sealift::keyless {
namespace {

using sigstore::InclusionProof;
using sigstore::LogEntry;

constexpr std::string_view kEntries = "/api/v1/log/entries";
// An entry's ID is its leaf's hash, with or without that of its tree in front.
constexpr std::size_t kHashDigits = 64;
constexpr std::size_t kTreeDigits = 16;

Json proposal(std::string_view kind, Json::Object spec) {
  return Json::Object{{"apiVersion", "0.0.1"}, {"kind", kind}, {"spec", std::move(spec)}};
}

// Rekor's dsse 0.0.1 (rekor, pkg/types/dsse/v0.0.1), and hashedrekord 0.0.1
// (…/hashedrekord/v0.0.1).
Json proposed_entry(const LogSubmission& submission) {
  const std::string verifier =
      submission.certificate ? submission.certificate->to_pem() : submission.key.to_pem();
  if (submission.envelope) {
    const Json::Object content{{"envelope", *submission.envelope},
                               {"verifiers", Json::Array{base64_encode(verifier)}}};
    return proposal("dsse", {{"proposedContent", content}});
  }
  const Json::Object hash{{"algorithm", crypto::to_string(submission.digest.algorithm)},
                          {"value", hex_encode(submission.digest.bytes)}};
  const Json::Object public_key{{"content", base64_encode(verifier)}};
  const Json::Object signature{{"content", base64_encode(submission.signature)},
                               {"publicKey", public_key}};
  return proposal("hashedrekord",
                  {{"data", Json::Object{{"hash", hash}}}, {"signature", signature}});
}

Result<std::uint64_t> required_natural(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto number, reader.required_int(name));
  if (number < 0) return fail(reader.error_at(name, "is negative"));
  return static_cast<std::uint64_t>(number);
}

Result<std::string> required_hex(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.required_string(name));
  auto bytes = hex_decode(text);
  if (!bytes) return fail(reader.error_at(name, bytes.error().message()));
  return *std::move(bytes);
}

Result<std::string> required_base64(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(const auto text, reader.required_string(name));
  auto bytes = base64_decode(text);
  if (!bytes) return fail(reader.error_at(name, bytes.error().message()));
  return *std::move(bytes);
}

Result<InclusionProof> read_proof(ObjectReader reader) {
  reader.ignore_unknown();
  InclusionProof proof;
  SEALIFT_ASSIGN(proof.index, required_natural(reader, "logIndex"));
  SEALIFT_ASSIGN(proof.tree_size, required_natural(reader, "treeSize"));
  SEALIFT_ASSIGN(proof.root_hash, required_hex(reader, "rootHash"));
  SEALIFT_ASSIGN(proof.checkpoint, reader.required_string("checkpoint"));
  SEALIFT_ASSIGN(const auto hashes, reader.strings("hashes"));
  for (const auto& hash : hashes) {
    auto bytes = hex_decode(hash);
    if (!bytes) return fail(reader.error_at("hashes", bytes.error().message()));
    proof.hashes.push_back(*std::move(bytes));
  }
  return proof;
}

// Rekor's LogEntry (rekor, openapi.yaml): one member, named by the entry's ID.
Result<LogEntry> read_entry(const Json& answer, const std::string& what) {
  const auto* members = answer.as_object();
  if (members == nullptr || members->size() != 1) {
    return fail(ErrorCode::kInvalidInput, "the answer of " + what + " is not one entry");
  }
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(members->front().second, "entry"));
  reader.ignore_unknown();
  LogEntry entry;
  SEALIFT_ASSIGN(entry.body, required_base64(reader, "body"));
  SEALIFT_ASSIGN(entry.log_id, required_hex(reader, "logID"));
  SEALIFT_ASSIGN(entry.index, required_natural(reader, "logIndex"));
  SEALIFT_ASSIGN(const auto seconds, required_natural(reader, "integratedTime"));
  entry.integrated_time = Timestamp(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
  SEALIFT_ASSIGN(auto verification, reader.required_object("verification"));
  verification.ignore_unknown();
  SEALIFT_ASSIGN(entry.promise, required_base64(verification, "signedEntryTimestamp"));
  SEALIFT_ASSIGN(auto proof, verification.required_object("inclusionProof"));
  SEALIFT_ASSIGN(entry.proof, read_proof(std::move(proof)));
  SEALIFT_ASSIGN(const auto body, sigstore::parse_log_entry_body(entry.body, "entry.body"));
  entry.kind_version = {std::string(sigstore::kind_of(body.kind)),
                        std::string(sigstore::version_of(body.kind))};
  return entry;
}

// The ID at the end of where the entry already is. The rest of the address is not asked for: it is
// the server's word.
Result<std::string> existing_id(const HttpAnswer& answer, const std::string& what) {
  const std::string_view location = answer.head.headers.get("Location").value_or("");
  const std::string_view id = location.substr(location.rfind('/') + 1);
  const bool is_id = (id.size() == kHashDigits || id.size() == kTreeDigits + kHashDigits) &&
                     std::all_of(id.begin(), id.end(), [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
                     });
  if (!is_id) {
    return fail(ErrorCode::kInvalidInput,
                what + " has the signature already, and does not say under which ID");
  }
  return std::string(id);
}

}  // namespace

Result<LogEntry> submit_to_rekor1(const std::string& url, const LogSubmission& submission,
                                  const Environment& environment, std::stop_token stop) {
  const std::string what = "the transparency log " + url_for_message(url);
  SEALIFT_ASSIGN(auto answer,
                 ask_service(post_json(below(url, kEntries), proposed_entry(submission)), what,
                             {200, 201, 409}, environment, stop));
  if (answer.head.status == 409) {  // taken in by an attempt whose answer was lost
    SEALIFT_ASSIGN(const auto id, existing_id(answer, what));
    HttpRequest request;
    request.url = below(url, kEntries) + "/" + id;
    request.headers.set("Accept", "application/json");
    SEALIFT_ASSIGN(answer, ask_service(std::move(request), what, {200}, environment, stop));
  }
  SEALIFT_ASSIGN(const auto json, parse_answer(answer, what));
  SEALIFT_ASSIGN_CONTEXT(auto entry, read_entry(json, what), "the answer of " + what);
  return entry;
}

}  // namespace sealift::keyless
