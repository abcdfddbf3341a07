#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/environment.h>
#include <sealift/keyless/identity_token.h>
#include <sealift/keyless/signing_services.h>

#include <memory>
#include <string>

#include "command.h"
#include "person_login.h"

namespace CLI {
class App;
}

namespace sealift::program {

// Which services sign along, and who signs where no key does; named as cosign names them.
struct SigningServiceFlags {
  std::string signing_config_file;
  keyless::ServiceUrls urls;
  std::string identity_token;  // itself, or the path of a file with it
  std::string issuer;
  LoginFlags login;
};

std::shared_ptr<SigningServiceFlags> add_signing_service_flags(CLI::App& command);

// The services that the signing config, or else the URLs, name; where there is neither, for an
// identity those of the public Sigstore, by the config that is built in, and none for a key. As
// keyless::choose_services(). kInvalidInput also for an identity with neither where a trusted root
// was given (`has_own_root`): the token would go to servers that this root need not know.
Result<keyless::SigningServices> load_signing_services(const SigningServiceFlags& flags,
                                                       keyless::SignerKind signer,
                                                       bool has_own_root,
                                                       const Surroundings& surroundings);

// From the flag, else from the environment, else by a login where a person is at hand or the flags
// ask for one: at the issuer of the flags, else at `provider`. As keyless::find_identity_token()
// and log_in().
Result<keyless::IdentityToken> load_identity_token(const SigningServiceFlags& flags,
                                                   const Surroundings& surroundings,
                                                   const std::string& provider = "");

keyless::Environment signing_environment(const Surroundings& surroundings);

}  // namespace sealift::program
