#include "signing_service_flags.h"

#include <sealift/keyless/token_source.h>
#include <sealift/sigstore/known_signing_config.h>
#include <sealift/sigstore/signing_config.h>

#include <CLI/CLI.hpp>

#include <cstdlib>

namespace sealift::program {
namespace {

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

Result<keyless::SigningServices> choose_services(std::string_view bytes, const std::string& what,
                                                 keyless::SignerKind signer,
                                                 const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto config, sigstore::parse_signing_config(bytes, what));
  const Timestamp now = surroundings.machine.repositories().clock.now();
  SEALIFT_ASSIGN_CONTEXT(auto services, keyless::choose_services(config, signer, now), what);
  return services;
}

}  // namespace

std::shared_ptr<SigningServiceFlags> add_signing_service_flags(CLI::App& command) {
  auto flags = std::make_shared<SigningServiceFlags>();
  auto* services = command.add_option_group("Services", "Who attests the signature");
  auto* config =
      services
          ->add_option("--signing-config", flags->signing_config_file,
                       "signing_config.json of a Sigstore: its services are used. Without "
                       "it, an identity signs with the public one's, built in; a key "
                       "with none")
          ->type_name("FILE");
  const auto add_url = [&](const char* name, std::string& target, const char* description) {
    services->add_option(name, target, description)->excludes(config)->type_name("URL");
  };
  add_url("--fulcio-url", flags->urls.certificate_authority, "Certificate authority (Fulcio)");
  add_url("--rekor-url", flags->urls.log,
          "Transparency log of Rekor 1; one of Rekor 2 is named by a signing config");
  add_url("--timestamp-server-url", flags->urls.timestamp_authority,
          "Where time stamps (RFC 3161) are given");
  auto* identity = command.add_option_group("Identity", "Who signs, where no key does");
  identity
      ->add_option("--identity-token", flags->identity_token,
                   "OpenID Connect token, or a file with it; otherwise SIGSTORE_ID_TOKEN, or what "
                   "GitHub gives the job")
      ->type_name("TOKEN|FILE");
  identity
      ->add_option("--oidc-issuer", flags->issuer,
                   "Where to log in, instead of where the signing config says; a token that "
                   "another issuer made is refused")
      ->type_name("URL");
  add_login_flags(*identity, flags->login);
  return flags;
}

Result<keyless::SigningServices> load_signing_services(const SigningServiceFlags& flags,
                                                       keyless::SignerKind signer,
                                                       bool has_own_root,
                                                       const Surroundings& surroundings) {
  const auto& file = flags.signing_config_file;
  const bool names_nobody = file.empty() && flags.urls.certificate_authority.empty() &&
                            flags.urls.log.empty() && flags.urls.timestamp_authority.empty();
  if (names_nobody && signer == keyless::SignerKind::kIdentity) {
    if (has_own_root) {
      return fail(ErrorCode::kInvalidInput,
                  "--trusted-root names a Sigstore, and nothing says where its services are: give "
                  "its --signing-config as well, or neither for the public one");
    }
    const auto& known = sigstore::public_signing_config();
    return choose_services(known.bytes, "the built-in signing config", signer, surroundings);
  }
  if (file.empty()) return keyless::services_at(flags.urls, signer);
  SEALIFT_ASSIGN_CONTEXT(
      const auto bytes,
      read_file(surroundings.machine.repositories().files, file, sigstore::kMaxSigningConfigBytes),
      "reading the signing config");
  return choose_services(bytes, file, signer, surroundings);
}

Result<keyless::IdentityToken> load_identity_token(const SigningServiceFlags& flags,
                                                   const Surroundings& surroundings,
                                                   const std::string& provider) {
  using Flow = LoginFlags::Flow;
  const keyless::TokenSources sources{
      .given = flags.identity_token,
      .ambient = variable("SIGSTORE_ID_TOKEN"),
      .request_url = variable("ACTIONS_ID_TOKEN_REQUEST_URL"),
      .request_token = variable("ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
  };
  const bool asks = flags.login.flow == Flow::kBrowser || flags.login.flow == Flow::kDevice;
  const bool may_ask = flags.login.flow == Flow::kAutomatic && is_somebody_there();
  if (asks && !flags.identity_token.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "--identity-token and --fulcio-auth-flow: give either a token or a login");
  }
  if (asks || (may_ask && !sources.has_any())) {
    return log_in(flags.login, flags.issuer.empty() ? provider : flags.issuer, surroundings);
  }
  return keyless::find_identity_token(sources, flags.issuer, signing_environment(surroundings),
                                      surroundings.machine.repositories().files, surroundings.stop);
}

keyless::Environment signing_environment(const Surroundings& surroundings) {
  const auto& machine = surroundings.machine.repositories();
  return {machine.transport, machine.clock, machine.random};
}

}  // namespace sealift::program
