#include <CLI/CLI.hpp>

#include "artifact_signer.h"
#include "command.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

Result<> sign(const oci::Reference& reference, const RegistryFlags& registry,
              const SigningFlags& signing, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto signer, ArtifactSigner::open(signing, surroundings));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN_CONTEXT(auto subject,
                         repository->resolve(reference.tag_or_digest(), surroundings.stop),
                         "resolving " + reference.to_string());
  SEALIFT_ASSIGN(auto signatures, signer.sign(*repository, reference, subject, surroundings));
  tell_signed(signatures, surroundings.output);
  Json json;
  json.set("repository", reference.name());
  json.set("digest", subject.digest.to_string());
  json.set("signatures", to_json(signatures));
  surroundings.output.document(json);
  return {};
}

}  // namespace

void add_sign_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("sign", "Sign an artifact that is in a registry or layout");
  auto reference = add_reference(*command, true);
  auto signing = add_signing_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_signing_flags(*signing, *command);
    chosen = [=](const Surroundings& surroundings) {
      return sign(**reference, *registry, *signing, surroundings);
    };
  });
}

}  // namespace sealift::program
