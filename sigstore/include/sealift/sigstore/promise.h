#pragma once

#include <sealift/sigstore/log_entry.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/trusted_root.h>

#include <string>

namespace sealift::sigstore {

// What a log signs when it promises to take an entry in: body, integrated time, log ID and index as
// canonical JSON (RFC 8785; Rekor 1, "signed entry timestamp").
std::string promise_payload(const LogEntry& entry);

// Checks that `log` promised to take the entry in, at a time at which its key was valid; then
// entry.integrated_time is proven. kLogEvidenceMissing where the entry has no promise or no time,
// kPromise, kLogKeyNotValid.
Verdict<> verify_promise(const LogEntry& entry, const TrustedLog& log);

}  // namespace sealift::sigstore
