#include "signing_flags.h"

#include <CLI/CLI.hpp>

namespace sealift::program {
namespace {

constexpr const char* kKeyless = "--keyless";
constexpr const char* kSign = "--sign";

std::shared_ptr<SigningFlags> add_flags(CLI::App& command, const std::string& key_flag,
                                        const std::string& key_help) {
  auto flags = std::make_shared<SigningFlags>();
  auto* group = command.add_option_group("Signing", "Who signs, and where signatures go");
  group->add_option(key_flag, flags->keys, key_help)
      ->allow_extra_args(false)  // otherwise it would take the address behind it, too
      ->type_name("FILE|URI");
  group
      ->add_option("--signature-storage", flags->storage,
                   "\"bundle\": a referrer with a Sigstore bundle; \"tag\": cosign's classic tag, "
                   ".sig or .att")
      ->check(CLI::IsMember({"bundle", "tag"}))
      ->capture_default_str()
      ->type_name("FORM");
  group
      ->add_option("--password-file", flags->password.file,
                   "File with the key's password; otherwise SEALIFT_PASSWORD, COSIGN_PASSWORD or "
                   "the terminal")
      ->type_name("FILE");
  group
      ->add_option(
          "--trusted-root", flags->trusted_root_file,
          "trusted_root.json of the Sigstore whose services sign along; that of the public "
          "one is built in")
      ->type_name("FILE");
  flags->services = add_signing_service_flags(command);
  return flags;
}

}  // namespace

std::shared_ptr<SigningFlags> add_signing_flags(CLI::App& command) {
  return add_flags(
      command, "--key",
      "Private key: a file, or the pkcs11: URI of one in a token, which asks for its PIN or takes "
      "it from SEALIFT_PKCS11_PIN; may be given several times. Without it, an identity of "
      "OpenID Connect signs");
}

std::shared_ptr<SigningFlags> add_optional_signing_flags(CLI::App& command) {
  auto flags =
      add_flags(command, kSign,
                "Private key: a file, or the pkcs11: URI of one in a token, which asks for its PIN "
                "or takes it from SEALIFT_PKCS11_PIN; may be given several times");
  command.get_option_group("Signing")->add_flag(
      kKeyless, flags->by_identity,
      "Sign by an identity of OpenID Connect, as CI systems give one");
  return flags;
}

void check_signing_flags(SigningFlags& flags, const CLI::App& command) {
  const bool is_optional = command.get_option_no_throw(kKeyless) != nullptr;
  const bool by_key = !flags.keys.empty();
  if (!is_optional) flags.by_identity = !by_key;
  const auto refuse = [&](std::initializer_list<const char*> names, const std::string& why) {
    for (const char* name : names) {
      if (command.count(name) > 0) throw CLI::ValidationError(std::string(name) + " " + why);
    }
  };
  if (!flags.by_identity) {
    refuse({"--identity-token", "--oidc-issuer", "--fulcio-url", "--fulcio-auth-flow"},
           is_optional ? "is about signing by an identity; give --keyless as well"
                       : "is about signing by an identity, and excludes --key");
  }
  if (!flags.by_identity && !by_key) {
    refuse({"--signing-config", "--rekor-url", "--timestamp-server-url", "--trusted-root"},
           "is about signing; give --sign KEY or --keyless as well");
  }
}

}  // namespace sealift::program
