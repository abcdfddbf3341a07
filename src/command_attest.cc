#include <sealift/base/file_system.h>
#include <sealift/sigstore/dsse.h>
#include <sealift/sigstore/predicate.h>
#include <sealift/sigstore/statement.h>

#include <CLI/CLI.hpp>

#include "artifact_signer.h"
#include "command.h"
#include "predicate_type.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

struct AttestFlags {
  std::string predicate_file;
  std::string type;
  bool replaces = false;
};

Result<Json> load_predicate(const AttestFlags& flags, const std::string& type,
                            const Surroundings& surroundings) {
  if (type == sigstore::kSignaturePredicateType) {
    return fail(ErrorCode::kInvalidInput,
                "an attestation of the type " + type + " would be a signature; use `sealift sign`");
  }
  const auto& machine = surroundings.machine.repositories();
  SEALIFT_ASSIGN_CONTEXT(
      const auto bytes,
      read_file(machine.files, flags.predicate_file, sigstore::kMaxPredicateBytes),
      "reading the predicate");
  return sigstore::read_predicate(type, bytes, machine.clock.now(), flags.predicate_file);
}

Result<> attest(const AttestFlags& flags, const oci::Reference& reference,
                const RegistryFlags& registry, const SigningFlags& signing,
                const Surroundings& surroundings) {
  const std::string type = predicate_type_of(flags.type);
  SEALIFT_ASSIGN(auto predicate, load_predicate(flags, type, surroundings));
  SEALIFT_ASSIGN(const auto signer, ArtifactSigner::open(signing, surroundings));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN_CONTEXT(const auto subject,
                         repository->resolve(reference.tag_or_digest(), surroundings.stop),
                         "resolving " + reference.to_string());
  SEALIFT_ASSIGN(const auto attestations,
                 signer.attest(*repository, reference, subject,
                               {type, std::move(predicate), flags.replaces}, surroundings));
  tell_attested(type, attestations, surroundings.output);
  Json json;
  json.set("repository", reference.name());
  json.set("digest", subject.digest.to_string());
  json.set("predicateType", type);
  json.set("attestations", to_json(attestations));
  surroundings.output.document(json);
  return check_replaced(attestations);
}

}  // namespace

void add_attest_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "attest", "State something about an artifact that is in a registry or layout, and sign it");
  auto flags = std::make_shared<AttestFlags>();
  auto reference = add_reference(*command, true);
  command
      ->add_option("--predicate", flags->predicate_file,
                   "What is stated: JSON of the type's form; with \"custom\" any text")
      ->required()
      ->type_name("FILE");
  command
      ->add_option("--type", flags->type,
                   "What kind of statement it is: a URI, or " + predicate_type_names())
      ->required()
      ->type_name("TYPE");
  command->add_flag("--replace", flags->replaces,
                    "In the place of what the same signer stated with that type before; what "
                    "others stated stays");
  auto signing = add_signing_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_signing_flags(*signing, *command);
    chosen = [=](const Surroundings& surroundings) {
      return attest(*flags, **reference, *registry, *signing, surroundings);
    };
  });
}

}  // namespace sealift::program
