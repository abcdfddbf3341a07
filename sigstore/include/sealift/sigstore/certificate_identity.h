#pragma once

#include <sealift/crypto/certificate.h>
#include <sealift/sigstore/refusal.h>

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace sealift::sigstore {

// What Fulcio says about the signer in an extension of the certificate, by the last number of its
// OID 1.3.6.1.4.1.57264.1.n (Fulcio, docs/oid-info.md).
enum class Claim {
  kOldIssuer = 1,
  kGithubWorkflowTrigger = 2,
  kGithubWorkflowSha = 3,
  kGithubWorkflowName = 4,
  kGithubWorkflowRepository = 5,
  kGithubWorkflowRef = 6,
  kIssuer = 8,
  kBuildSignerUri = 9,
  kBuildSignerDigest = 10,
  kRunnerEnvironment = 11,
  kSourceRepositoryUri = 12,
  kSourceRepositoryDigest = 13,
  kSourceRepositoryRef = 14,
  kSourceRepositoryIdentifier = 15,
  kSourceRepositoryOwnerUri = 16,
  kSourceRepositoryOwnerIdentifier = 17,
  kBuildConfigUri = 18,
  kBuildConfigDigest = 19,
  kBuildTrigger = 20,
  kRunInvocationUri = 21,
  kSourceRepositoryVisibility = 22,
};
std::string_view to_string(Claim claim);  // "issuer", "sourceRepositoryRef", …
std::optional<Claim> parse_claim(std::string_view name);

inline constexpr std::size_t kMaxClaimBytes = 4096;

// Whom a certificate names as the holder of its key, and who vouches for it.
struct CertificateIdentity {
  crypto::SubjectAlternativeName name;  // kUri, kEmail, or kOtherName of Fulcio's type
  std::string issuer;                   // of the token; empty where the certificate names none
  std::map<Claim, std::string> claims;  // every one that is there, the issuer among them

  bool operator==(const CertificateIdentity&) const = default;
};

// kAlternativeName: not exactly one name; one of another form; an extension that is not critical
// although the subject is empty (RFC 5280, section 4.2.1.6). kMalformed: a claim that is not UTF-8,
// is not one DER UTF8String (from number 8 on; 1 to 6 are the text itself), has control characters
// or more than kMaxClaimBytes; two issuers.
Verdict<CertificateIdentity> read_certificate_identity(const crypto::Certificate& certificate);

}  // namespace sealift::sigstore
