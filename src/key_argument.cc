#include "key_argument.h"

#include <sealift/base/file_system.h>
#include <sealift/crypto/pem.h>
#include <sealift/pkcs11/token_key.h>

#include <cstdlib>

namespace sealift::program {
namespace {

// Ours, cosign's, and that of OpenSSL's engine.
std::string module_path() {
  for (const char* name :
       {"SEALIFT_PKCS11_MODULE_PATH", "COSIGN_PKCS11_MODULE_PATH", "PKCS11_MODULE_PATH"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return value;
  }
  return {};
}

pkcs11::TokenAccess token_access(std::stop_token stop) {
  return {.module_path = module_path(),
          .pin = [stop](const std::string& token) -> Result<crypto::Secret> {
            SEALIFT_ASSIGN(auto pin, read_pin(token, stop));
            return crypto::Secret(std::move(pin));
          },
          .files = system_files()};
}

}  // namespace

Result<std::string> name_of_key(const std::string& argument) {
  if (!pkcs11::is_key_uri(argument)) return argument;
  SEALIFT_ASSIGN(const auto uri, pkcs11::KeyUri::parse(argument));
  return uri.to_string();
}

Result<crypto::PrivateKey> load_private_key(const std::string& argument,
                                            const PasswordSource& password, std::stop_token stop) {
  if (pkcs11::is_key_uri(argument)) {
    SEALIFT_ASSIGN(const auto uri, pkcs11::KeyUri::parse(argument));
    return pkcs11::open_private_key(uri, token_access(std::move(stop)));
  }
  SEALIFT_ASSIGN_CONTEXT(auto pem, read_file(system_files(), argument, crypto::kMaxPemBytes),
                         "reading the private key");
  std::string word;
  if (crypto::is_encrypted_pem(pem)) {
    SEALIFT_ASSIGN(word, password.read("Password of " + argument, std::move(stop)));
  }
  return crypto::PrivateKey::from_pem(pem, word, argument);
}

Result<crypto::PublicKey> load_public_key(const std::string& argument) {
  if (pkcs11::is_key_uri(argument)) {
    SEALIFT_ASSIGN(const auto uri, pkcs11::KeyUri::parse(argument));
    return pkcs11::read_public_key(uri, token_access({}));
  }
  SEALIFT_ASSIGN_CONTEXT(auto pem, read_file(system_files(), argument, crypto::kMaxPemBytes),
                         "reading the public key");
  return crypto::PublicKey::from_pem(pem, argument);
}

}  // namespace sealift::program
