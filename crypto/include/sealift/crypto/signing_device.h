#pragma once

#include <sealift/base/result.h>

#include <string>
#include <string_view>

namespace sealift::crypto {

// Something that holds a private key and signs with it, but does not give it out: a token, a
// hardware security module. Used by several threads, it does one thing after the other.
class SigningDevice {
 public:
  virtual ~SigningDevice() = default;

  // `input` is, by the type of the key: ECDSA: the message's hash; the signature is r and s, each
  // as long as the curve's order (IEEE P1363). RSA: the DigestInfo (RFC 8017, section 9.2, step
  // 2), to be padded as PKCS#1 v1.5. Ed25519: the message. What comes back is checked against the
  // public key. Errors are the device's own, such as kUnauthenticated and kIo.
  virtual Result<std::string> sign(std::string_view input) const = 0;
};

}  // namespace sealift::crypto
