#include <sealift/signing/accepted_statement.h>

#include <sealift/base/encoding.h>
#include <sealift/sigstore/bundle.h>
#include <sealift/sigstore/classic_signature.h>
#include <sealift/sigstore/predicate.h>
#include <sealift/sigstore/statement.h>

#include <algorithm>
#include <utility>

namespace sealift::signing {
namespace {

using Format = FoundSignature::Format;

Result<Json> statement_in(const FoundSignature& piece) {
  SEALIFT_ASSIGN(const auto evidence, piece.format == Format::kBundle
                                          ? sigstore::parse_bundle(piece.payload, piece.location)
                                          : sigstore::parse_classic_attestation(
                                                piece.payload, piece.annotations, piece.location));
  const auto* envelope = evidence.envelope();
  if (envelope == nullptr) {
    return fail(ErrorCode::kInvalidInput, piece.location + " is no attestation");
  }
  return parse_json(envelope->payload, piece.location,
                    sigstore::signature_json_limits(envelope->payload.size()));
}

// "17 packages": of a list; nothing where there is none.
std::string counted(const Json& predicate, std::string_view list, const std::string& what) {
  const Json* found = predicate.find(list);
  const auto* array = found == nullptr ? nullptr : found->as_array();
  if (array == nullptr) return "";
  return std::to_string(array->size()) + " " + what + (array->size() == 1 ? "" : "s");
}

std::string joined(std::initializer_list<std::string> parts) {
  std::string text;
  for (const auto& part : parts) {
    if (part.empty()) continue;
    text += (text.empty() ? "" : ", ") + part;
  }
  return text;
}

std::string named(const std::string& what, std::string_view value) {
  return value.empty() ? "" : what + " " + printable(value, 200);
}

}  // namespace

Result<std::vector<AcceptedStatement>> accepted_statements(const Evidence& evidence,
                                                           const SignatureSet& signatures) {
  std::vector<AcceptedStatement> statements;
  for (const auto& accepted : evidence.accepted) {
    if (accepted.predicate_type == sigstore::kSignaturePredicateType) continue;
    const auto piece = std::find_if(
        signatures.pieces.begin(), signatures.pieces.end(),
        [&](const FoundSignature& each) { return each.location == accepted.location; });
    if (piece == signatures.pieces.end()) {
      return fail(ErrorCode::kInvalidInput, accepted.location + " is not among the pieces");
    }
    SEALIFT_ASSIGN(auto statement, statement_in(*piece));
    statements.push_back({accepted.location, accepted.signer, std::move(statement)});
  }
  return statements;
}

std::string summary_of(const Json& statement) {
  const Json* predicate = statement.find("predicate");
  if (predicate == nullptr) return "";
  const auto type = statement.string_at({"predicateType"});
  if (type == sigstore::kSlsaProvenance1) {
    return joined({named("built by", predicate->string_at({"runDetails", "builder", "id"})),
                   named("as", predicate->string_at({"buildDefinition", "buildType"}))});
  }
  if (type == sigstore::kSlsaProvenance02) {
    return joined({named("built by", predicate->string_at({"builder", "id"})),
                   named("as", predicate->string_at({"buildType"})),
                   named("from", predicate->string_at({"invocation", "configSource", "uri"}))});
  }
  if (type == sigstore::kSpdxDocument) {
    return joined({named("SPDX document", predicate->string_at({"name"})),
                   counted(*predicate, "packages", "package"),
                   counted(*predicate, "files", "file")});
  }
  if (type == sigstore::kCycloneDx) {
    return joined(
        {named("CycloneDX document of", predicate->string_at({"metadata", "component", "name"})),
         counted(*predicate, "components", "component")});
  }
  if (type == sigstore::kOpenVex) {
    return joined({named("by", predicate->string_at({"author"})),
                   counted(*predicate, "statements", "statement")});
  }
  if (type == sigstore::kCosignVulnerabilities) {
    return joined({named("scanned by", predicate->string_at({"scanner", "uri"})),
                   named("at", predicate->string_at({"metadata", "scanFinishedOn"}))});
  }
  return "";
}

}  // namespace sealift::signing
