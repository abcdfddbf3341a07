#include "ssh_armor.h"

#include "ssh_reader.h"

#include <sealift/base/encoding.h>
#include <sealift/crypto/hash.h>

namespace sealift::commits {
namespace {

constexpr std::string_view kBegin = "-----BEGIN SSH SIGNATURE-----\n";
constexpr std::string_view kEnd = "-----END SSH SIGNATURE-----";
constexpr std::string_view kMagic = "SSHSIG";
constexpr std::size_t kMaxBytes = 64u << 10;

tl::unexpected<Error> unreadable(const std::string& why) {
  return fail(ErrorCode::kUntrusted, "its SSH signature can't be read: " + why);
}

Result<std::string> unarmor(std::string_view armored) {
  if (armored.size() > kMaxBytes) return unreadable("it is larger than 64 KiB");
  while (armored.ends_with('\n')) armored.remove_suffix(1);
  if (!armored.starts_with(kBegin) || !armored.ends_with(kEnd) ||
      armored.size() < kBegin.size() + kEnd.size()) {
    return unreadable("its first or last line is another");
  }
  armored.remove_prefix(kBegin.size());
  armored.remove_suffix(kEnd.size());
  std::string base64;
  for (const char c : armored) {
    if (c != '\n') base64 += c;
  }
  auto blob = base64_decode(base64);
  if (!blob) return unreadable("it is no base64");
  return blob;
}

void append_string(std::string& to, std::string_view text) {
  for (int shift = 24; shift >= 0; shift -= 8) {
    to += static_cast<char>((text.size() >> shift) & 0xff);
  }
  to += text;
}

}  // namespace

Result<SshSignature> read_ssh_signature(std::string_view armored) {
  SEALIFT_ASSIGN(const auto blob, unarmor(armored));
  SshReader reader(blob);
  if (reader.bytes(kMagic.size()) != kMagic) return unreadable("it does not begin with SSHSIG");
  if (reader.number(4) != 1) return unreadable("its version is not 1");
  SshSignature signature;
  signature.key = reader.string();
  signature.name_space = reader.string();
  const auto reserved = reader.string();
  signature.hash_algorithm = reader.string();
  signature.signature = reader.string();
  if (!reader.at_end()) return unreadable("it is cut off or has a rest");
  if (!reserved.empty()) return unreadable("it uses a field that nobody defined");
  if (signature.hash_algorithm != "sha256" && signature.hash_algorithm != "sha512") {
    return unreadable("its hash is neither sha256 nor sha512");
  }
  return signature;
}

std::string signed_bytes(const SshSignature& signature, std::string_view message) {
  const auto algorithm = signature.hash_algorithm == "sha256" ? crypto::HashAlgorithm::kSha256
                                                              : crypto::HashAlgorithm::kSha512;
  std::string bytes(kMagic);
  append_string(bytes, signature.name_space);
  append_string(bytes, "");
  append_string(bytes, signature.hash_algorithm);
  append_string(bytes, crypto::hash(algorithm, message));
  return bytes;
}

}  // namespace sealift::commits
