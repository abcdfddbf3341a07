#pragma once

#include <sealift/base/clock.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/trusted_root.h>

namespace sealift::sigstore {

// kLogKeyNotValid where the log's key was not valid when an entry was logged.
Verdict<> check_key_at(const TrustedLog& log, Timestamp logged);

}  // namespace sealift::sigstore
