#include "log_key_time.h"

#include <sealift/base/encoding.h>

namespace sealift::sigstore {

Verdict<> check_key_at(const TrustedLog& log, Timestamp logged) {
  if (log.validity.contains(logged)) return {};
  return refuse(RefusalKind::kLogKeyNotValid,
                "the entry was logged at " + format_timestamp(logged) + ", and the key of " +
                    printable(log.base_url) + " is valid " + log.validity.to_string());
}

}  // namespace sealift::sigstore
