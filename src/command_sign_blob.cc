#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>
#include <sealift/keyless/blob_signing.h>
#include <sealift/sigstore/verification_report.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "key_argument.h"
#include "signing_service_flags.h"
#include "trusted_root_file.h"

namespace sealift::program {
namespace {

// The file is signed from memory.
constexpr std::uint64_t kMaxFileBytes = 1u << 30;

struct SignBlobFlags {
  std::string file;
  std::string bundle_file;
  std::string key;  // a file or a pkcs11: URI
  PasswordSource password;
  std::string trusted_root_file;
};

void report(const SignBlobFlags& flags, const std::string& digest, const LoadedRoot& root,
            const sigstore::VerifiedSignature& verified, const Output& output) {
  output.step("signed", digest);
  output.text(sigstore::describe(verified));
  output.step("written", flags.bundle_file);
  Json json;
  json.set("artifact", digest);
  json.set("bundle", flags.bundle_file);
  if (!root.source.empty()) {
    json.set("trustedRoot", Json::Object{{"source", root.source}, {"digest", root.digest}});
  }
  json.set("verified", to_json(verified));
  output.document(json);
}

Result<> sign_blob(const SignBlobFlags& flags, const SigningServiceFlags& service_flags,
                   const Surroundings& surroundings) {
  using keyless::SignerKind;
  auto& files = surroundings.machine.repositories().files;
  const bool by_key = !flags.key.empty();
  SEALIFT_ASSIGN(
      const auto services,
      load_signing_services(service_flags, by_key ? SignerKind::kKey : SignerKind::kIdentity,
                            !flags.trusted_root_file.empty(), surroundings));
  // What services say is worth what a trusted root makes of it; a key alone needs none.
  LoadedRoot trusted;
  if (!asks_nobody(services)) {
    SEALIFT_ASSIGN(trusted, load_trusted_root(flags.trusted_root_file));
  }
  SEALIFT_ASSIGN_CONTEXT(const auto bytes, read_file(files, flags.file, kMaxFileBytes),
                         "reading the file");
  const auto environment = signing_environment(surroundings);
  const auto sign = [&]() -> Result<keyless::SignedBlob> {
    if (by_key) {
      SEALIFT_ASSIGN(const auto key,
                     load_private_key(flags.key, flags.password, surroundings.stop));
      return keyless::sign_blob(bytes, key, services, trusted.root, environment, surroundings.stop);
    }
    SEALIFT_ASSIGN(const auto token,
                   load_identity_token(service_flags, surroundings, services.identity_provider));
    return keyless::sign_blob(bytes, token, services, trusted.root, environment, surroundings.stop);
  };
  SEALIFT_ASSIGN_CONTEXT(const auto made, sign(), "signing " + flags.file);
  SEALIFT_TRY(write_file_atomically(files, flags.bundle_file, made.bundle));
  report(flags, Digest::of(bytes).to_string(), trusted, made.verified, surroundings.output);
  return {};
}

}  // namespace

void add_sign_blob_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "sign-blob", "Sign a file, by key or by an identity of OpenID Connect, into a bundle");
  auto flags = std::make_shared<SignBlobFlags>();
  command->add_option("file", flags->file, "The file")->required()->type_name("FILE");
  command->add_option("--bundle", flags->bundle_file, "Where the Sigstore bundle is written")
      ->required()
      ->type_name("FILE");
  auto* group = command->add_option_group("Key");
  auto* key = group->add_option("--key", flags->key,
                                "Private key, a file or the pkcs11: URI of one in a token; without "
                                "it, an identity signs");
  key->type_name("FILE|URI");
  group
      ->add_option("--password-file", flags->password.file,
                   "File with the key's password; otherwise SEALIFT_PASSWORD, COSIGN_PASSWORD or "
                   "the terminal")
      ->needs(key)
      ->type_name("FILE");
  auto services = add_signing_service_flags(*command);
  for (const char* of_identity :
       {"--identity-token", "--oidc-issuer", "--fulcio-url", "--fulcio-auth-flow"}) {
    command->get_option(of_identity)->excludes(key);
  }
  command
      ->add_option(
          "--trusted-root", flags->trusted_root_file,
          "trusted_root.json of the Sigstore whose services sign along; that of the public "
          "one is built in")
      ->type_name("FILE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return sign_blob(*flags, *services, surroundings);
    };
  });
}

}  // namespace sealift::program
