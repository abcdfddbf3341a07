#include <sealift/base/encoding.h>
#include <sealift/crypto/der.h>
#include <sealift/sigstore/certificate_identity.h>

#include <algorithm>
#include <array>
#include <utility>

namespace sealift::sigstore {
namespace {

using Name = crypto::SubjectAlternativeName;

constexpr std::string_view kClaimsOid = "1.3.6.1.4.1.57264.1.";
// Usernames that are neither addresses nor URIs: "ada!example.com".
constexpr std::string_view kUsernameOid = "1.3.6.1.4.1.57264.1.7";
constexpr int kLastRawClaim = 6;

constexpr std::array<std::pair<Claim, std::string_view>, 21> kNames{{
    {Claim::kOldIssuer, "oldIssuer"},
    {Claim::kGithubWorkflowTrigger, "githubWorkflowTrigger"},
    {Claim::kGithubWorkflowSha, "githubWorkflowSHA"},
    {Claim::kGithubWorkflowName, "githubWorkflowName"},
    {Claim::kGithubWorkflowRepository, "githubWorkflowRepository"},
    {Claim::kGithubWorkflowRef, "githubWorkflowRef"},
    {Claim::kIssuer, "issuer"},
    {Claim::kBuildSignerUri, "buildSignerURI"},
    {Claim::kBuildSignerDigest, "buildSignerDigest"},
    {Claim::kRunnerEnvironment, "runnerEnvironment"},
    {Claim::kSourceRepositoryUri, "sourceRepositoryURI"},
    {Claim::kSourceRepositoryDigest, "sourceRepositoryDigest"},
    {Claim::kSourceRepositoryRef, "sourceRepositoryRef"},
    {Claim::kSourceRepositoryIdentifier, "sourceRepositoryIdentifier"},
    {Claim::kSourceRepositoryOwnerUri, "sourceRepositoryOwnerURI"},
    {Claim::kSourceRepositoryOwnerIdentifier, "sourceRepositoryOwnerIdentifier"},
    {Claim::kBuildConfigUri, "buildConfigURI"},
    {Claim::kBuildConfigDigest, "buildConfigDigest"},
    {Claim::kBuildTrigger, "buildTrigger"},
    {Claim::kRunInvocationUri, "runInvocationURI"},
    {Claim::kSourceRepositoryVisibility, "sourceRepositoryVisibilityAtSigning"},
}};

std::string oid_of(Claim claim) {
  return std::string(kClaimsOid) + std::to_string(static_cast<int>(claim));
}

bool names_somebody(const Name& name) {
  switch (name.kind) {
    case Name::Kind::kUri:
    case Name::Kind::kEmail:
      return !name.value.empty();
    case Name::Kind::kOtherName:
      return name.oid == kUsernameOid && !name.value.empty();
    case Name::Kind::kDns:
    case Name::Kind::kOther:
      return false;
  }
  return false;
}

Verdict<Name> read_name(const crypto::Certificate& certificate) {
  const auto& names = certificate.subject_alternative_names();
  if (names.size() != 1) {
    return refuse(RefusalKind::kAlternativeName, "the signer's certificate has " +
                                                     std::to_string(names.size()) +
                                                     " alternative names; it must name one signer");
  }
  if (!names_somebody(names.front())) {
    return refuse(RefusalKind::kAlternativeName,
                  "the signer's certificate names nobody: its alternative name is neither a URI, "
                  "an e-mail address nor a username of Fulcio's");
  }
  if (certificate.has_empty_subject() && !certificate.is_subject_alternative_name_critical()) {
    return refuse(RefusalKind::kAlternativeName,
                  "the signer's certificate has no subject, and its alternative name is not "
                  "critical");
  }
  return names.front();
}

bool has_control_characters(std::string_view text) {
  return std::any_of(text.begin(), text.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

Verdict<std::string> read_claim(Claim claim, const std::string& value) {
  std::string text = value;
  if (static_cast<int>(claim) > kLastRawClaim) {
    auto decoded = crypto::read_der_utf8_string(value);
    if (!decoded) {
      return refuse(RefusalKind::kMalformed, "the certificate's extension " + oid_of(claim) + " (" +
                                                 std::string(to_string(claim)) +
                                                 ") is not a UTF8String");
    }
    text = *std::move(decoded);
  }
  if (text.size() > kMaxClaimBytes || !is_utf8(text) || has_control_characters(text)) {
    return refuse(RefusalKind::kMalformed, "the certificate's extension " + oid_of(claim) + " (" +
                                               std::string(to_string(claim)) +
                                               ") is not plain UTF-8 text of at most " +
                                               std::to_string(kMaxClaimBytes) + " bytes");
  }
  return text;
}

// Certificates from before 2023 have the old one alone.
Verdict<std::string> choose_issuer(const std::map<Claim, std::string>& claims) {
  const auto present = claims.find(Claim::kIssuer);
  const auto old = claims.find(Claim::kOldIssuer);
  if (present != claims.end() && old != claims.end() && present->second != old->second) {
    return refuse(RefusalKind::kMalformed, "the signer's certificate has two issuers, " +
                                               printable(old->second) + " and " +
                                               printable(present->second));
  }
  if (present != claims.end()) return present->second;
  return old == claims.end() ? std::string() : old->second;
}

}  // namespace

std::string_view to_string(Claim claim) {
  for (const auto& [value, name] : kNames) {
    if (value == claim) return name;
  }
  return "unknown";
}

std::optional<Claim> parse_claim(std::string_view name) {
  for (const auto& [value, known] : kNames) {
    if (known == name) return value;
  }
  return std::nullopt;
}

Verdict<CertificateIdentity> read_certificate_identity(const crypto::Certificate& certificate) {
  CertificateIdentity identity;
  SEALIFT_ASSIGN(identity.name, read_name(certificate));
  for (const auto& [claim, name] : kNames) {
    const auto* extension = certificate.extension(oid_of(claim));
    if (extension == nullptr) continue;
    SEALIFT_ASSIGN(identity.claims[claim], read_claim(claim, extension->value));
  }
  SEALIFT_ASSIGN(identity.issuer, choose_issuer(identity.claims));
  return identity;
}

}  // namespace sealift::sigstore
