#pragma once

#include "ssh_key.h"

#include <sealift/base/clock.h>
#include <sealift/base/result.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::commits {

// A user's certificate of OpenSSH (PROTOCOL.certkeys), whose signature has been checked.
struct SshCertificate {
  SshKey key;
  std::vector<std::string> principals;
  std::uint64_t valid_after = 0;   // seconds since 1970, inclusive
  std::uint64_t valid_before = 0;  // exclusive
  std::string authority;           // the key that signed it, in wire format
};

// "ssh-ed25519-cert-v01@openssh.com" and the like.
bool is_ssh_certificate(std::string_view blob);

// kUntrusted: damaged, a host's, without principals (OpenSSH takes that for all of them), with
// critical options, which limit it to something else, or not signed by the authority in it.
Result<SshCertificate> read_ssh_certificate(std::string_view blob);

}  // namespace sealift::commits
