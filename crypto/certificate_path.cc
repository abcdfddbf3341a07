#include <sealift/base/encoding.h>
#include <sealift/crypto/certificate_path.h>

#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>
#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "certificate_impl.h"
#include "evp_key.h"

namespace sealift::crypto {
namespace {

constexpr std::string_view kAnyUsage = "2.5.29.37.0";
constexpr int kStrength112Bits = 2;  // SSL_CTX_set_security_level(3), which lists the levels

constexpr std::array<std::pair<PathFault, std::string_view>, 11> kNames{{
    {PathFault::kTooMany, "too_many"},
    {PathFault::kNotYetValid, "not_yet_valid"},
    {PathFault::kExpired, "expired"},
    {PathFault::kWrongUsage, "wrong_usage"},
    {PathFault::kNotAnAuthority, "not_an_authority"},
    {PathFault::kUnknownIssuer, "unknown_issuer"},
    {PathFault::kBadSignature, "bad_signature"},
    {PathFault::kWeakAlgorithm, "weak_algorithm"},
    {PathFault::kNameConstraint, "name_constraint"},
    {PathFault::kUnknownCritical, "unknown_critical"},
    {PathFault::kOther, "other"},
}};

tl::unexpected<PathRefusal> refuse(PathFault fault, std::string message) {
  return tl::unexpected<PathRefusal>({fault, std::move(message)});
}

std::string name_of(const Certificate& certificate) {
  const std::string subject = certificate.subject();
  return "the certificate " + (subject.empty()
                                   ? "with the serial number " + certificate.serial_number()
                                   : "\"" + printable(subject) + "\"");
}

PathRefusal outside_validity(const Certificate& certificate, Timestamp at) {
  if (at < certificate.not_before()) {
    return {PathFault::kNotYetValid, name_of(certificate) + " is valid from " +
                                         format_timestamp(certificate.not_before()) +
                                         " on, which is after " + format_timestamp(at)};
  }
  return {PathFault::kExpired, name_of(certificate) + " was valid until " +
                                   format_timestamp(certificate.not_after()) +
                                   ", which is before " + format_timestamp(at)};
}

PathFault fault_of(int error) {
  switch (error) {
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
      return PathFault::kUnknownIssuer;
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
    case X509_V_ERR_UNABLE_TO_DECRYPT_CERT_SIGNATURE:
    case X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY:
      return PathFault::kBadSignature;
    case X509_V_ERR_INVALID_CA:
    case X509_V_ERR_PATH_LENGTH_EXCEEDED:
    case X509_V_ERR_KEYUSAGE_NO_CERTSIGN:
      return PathFault::kNotAnAuthority;
    case X509_V_ERR_EE_KEY_TOO_SMALL:
    case X509_V_ERR_CA_KEY_TOO_SMALL:
    case X509_V_ERR_CA_MD_TOO_WEAK:
      return PathFault::kWeakAlgorithm;
    case X509_V_ERR_PERMITTED_VIOLATION:
    case X509_V_ERR_EXCLUDED_VIOLATION:
    case X509_V_ERR_SUBTREE_MINMAX:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_TYPE:
    case X509_V_ERR_UNSUPPORTED_CONSTRAINT_SYNTAX:
    case X509_V_ERR_UNSUPPORTED_NAME_SYNTAX:
      return PathFault::kNameConstraint;
    case X509_V_ERR_UNHANDLED_CRITICAL_EXTENSION:
      return PathFault::kUnknownCritical;
    case X509_V_ERR_CERT_CHAIN_TOO_LONG:
      return PathFault::kTooMany;
    default:
      return PathFault::kOther;
  }
}

// The certificates that may be part of a path.
struct Candidates {
  std::vector<Certificate> intermediates;
  std::vector<Certificate> anchors;

  std::size_t size() const { return intermediates.size() + anchors.size(); }
  Candidates valid_at(Timestamp at) const {
    Candidates valid;
    const auto is_valid = [&](const auto& certificate) { return certificate.is_valid_at(at); };
    std::copy_if(intermediates.begin(), intermediates.end(),
                 std::back_inserter(valid.intermediates), is_valid);
    std::copy_if(anchors.begin(), anchors.end(), std::back_inserter(valid.anchors), is_valid);
    return valid;
  }
  const Certificate* find(const x509_st* x509) const {
    for (const auto* list : {&intermediates, &anchors}) {
      for (const auto& certificate : *list) {
        if (X509_cmp(x509_of(certificate), x509) == 0) return &certificate;
      }
    }
    return nullptr;
  }
};

// What verify_signatures() is told.
struct KnownPath {
  const Candidates& candidates;
  const Certificate& leaf;
  const KnownIssuances& issuances;

