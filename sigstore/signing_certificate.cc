#include <sealift/base/encoding.h>
#include <sealift/crypto/signed_certificate_timestamp.h>
#include <sealift/sigstore/signing_certificate.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace sealift::sigstore {
namespace {

using crypto::PathFault;

RefusalKind kind_of(PathFault fault) {
  switch (fault) {
    case PathFault::kNotYetValid:
    case PathFault::kExpired:
      return RefusalKind::kCertificateExpired;
    case PathFault::kWrongUsage:
      return RefusalKind::kKeyUsage;
    default:
      return RefusalKind::kCertificateChain;
  }
}

// A path at the first time, which holds at the others as well. Only validity depends on time.
Verdict<crypto::CertificatePath> find_path(const crypto::Certificate& leaf,
                                           const std::vector<crypto::Certificate>& brought,
                                           const std::vector<Timestamp>& times,
                                           const TrustedAuthority& authority,
                                           const crypto::KnownIssuances& known) {
  auto intermediates = authority.intermediates();
  intermediates.insert(intermediates.end(), brought.begin(), brought.end());
  crypto::CertificatePath path;
  for (const Timestamp time : times) {
    const bool holds = std::all_of(path.begin(), path.end(),
                                   [&](const auto& each) { return each.is_valid_at(time); });
    if (!path.empty() && holds) continue;
    auto found = crypto::verify_certificate_path(leaf, intermediates, {authority.anchor()}, time,
                                                 crypto::kCodeSigningUsage, &known);
    if (!found) return refuse(kind_of(found.error().fault), std::move(found).error().message);
    path = *std::move(found);
  }
  return path;
}

Verdict<> check_validity(const TrustedAuthority& authority, const std::vector<Timestamp>& times) {
  for (const Timestamp time : times) {
    if (authority.validity.contains(time)) continue;
    return refuse(RefusalKind::kCertificateAuthority,
                  "the certificate was used at " + format_timestamp(time) + ", and the authority " +
                      printable(authority.uri) + " is trusted " + authority.validity.to_string());
  }
  return {};
}

// An authority that is a stranger to the certificate has nothing to say about it.
bool says_more(const Refusal& one, const Refusal& than) {
  return than.kind == RefusalKind::kCertificateChain && one.kind != RefusalKind::kCertificateChain;
}

Timestamp in_seconds(const crypto::SignedCertificateTimestamp& promise) {
  return std::chrono::floor<std::chrono::seconds>(promise.time);
}

Verdict<> verify_promise_of(const TrustedLog& log,
                            const crypto::SignedCertificateTimestamp& promise,
                            const crypto::CertificatePath& path) {
  if (!log.validity.contains(in_seconds(promise))) {
    return refuse(RefusalKind::kSctLogKeyNotValid,
                  "the certificate was logged at " + format_timestamp(in_seconds(promise)) +
                      ", and the key of " + printable(log.base_url) + " is valid " +
                      log.validity.to_string());
  }
  return or_refuse(crypto::verify_certificate_timestamp(promise, path.front(), path.at(1), log.key),
                   RefusalKind::kSctSignature);
}

}  // namespace

Verdict<ProvenCertificate> verify_signing_certificate(
    const crypto::Certificate& leaf, const std::vector<crypto::Certificate>& brought,
    const std::vector<Timestamp>& times, const TrustedRoot& root) {
  assert(!times.empty());
  Refusal reason{RefusalKind::kCertificateChain,
                 "the trusted root has no authority that issued the signer's certificate"};
  for (const auto& authority : root.certificate_authorities) {
    auto path = find_path(leaf, brought, times, authority, root.known_issuances);
    const Verdict<> valid = path ? check_validity(authority, times) : Verdict<>{};
    if (path && valid) return ProvenCertificate{&authority, *std::move(path)};
    Refusal refusal = path ? valid.error() : std::move(path).error();
    if (says_more(refusal, reason)) reason = std::move(refusal);
  }
  return tl::unexpected(std::move(reason));
}

Verdict<std::vector<const TrustedLog*>> verify_certificate_transparency(
    const crypto::CertificatePath& path, const TrustedRoot& root) {
  const crypto::Certificate& leaf = path.front();
  const auto* extension = leaf.extension(crypto::kCertificateTimestampsExtension);
  if (extension == nullptr || path.size() < 2) {
    return refuse(RefusalKind::kSctMissing,
                  "no Certificate Transparency log promised to hold the signer's certificate");
  }
  SEALIFT_ASSIGN(const auto promises,
                 or_refuse(crypto::parse_certificate_timestamps(extension->value),
                           RefusalKind::kSctMalformed));
  std::vector<const TrustedLog*> logs;
  for (const auto& promise : promises) {
    const TrustedLog* log = root.certificate_logs.find(promise.log_id);
    if (log == nullptr) continue;
    SEALIFT_TRY(verify_promise_of(*log, promise, path));
    logs.push_back(log);
  }
  if (logs.empty()) {
    return refuse(RefusalKind::kSctLogUnknown,
                  "the signer's certificate is in Certificate Transparency logs that the trusted "
                  "root does not know, the first of them " +
                      hex_encode(promises.front().log_id));
  }
  return logs;
}

}  // namespace sealift::sigstore
