#include "signed_commit.h"
#include "ssh_armor.h"
#include "ssh_certificate.h"
#include "ssh_key.h"
#include "ssh_pattern.h"

#include <sealift/base/encoding.h>
#include <sealift/commits/commit_verification.h>

namespace sealift::commits {
namespace {

constexpr std::string_view kNamespace = "git";

tl::unexpected<Error> untrusted(std::string message) {
  return fail(ErrorCode::kUntrusted, std::move(message));
}

// Empty, or why the line does not count for a commit of that time.
std::string objection(const AllowedSigner& line, Timestamp committed) {
  if (line.namespaces && !matches_pattern_list(*line.namespaces, kNamespace)) {
    return "is not for the namespace \"git\"";
  }
  if (line.valid_after && committed < *line.valid_after) {
    return "counts from " + format_timestamp(*line.valid_after) + " on, and the commit is of " +
           format_timestamp(committed);
  }
  if (line.valid_before && committed > *line.valid_before) {
    return "counted until " + format_timestamp(*line.valid_before) + ", and the commit is of " +
           format_timestamp(committed);
  }
  return {};
}

// The certificate's principals that the line means.
std::string shared_principals(const AllowedSigner& line, const SshCertificate& certificate) {
  std::string shared;
  for (const auto& principal : certificate.principals) {
    if (!matches_pattern_list(line.principals, principal)) continue;
    shared += (shared.empty() ? "" : ",") + principal;
  }
  return shared;
}

Result<> check_validity(const SshCertificate& certificate, Timestamp committed) {
  const auto seconds = static_cast<std::uint64_t>(committed.time_since_epoch().count());
  if (seconds < certificate.valid_after) return untrusted("the SSH certificate is not valid yet");
  if (seconds >= certificate.valid_before) {
    return untrusted("the SSH certificate had expired when the commit was made");
  }
  return {};
}

// The principals by which a line allows the signer, or why none does.
template <typename Matches>
Result<std::string> find_signer(const AllowedSigners& signers, const std::string& key,
                                Timestamp committed, Matches matches) {
  std::string objections;
  for (const auto& line : signers.lines()) {
    const std::string principals = matches(line);
    if (principals.empty()) continue;
    const auto why = objection(line, committed);
    if (why.empty()) return principals;
    objections += "; line " + std::to_string(line.line) + " " + why;
  }
  if (objections.empty()) {
    return untrusted("it is signed by the SSH key " + key +
                     ", which is not among the allowed signers");
  }
  return untrusted("it is signed by the SSH key " + key + objections);
}

Result<CommitSigner> verify_by_certificate(const SshSignature& signature, std::string_view message,
                                           const AllowedSigners& signers, Timestamp committed) {
  SEALIFT_ASSIGN(const auto certificate, read_ssh_certificate(signature.key));
  const std::string key = ssh_fingerprint(certificate.authority);
  SEALIFT_ASSIGN(
      const auto principals,
      find_signer(signers, "certified by " + key, committed, [&](const AllowedSigner& line) {
        return line.is_authority && line.key == certificate.authority
                   ? shared_principals(line, certificate)
                   : std::string();
      }));
  SEALIFT_TRY(check_validity(certificate, committed));
  SEALIFT_TRY(verify_ssh_signature(certificate.key, message, signature.signature));
  return CommitSigner{CommitSigner::Kind::kSsh, key, printable(principals)};
}

Result<CommitSigner> verify_by_ssh(const SignedCommit& commit, const AllowedSigners& signers) {
  SEALIFT_ASSIGN(const auto signature, read_ssh_signature(commit.signature));
  if (signature.name_space != kNamespace) {
    return untrusted("its SSH signature was made for \"" + printable(signature.name_space) +
                     "\", not for \"git\"");
  }
  const std::string message = signed_bytes(signature, commit.payload);
  if (is_ssh_certificate(signature.key)) {
    return verify_by_certificate(signature, message, signers, commit.committed);
  }
  const std::string fingerprint = ssh_fingerprint(signature.key);
  SEALIFT_ASSIGN(
      const auto principals,
      find_signer(signers, fingerprint, commit.committed, [&](const AllowedSigner& line) {
        return !line.is_authority && line.key == signature.key ? line.principals : std::string();
      }));
  SEALIFT_ASSIGN(const auto key, read_ssh_key(signature.key));
  SEALIFT_TRY(verify_ssh_signature(key, message, signature.signature));
  return CommitSigner{CommitSigner::Kind::kSsh, fingerprint, printable(principals)};
}

Result<CommitSigner> verify_by_openpgp(const SignedCommit& commit, const OpenPgpKeyring& keyring,
                                       Timestamp now) {
  SEALIFT_ASSIGN(auto signer, keyring.verify(commit.payload, commit.signature, now));
  return CommitSigner{CommitSigner::Kind::kOpenPgp, std::move(signer.fingerprint),
                      std::move(signer.user_id)};
}

Result<CommitSigner> verify(std::string_view object, const TrustedSigners& trusted, Timestamp now) {
  SEALIFT_ASSIGN(const auto commit, read_signed_commit(object));
  if (commit.format == SignatureFormat::kSsh) {
    if (trusted.allowed_signers) return verify_by_ssh(commit, *trusted.allowed_signers);
    return untrusted("it is signed by an SSH key, and no list of allowed signers is given");
  }
  if (trusted.openpgp_keyring) return verify_by_openpgp(commit, *trusted.openpgp_keyring, now);
  return untrusted("it is signed by an OpenPGP key, and no keyring is given");
}

}  // namespace

std::string_view to_string(CommitSigner::Kind kind) {
  return kind == CommitSigner::Kind::kSsh ? "ssh" : "openpgp";
}

Result<CommitSigner> verify_commit(std::string_view object, const std::string& id,
                                   const TrustedSigners& trusted, Timestamp now) {
  auto signer = verify(object, trusted, now);
  if (!signer) {
    return fail(std::move(signer).error().with_context("the commit " + id + " is refused"));
  }
  return signer;
}

}  // namespace sealift::commits