  bool contains(const x509_st* issued, const x509_st* issuer) const {
    const Certificate* below = issued == x509_of(leaf) ? &leaf : candidates.find(issued);
    const Certificate* above = candidates.find(issuer);
    return below != nullptr && above != nullptr && issuances.contains(*below, *above);
  }
};

int refuse_at(x509_store_ctx_st* context, int depth, int error) {
  X509_STORE_CTX_set_error_depth(context, depth);
  X509_STORE_CTX_set_error(context, error);
  return 0;
}

// In the place of OpenSSL's own function for the signatures of a path that it built: the same, but
// for signatures that are known. Like that one it believes the last certificate as it is. Who may
// issue is for check_usages(), which looks at every issuer.
int verify_signatures(x509_store_ctx_st* context) {
  const auto* known = static_cast<const KnownPath*>(X509_STORE_CTX_get_app_data(context));
  const stack_st_X509* chain = X509_STORE_CTX_get0_chain(context);
  for (int depth = sk_X509_num(chain) - 2; depth >= 0; --depth) {
    x509_st* issued = sk_X509_value(chain, depth);
    const x509_st* issuer = sk_X509_value(chain, depth + 1);
    if (known->contains(issued, issuer)) continue;
    EVP_PKEY* key = X509_get0_pubkey(issuer);
    if (key == nullptr) {
      return refuse_at(context, depth + 1, X509_V_ERR_UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY);
    }
    if (X509_verify(issued, key) != 1) {
      return refuse_at(context, depth, X509_V_ERR_CERT_SIGNATURE_FAILURE);
    }
  }
  return 1;
}

// Everything that a verification by OpenSSL needs; null where there is no memory.
struct Verification {
  OpensslHandle<x509_store_st> store{X509_STORE_new()};
  OpensslHandle<stack_st_X509> untrusted{sk_X509_new_null()};
  OpensslHandle<x509_store_ctx_st> context{X509_STORE_CTX_new()};

