#include <CLI/CLI.hpp>

#include "command.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

Json verdict(bool accepted, const signing::Evidence& evidence) {
  Json json;
  json.set("accepted", accepted);
  json.set("evidence", signing::to_json(evidence));
  return json;
}

Result<> verify(const std::string& text, const TrustFlags& trust, const RegistryFlags& registry,
                const Surroundings& surroundings) {
  if (!trust.given()) {
    return fail(ErrorCode::kInvalidInput,
                "nothing says whom to trust; give --key FILE or --policy FILE");
  }
  SEALIFT_ASSIGN(auto reference, oci::Reference::parse(text));
  SEALIFT_ASSIGN(auto policies, load_policies(trust));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings.machine));
  SEALIFT_ASSIGN(auto judged, judge(reference, *repository, policies, surroundings.stop));
  if (const auto* refused = std::get_if<signing::Refused>(&judged)) {
    surroundings.output.document(verdict(false, refused->evidence));
    return fail(refused->error);
  }
  const auto& evidence = std::get<signing::VerifiedArtifact>(judged).evidence();
  surroundings.output.step("accepted", evidence.digest.to_string());
  surroundings.output.text(signing::describe(evidence));
  surroundings.output.document(verdict(true, evidence));
  return {};
}

}  // namespace

void add_verify_command(CLI::App& app, Action& chosen) {
  auto* command =
      app.add_subcommand("verify", "Check an artifact's signatures; print what speaks for it");
  auto reference = std::make_shared<std::string>();
  command
      ->add_option("reference", *reference,
                   "oci://HOST/REPOSITORY:TAG@DIGEST or oci-layout:DIR:TAG")
      ->required()
      ->type_name("REFERENCE");
  auto trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return verify(*reference, *trust, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
