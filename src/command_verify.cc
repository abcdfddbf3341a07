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

Result<> verify(const oci::Reference& reference, const TrustFlags& trust,
                const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto policies, load_policies(trust));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto judged, judge(reference, *repository, policies, surroundings.stop));
  if (const auto* refused = std::get_if<signing::Refused>(&judged)) {
    surroundings.output.step("refused", refused->evidence.digest.to_string());
    surroundings.output.text(signing::describe(refused->evidence));
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
  auto reference = add_reference(*command, true);
  auto trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    if (!trust->given()) {
      throw CLI::ValidationError("nothing says whom to trust; give --key FILE or --policy FILE");
    }
    chosen = [=](const Surroundings& surroundings) {
      return verify(**reference, *trust, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
