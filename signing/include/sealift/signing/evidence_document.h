#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/signing/verifier.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace sealift::signing {

inline constexpr std::string_view kEvidenceMediaType =
    "application/vnd.dev.sealift.evidence.v1+json";
inline constexpr std::uint64_t kMaxEvidenceBytes = 128u << 20;

// A decision with everything that it was made from, so that anybody can make it again, later and
// without a network. docs/formats/evidence-document.md has its form.
struct EvidenceDocument {
  struct Root {
    std::string name;  // PolicyRoot::name
    std::string json;  // of the trusted root, byte by byte
    // Where it is of a trust folder, as RootFolder::Content has them; otherwise empty.
    std::string first_to_expire = {};
    std::optional<Timestamp> expires = std::nullopt;
  };

  Timestamp time;  // as of which it was decided
  std::string repository;
  std::optional<std::string> tag;  // as VerificationInput::tag
  oci::StoredManifest artifact;
  SignatureSet signatures;
  Json policy;  // the TrustPolicy, as it was read
  std::optional<Root> root;
  std::optional<AcceptedBefore> before;
  Json answer;  // answer_of()
  // The document's parts that are not what it says of itself: somebody changed them since.
  std::vector<std::string> changed_parts = {};
};

// to_json(Evidence), and of a refusal its sentence as member "message".
Json answer_of(const std::variant<VerifiedArtifact, Refused>& verdict);

// `policy` is the document that the input's policy was parsed from.
EvidenceDocument make_evidence_document(const VerificationInput& input, const Json& policy,
                                        const std::variant<VerifiedArtifact, Refused>& verdict);

std::string serialize(const EvidenceDocument& document);

// `source` begins each message. kInvalidInput: another media type, a member that is unknown,
// missing or of another form, more than kMaxEvidenceBytes. What was changed since it was written,
// and can still be read, is in `changed_parts`.
Result<EvidenceDocument> parse_evidence_document(std::string_view bytes, const std::string& source);

// What the next artifact of the same place must not be older than. kInvalidInput where the document
// is about a refusal or was changed since it was written, or the artifact's sequence is none.
Result<AcceptedBefore> accepted_by(const EvidenceDocument& document);

}  // namespace sealift::signing
