#pragma once

#include "ssh_reader.h"

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>

#include <string>
#include <string_view>

namespace sealift::commits {

struct SshKey {
  std::string type;  // "ssh-ed25519", …
  crypto::PublicKey key;
  std::string application;  // of security keys: "ssh:"
  bool is_security_key() const { return type.starts_with("sk-"); }
};

// A public key: ssh-ed25519, ecdsa-sha2-nistp256, -384, -521, ssh-rsa (2048, 3072, 4096 bits) and
// the security keys sk-ssh-ed25519@openssh.com and sk-ecdsa-sha2-nistp256@openssh.com (RFC 4253,
// 5656, 8709, PROTOCOL.u2f). kUntrusted.
Result<SshKey> read_ssh_key(std::string_view blob);

// The numbers of a key of that type, at the place where a key or certificate has them. kUntrusted.
Result<SshKey> read_ssh_key_numbers(SshReader& reader, std::string_view type);

// "SHA256:<base64 without padding>" of a key or certificate, as ssh-keygen -l shows it.
std::string ssh_fingerprint(std::string_view blob);

// Whether the key made the signature, in wire format. SHA-1 ("ssh-rsa") counts for nothing; a
// security key must have been touched. kUntrusted.
Result<> verify_ssh_signature(const SshKey& key, std::string_view message,
                              std::string_view signature);

}  // namespace sealift::commits