  bool prepare(const Certificate& leaf, const Candidates& candidates) const {
    if (!store || !untrusted || !context) return false;
    for (const auto& anchor : candidates.anchors) {
      if (X509_STORE_add_cert(store.get(), x509_of(anchor)) != 1) return false;
    }
    for (const auto& intermediate : candidates.intermediates) {
      if (X509_add_cert(untrusted.get(), x509_of(intermediate), X509_ADD_FLAG_UP_REF) != 1) {
        return false;
      }
    }
    if (X509_STORE_CTX_init(context.get(), store.get(), x509_of(leaf), untrusted.get()) != 1) {
      return false;
    }
    X509_VERIFY_PARAM* param = X509_STORE_CTX_get0_param(context.get());
    // Times are checked by us, because OpenSSL leaves the last second out.
    X509_VERIFY_PARAM_set_flags(
        param, X509_V_FLAG_NO_CHECK_TIME | X509_V_FLAG_PARTIAL_CHAIN | X509_V_FLAG_TRUSTED_FIRST);
    X509_VERIFY_PARAM_set_auth_level(param, kStrength112Bits);
    X509_VERIFY_PARAM_set_depth(param, static_cast<int>(kMaxPathLength) - 2);
    return true;
  }
};

tl::expected<CertificatePath, PathRefusal> build_path(const Certificate& leaf,
                                                      const Candidates& candidates,
                                                      const KnownIssuances* known) {
  const OpensslErrorScope errors;
  Verification verification;
  if (!verification.prepare(leaf, candidates)) {
    return refuse(PathFault::kOther, "the cryptographic library has no memory");
  }
  std::optional<KnownPath> known_path;
  if (known != nullptr && !known->empty()) {
    known_path.emplace(KnownPath{candidates, leaf, *known});
    X509_STORE_CTX_set_app_data(verification.context.get(), &*known_path);
    X509_STORE_CTX_set_verify(verification.context.get(), verify_signatures);
  }
  if (X509_verify_cert(verification.context.get()) != 1) {
    const int error = X509_STORE_CTX_get_error(verification.context.get());
    return refuse(fault_of(error), name_of(leaf) + " has no valid path to an authority that is " +
                                       "trusted: " + X509_verify_cert_error_string(error));
  }
  const stack_st_X509* chain = X509_STORE_CTX_get0_chain(verification.context.get());
  CertificatePath path{leaf};
  for (int i = 1; i < sk_X509_num(chain); ++i) {
    const Certificate* certificate = candidates.find(sk_X509_value(chain, i));
    if (certificate == nullptr) return refuse(PathFault::kOther, "the path has a stranger in it");
    path.push_back(*certificate);
  }
  return path;
}

// OpenSSL takes a certificate that may not issue any for a stranger.
PathRefusal explain(PathRefusal refusal, const Certificate& leaf, const Candidates& candidates) {
  if (refusal.fault != PathFault::kUnknownIssuer) return refusal;
  const X509_NAME* issuer = X509_get_issuer_name(x509_of(leaf));
  for (const auto* list : {&candidates.intermediates, &candidates.anchors}) {
    for (const auto& candidate : *list) {
      if (!candidate.is_authority() &&
          X509_NAME_cmp(X509_get_subject_name(x509_of(candidate)), issuer) == 0) {
        return {PathFault::kNotAnAuthority, name_of(candidate) + " may not issue certificates"};
      }
    }
  }
  return refusal;
}

// Whether every certificate may be used as the path uses it.
tl::expected<void, PathRefusal> check_usages(const CertificatePath& path,
                                             std::string_view required_usage) {
  const Certificate& leaf = path.front();
  if (!leaf.may_sign() || !leaf.has_extended_key_usage(required_usage)) {
    return refuse(PathFault::kWrongUsage, name_of(leaf) + " is not for this use: its extended " +
                                              "key usage lacks " + std::string(required_usage) +
                                              ", or its key usage lacks digitalSignature");
  }
  for (auto issuer = path.begin() + 1; issuer != path.end(); ++issuer) {
    if (!issuer->is_authority()) {
      return refuse(PathFault::kNotAnAuthority, name_of(*issuer) + " may not issue certificates");
    }
    if (!issuer->extended_key_usages().empty() && !issuer->has_extended_key_usage(kAnyUsage) &&
        !issuer->has_extended_key_usage(required_usage)) {
      return refuse(PathFault::kWrongUsage, name_of(*issuer) + " may not issue certificates for " +
                                                "the use " + std::string(required_usage));
    }
  }
  return {};
}

}  // namespace

std::string_view to_string(PathFault fault) {
  for (const auto& [value, name] : kNames) {
    if (value == fault) return name;
  }
  return "other";
}

tl::expected<CertificatePath, PathRefusal> verify_certificate_path(
    const Certificate& leaf, const std::vector<Certificate>& intermediates,
    const std::vector<Certificate>& anchors, Timestamp at, std::string_view required_usage,
    const KnownIssuances* known) {
  if (intermediates.size() > kMaxPathLength || anchors.size() > kMaxAnchors) {
    return refuse(PathFault::kTooMany, "more than " + std::to_string(kMaxPathLength) +
                                           " intermediate certificates or " +
                                           std::to_string(kMaxAnchors) + " anchors");
  }
  if (!leaf.is_valid_at(at)) return tl::unexpected(outside_validity(leaf, at));
  const Candidates all{intermediates, anchors};
  const Candidates valid = all.valid_at(at);
  auto path = build_path(leaf, valid, known);
  if (!path && valid.size() < all.size()) {
    // Would there be a path at another time?
    if (const auto dated = build_path(leaf, all, known)) {
      const auto culprit = std::find_if(dated->begin(), dated->end(),
                                        [&](const auto& each) { return !each.is_valid_at(at); });
      if (culprit != dated->end()) return tl::unexpected(outside_validity(*culprit, at));
    }
  }
  if (!path) return tl::unexpected(explain(std::move(path).error(), leaf, all));
  if (const auto usages = check_usages(*path, required_usage); !usages) {
    return tl::unexpected(usages.error());
  }
  return path;
}

}  // namespace sealift::crypto
