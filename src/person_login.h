#pragma once

#include <sealift/base/result.h>
#include <sealift/keyless/identity_token.h>

#include <memory>
#include <string>

#include "command.h"

namespace CLI {
class App;
}

namespace sealift::program {

// How a person logs in where there is no token; named as cosign names it.
struct LoginFlags {
  enum class Flow {
    kAutomatic,  // a token where there is one; else a browser, if somebody sits at a terminal
    kToken,      // never a login
    kBrowser,
    kDevice,
  };
  Flow flow = Flow::kAutomatic;
  std::string client_id = "sigstore";
  std::string client_secret_file;
};

void add_login_flags(CLI::App& group, LoginFlags& flags);

// Whether somebody reads along and can answer: standard input and error are a terminal.
bool is_somebody_there();

// Logs a person in at the issuer, by browser or device; prompts go to standard error. Bounded in
// time. As keyless::BrowserLogin and keyless::log_in_by_device(); kInvalidInput without an issuer;
// kUnauthenticated where nobody came.
Result<keyless::IdentityToken> log_in(const LoginFlags& flags, const std::string& issuer,
                                      const Surroundings& surroundings);

}  // namespace sealift::program
