#pragma once

#include <sealift/base/result.h>
#include <sealift/crypto/keys.h>
#include <sealift/oci/descriptor.h>
#include <sealift/oci/reference.h>
#include <sealift/oci/repository.h>
#include <sealift/signing/signature_store.h>

#include <memory>
#include <string>
#include <vector>

#include "command.h"
#include "password.h"

namespace CLI {
class App;
}

namespace sealift::program {

struct SigningFlags {
  std::vector<std::string> keys;  // files or pkcs11: URIs
  std::string storage = "bundle";
  PasswordSource password;
};

// Adds the key flag under `key_flag` ("--key" of sign, "--sign" of push) and those that go with it.
std::shared_ptr<SigningFlags> add_signing_flags(CLI::App& command, const std::string& key_flag);

struct Signed {
  std::string fingerprint;     // of the key
  oci::Descriptor descriptor;  // of the manifest that holds the signature
};

// Reads every key before anything is signed, then signs with each of them.
class Signer {
 public:
  static Result<Signer> open(const SigningFlags& flags, std::stop_token stop);
  Result<std::vector<Signed>> sign(oci::Repository& repository, const oci::Reference& reference,
                                   const oci::Descriptor& subject,
                                   const Surroundings& surroundings) const;

 private:
  std::vector<crypto::PrivateKey> keys_;
  signing::SignatureStorage storage_ = signing::SignatureStorage::kBundle;
};

Json to_json(const std::vector<Signed>& signatures);

}  // namespace sealift::program
