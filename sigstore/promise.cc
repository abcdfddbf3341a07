#include <sealift/base/encoding.h>
#include <sealift/crypto/signature_scheme.h>
#include <sealift/sigstore/promise.h>

#include "log_key_time.h"

namespace sealift::sigstore {

std::string promise_payload(const LogEntry& entry) {
  const std::int64_t time =
      entry.integrated_time ? entry.integrated_time->time_since_epoch().count() : 0;
  // Members in the order of their names, and nothing in them that JSON escapes.
  return R"({"body":")" + base64_encode(entry.body) + R"(","integratedTime":)" +
         std::to_string(time) + R"(,"logID":")" + hex_encode(entry.log_id) + R"(","logIndex":)" +
         std::to_string(entry.index) + "}";
}

Verdict<> verify_promise(const LogEntry& entry, const TrustedLog& log) {
  if (!entry.promise || !entry.integrated_time) {
    return refuse(RefusalKind::kLogEvidenceMissing,
                  "the log entry brings no promise of the log, or not the time that belongs to it");
  }
  if (!crypto::verify_signature(log.key, log.scheme, promise_payload(entry), *entry.promise)) {
    return refuse(RefusalKind::kPromise,
                  "the promise to log the entry is not signed by the key of " +
                      printable(log.base_url) + ", or is about another entry, index or time");
  }
  return check_key_at(log, *entry.integrated_time);
}

}  // namespace sealift::sigstore
