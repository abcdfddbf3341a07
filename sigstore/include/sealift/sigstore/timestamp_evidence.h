#pragma once

#include <sealift/base/clock.h>
#include <sealift/sigstore/refusal.h>
#include <sealift/sigstore/trusted_root.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::sigstore {

// A time that an authority of the trusted root vouches for.
struct ProvenTimestamp {
  const TrustedAuthority* authority = nullptr;  // in the trusted root that was given
  Timestamp time;
};

// Verifies one time stamp (TimeStampResp of RFC 3161) over `stamped` against each authority of the
// trusted root. kTimestampMalformed; kTimestampImprint; kTimestampAuthority: nobody there made it,
// or not while the root trusts him; kTimestampCertificate; kTimestampSignature.
Verdict<ProvenTimestamp> verify_timestamp(std::string_view timestamp, std::string_view stamped,
                                          const TrustedRoot& root);

}  // namespace sealift::sigstore
