#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/digest.h>
#include <sealift/base/json.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::signing {

// The predicate of a statement about an artifact, renewed while the tag stays where it is, so that
// a registry that keeps handing out an older artifact is noticed:
//
//   {"repository":"registry.example.com/shop","tag":"stable","digest":"sha256:…",
//    "time":"2026-11-22T14:43:54Z"}
inline constexpr std::string_view kFreshnessPredicateType = "https://sealift.dev/freshness/v1";

// As of `time`, the tag of this repository is this artifact. Other repositories may have the same
// artifact under the same tag, and there it may be old.
struct FreshnessStatement {
  std::string repository;  // Reference::name() where it was made
  std::string tag;
  Digest digest;
  Timestamp time;
};

// Unknown members are ignored, as in-toto asks of readers. kInvalidInput.
Result<FreshnessStatement> parse_freshness_statement(const Json& predicate);
Json to_json(const FreshnessStatement& statement);

}  // namespace sealift::signing
