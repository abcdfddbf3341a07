#include "ssh_certificate.h"

#include <sealift/base/encoding.h>

namespace sealift::commits {
namespace {

constexpr std::size_t kMaxBytes = 32u << 10;
constexpr std::size_t kMaxPrincipals = 256;
constexpr std::uint64_t kUserCertificate = 1;
constexpr std::string_view kSuffix = "-cert-v01@openssh.com";

tl::unexpected<Error> untrusted(const std::string& why) {
  return fail(ErrorCode::kUntrusted, "the SSH certificate " + why);
}

// "ssh-rsa-cert-v01@openssh.com" → "ssh-rsa"; of security keys the type has a suffix of its own.
std::string key_type_of(std::string_view type) {
  std::string key_type(type.substr(0, type.size() - kSuffix.size()));
  if (key_type.starts_with("sk-")) key_type += "@openssh.com";
  return key_type;
}

Result<std::vector<std::string>> read_principals(std::string_view list) {
  SshReader reader(list);
  std::vector<std::string> principals;
  while (reader.good() && !reader.at_end()) {
    principals.emplace_back(reader.string());
    if (principals.size() > kMaxPrincipals) return untrusted("has more than 256 principals");
  }
  if (!reader.good()) return untrusted("is damaged");
  if (principals.empty()) return untrusted("names no principal");
  return principals;
}

}  // namespace

bool is_ssh_certificate(std::string_view blob) {
  return SshReader(blob).string().ends_with(kSuffix);
}

Result<SshCertificate> read_ssh_certificate(std::string_view blob) {
  if (blob.size() > kMaxBytes) return untrusted("is larger than 32 KiB");
  SshReader reader(blob);
  const auto type = reader.string();
  reader.string();  // a nonce
  SEALIFT_ASSIGN(auto key, read_ssh_key_numbers(reader, key_type_of(type)));
  SshCertificate certificate{std::move(key), {}, 0, 0, {}};
  reader.number(8);  // the serial number
  const auto kind = reader.number(4);
  reader.string();  // the key id: a remark for logs
  const auto principals = reader.string();
  certificate.valid_after = reader.number(8);
  certificate.valid_before = reader.number(8);
  const auto critical_options = reader.string();
  reader.string();  // extensions: permissions of a login
  reader.string();  // reserved
  certificate.authority = reader.string();
  const auto signed_part = blob.substr(0, blob.size() - reader.rest().size());
  const auto signature = reader.string();
  if (!reader.at_end()) return untrusted("is damaged");
  if (kind != kUserCertificate) return untrusted("is not a user's");
  if (!critical_options.empty()) return untrusted("has critical options, which are for logins");
  SEALIFT_ASSIGN(certificate.principals, read_principals(principals));
  SEALIFT_ASSIGN(const auto authority, read_ssh_key(certificate.authority));
  SEALIFT_TRY_CONTEXT(verify_ssh_signature(authority, signed_part, signature),
                      "the SSH certificate");
  return certificate;
}

}  // namespace sealift::commits
