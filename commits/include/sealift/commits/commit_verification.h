#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>
#include <sealift/commits/allowed_signers.h>
#include <sealift/commits/openpgp_keyring.h>

#include <optional>
#include <string>
#include <string_view>

namespace sealift::commits {

// Whose signature counts; at least one of the two.
struct TrustedSigners {
  std::optional<AllowedSigners> allowed_signers;
  std::optional<OpenPgpKeyring> openpgp_keyring;
};

struct CommitSigner {
  enum class Kind { kSsh, kOpenPgp };
  Kind kind = Kind::kSsh;
  // As ssh-keygen and gpg show it: "SHA256:<base64>", or hexadecimal.
  std::string fingerprint;
  // Of SSH: the principals of the line, or those of the certificate that fit it; of OpenPGP: the
  // primary user id. Printable.
  std::string name;
};
std::string_view to_string(CommitSigner::Kind kind);  // "ssh", "openpgp"

// Who signed the commit `object`, the content of a commit object as Git stores it, named `id` in
// messages. The commit alone: not its parents, and of a merge not what was merged.
//
// As git: an SSH key must be allowed at the time that the commit claims, an OpenPGP key must be
// valid at `now`. Unlike git: the namespace must be "git" by name; security keys must have been
// touched. kUntrusted where the commit is not signed, not by one of these, or not as it stands.
Result<CommitSigner> verify_commit(std::string_view object, const std::string& id,
                                   const TrustedSigners& trusted, Timestamp now);

}  // namespace sealift::commits
