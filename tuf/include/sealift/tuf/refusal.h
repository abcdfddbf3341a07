#pragma once

#include <sealift/base/error.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace sealift::tuf {

// The rule that metadata broke. Sections are those of the TUF specification 1.0.
enum class RefusalKind {
  kMalformed,   // no metadata of this role (4), or beyond a limit on its form
  kSignatures,  // fewer distinct keys than the threshold have signed (5.3.4, 5.4.2, 5.5.3, 5.6.3)
  kExpired,     // 5.3.10, 5.4.4, 5.5.6, 5.6.5
  kRollback,    // older than what is trusted, or what it lists is (5.4.3, 5.5.5)
  kVersion,     // not the version that was asked for or listed (5.3.5, 5.5.4, 5.6.4)
  kLength,      // not as long as listed (5.5.1, 5.6.1, 5.7.3)
  kHash,        // another content than listed (5.5.2, 5.6.2, 5.7.3)
  kUnlisted,    // the snapshot does not list it (5.6.1)
  kLimit,       // more work than a client does for one answer (5.6.7.1)
};
std::string_view to_string(RefusalKind kind);  // "malformed", "signatures", …

// Why bytes were not believed.
struct Refusal {
  RefusalKind kind = RefusalKind::kMalformed;
  std::string role;          // "root", …, or the name of a delegated role; empty for a target
  std::int64_t version = 0;  // of the metadata, as far as it is known; otherwise 0
  std::string message;       // says role and version as well

  // The same with "CONTEXT: " in front of the message.
  Refusal with_context(std::string_view context) &&;
  // kInvalidInput for kMalformed and kLimit, otherwise kUntrusted; the message ends with what to
  // do.
  operator Error() const;
};

template <typename T = void>
using Checked = tl::expected<T, Refusal>;

// A name for messages: "snapshot 165", or "snapshot" where the version is not known.
std::string describe_role(std::string_view role, std::int64_t version);

}  // namespace sealift::tuf

namespace sealift {

// So that SEALIFT_TRY and SEALIFT_ASSIGN pass refusals up as they pass errors.
inline tl::unexpected<tuf::Refusal> fail(tuf::Refusal refusal) {
  return tl::unexpected<tuf::Refusal>(std::move(refusal));
}

}  // namespace sealift
