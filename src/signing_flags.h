#pragma once

#include <memory>
#include <string>
#include <vector>

#include "password.h"
#include "signing_service_flags.h"

namespace CLI {
class App;
}

namespace sealift::program {

// Who signs artifacts, with whose help, and where signatures go.
struct SigningFlags {
  std::vector<std::string> keys;  // files or pkcs11: URIs
  bool by_identity = false;
  std::string storage = "bundle";
  PasswordSource password;
  std::string trusted_root_file;
  std::shared_ptr<SigningServiceFlags> services;
};

// For a command that is there to sign: by --key, and without one by an identity.
std::shared_ptr<SigningFlags> add_signing_flags(CLI::App& command);
// For a command that may sign as well: by --sign KEY and --keyless.
std::shared_ptr<SigningFlags> add_optional_signing_flags(CLI::App& command);
// What only the whole command line tells; for the command's callback. Throws CLI::ValidationError.
void check_signing_flags(SigningFlags& flags, const CLI::App& command);

}  // namespace sealift::program
