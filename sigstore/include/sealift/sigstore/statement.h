#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::sigstore {

inline constexpr std::string_view kInTotoPayloadType = "application/vnd.in-toto+json";
// The predicate that makes a statement a signature and nothing more.
inline constexpr std::string_view kSignaturePredicateType = "https://sigstore.dev/cosign/sign/v1";
inline constexpr std::size_t kMaxSubjects = 1024;

// An in-toto statement (in-toto attestation framework, spec/v1/statement.md), v1 or v0.1.
struct Statement {
  struct Subject {
    std::string name;
    std::vector<std::pair<std::string, std::string>> digests;  // algorithm, hex
  };
  std::vector<Subject> subjects;
  std::string predicate_type;
  Json predicate;

  // True where one of the subjects is this digest.
  bool is_about(const Digest& digest) const;
};

// Members that are not known are ignored, as the specification asks of readers. kInvalidInput:
// another `_type`, no subject, a subject without a digest, more than kMaxSubjects.
Result<Statement> parse_statement(std::string_view bytes, const std::string& what);

// The statement v1 that signs a manifest, as bytes.
std::string signature_statement(const Digest& digest);

// A statement v1 that says something of a manifest, as bytes. `name` is where the signer saw it; a
// mirror has another name.
std::string attestation_statement(std::string_view name, const Digest& digest,
                                  std::string_view predicate_type, Json predicate);

}  // namespace sealift::sigstore
