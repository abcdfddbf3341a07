#pragma once

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::commits {

enum class SignatureFormat { kSsh, kOpenPgp };

struct SignedCommit {
  std::string payload;  // the commit without its signature: what was signed
  std::string signature;
  SignatureFormat format = SignatureFormat::kSsh;
  Timestamp committed;
};

// Splits a commit object (gitformat-signature(5), COMMIT SIGNATURES). kUntrusted where it is not
// signed, or by another kind of signature; kInvalidInput where it is no commit, has more than one
// signature, or a signature or header beyond 64 KiB.
Result<SignedCommit> read_signed_commit(std::string_view object);

}  // namespace sealift::commits
