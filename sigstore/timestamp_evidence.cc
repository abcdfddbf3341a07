#include <sealift/base/encoding.h>
#include <sealift/crypto/timestamp_token.h>
#include <sealift/sigstore/timestamp_evidence.h>

#include <utility>

namespace sealift::sigstore {
namespace {

using crypto::PathFault;
using crypto::TimestampFault;

RefusalKind kind_of(const crypto::TimestampRefusal& refusal) {
  switch (refusal.fault) {
    case TimestampFault::kMalformed:
    case TimestampFault::kNotGranted:
      return RefusalKind::kTimestampMalformed;
    case TimestampFault::kImprint:
      return RefusalKind::kTimestampImprint;
    case TimestampFault::kSigner:
      return RefusalKind::kTimestampAuthority;
    case TimestampFault::kUsage:
      return RefusalKind::kTimestampCertificate;
    case TimestampFault::kPath:
      return refusal.path == PathFault::kUnknownIssuer ? RefusalKind::kTimestampAuthority
                                                       : RefusalKind::kTimestampCertificate;
    case TimestampFault::kSignature:
      return RefusalKind::kTimestampSignature;
  }
  return RefusalKind::kTimestampMalformed;
}

Refusal to_refusal(crypto::TimestampRefusal refusal) {
  return {kind_of(refusal), std::move(refusal.message)};
}

// Whether one reason says more than another: an authority that is a stranger to the time stamp has
// nothing to say about it.
bool says_more(const Refusal& one, const Refusal& than) {
  return than.kind == RefusalKind::kTimestampAuthority &&
         one.kind != RefusalKind::kTimestampAuthority;
}

}  // namespace

Verdict<ProvenTimestamp> verify_timestamp(std::string_view timestamp, std::string_view stamped,
                                          const TrustedRoot& root) {
  const auto token = crypto::TimestampToken::from_response(timestamp);
  if (!token) return tl::unexpected(to_refusal(token.error()));
  Refusal reason{RefusalKind::kTimestampAuthority,
                 "the trusted root has no authority that made the time stamp"};
  for (const auto& authority : root.timestamp_authorities) {
    auto verified = token->verify(stamped, authority.intermediates(), {authority.anchor()},
                                  &root.known_issuances);
    if (!verified) {
      auto refusal = to_refusal(std::move(verified).error());
      if (says_more(refusal, reason)) reason = std::move(refusal);
      continue;
    }
    if (authority.validity.contains(verified->time)) {
      return ProvenTimestamp{&authority, verified->time};
    }
    reason = {RefusalKind::kTimestampAuthority,
              "the time stamp is of " + format_timestamp(verified->time) + ", and the authority " +
                  printable(authority.uri) + " is trusted " + authority.validity.to_string()};
  }
  return tl::unexpected(std::move(reason));
}

}  // namespace sealift::sigstore
