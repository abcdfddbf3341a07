#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::commits {

// A detached signature of OpenSSH (PROTOCOL.sshsig, section 3).
struct SshSignature {
  std::string key;        // the signer's public key or certificate, in wire format
  std::string signature;  // likewise
  std::string name_space;
  std::string hash_algorithm;  // "sha256" or "sha512"
};

// At most 64 KiB; the armor in the form that ssh-keygen writes. kUntrusted.
Result<SshSignature> read_ssh_signature(std::string_view armored);

// The bytes that were signed for a message (PROTOCOL.sshsig, section 4).
std::string signed_bytes(const SshSignature& signature, std::string_view message);

}  // namespace sealift::commits
