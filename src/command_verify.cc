#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>

#include <CLI/CLI.hpp>

#include "artifact_judgement.h"
#include "command.h"
#include "evidence_file.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

struct EvidenceFlags {
  std::string out;    // a file
  std::string after;  // a file
};

Json verdict(bool accepted, const signing::Evidence& evidence) {
  Json json;
  json.set("accepted", accepted);
  json.set("evidence", signing::to_json(evidence));
  return json;
}

// What the artifact must not be older than, by the evidence of an earlier decision.
Result<std::optional<signing::AcceptedBefore>> read_before(const std::string& file,
                                                           const oci::Reference& reference) {
  if (file.empty()) return std::nullopt;
  SEALIFT_ASSIGN(const auto document, read_evidence_file(file));
  if (document.repository != reference.name()) {
    return fail(ErrorCode::kInvalidInput,
                file + " is about another repository, " + printable(document.repository));
  }
  SEALIFT_ASSIGN_CONTEXT(auto before, signing::accepted_by(document), file);
  return before;
}

Result<> verify(const oci::Reference& reference, const TrustFlags& trust,
                const EvidenceFlags& files, const RegistryFlags& registry,
                const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto policies, load_policies(trust));
  JudgementTerms terms{surroundings.machine.repositories().clock.now()};
  SEALIFT_ASSIGN(terms.before, read_before(files.after, reference));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(const auto judged,
                 judge(reference, *repository, policies, terms, surroundings.stop));
  if (!files.out.empty()) {
    SEALIFT_TRY_CONTEXT(
        write_file_atomically(system_files(), files.out,
                              signing::serialize(evidence_document_of(judged, policies))),
        "writing the evidence");
  }
  const auto& evidence = judged.evidence();
  const auto* refused = judged.refused();
  surroundings.output.step(refused ? "refused" : "accepted", evidence.digest.to_string());
  surroundings.output.text(signing::describe(evidence));
  surroundings.output.document(verdict(refused == nullptr, evidence));
  if (refused) return fail(refused->error);
  return {};
}

std::shared_ptr<EvidenceFlags> add_evidence_flags(CLI::App& command) {
  auto flags = std::make_shared<EvidenceFlags>();
  auto* group = command.add_option_group("Evidence", "Decisions that can be checked later");
  group
      ->add_option("--evidence-out", flags->out,
                   "Write the decision and all that it was made from; see \"sealift evidence\"")
      ->type_name("FILE");
  group
      ->add_option("--after", flags->after,
                   "Evidence of the artifact accepted before, for the policy's rollback rule")
      ->type_name("FILE");
  return flags;
}

}  // namespace

void add_verify_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "verify", "Check an artifact's signatures or attestations; print what speaks for it");
  auto reference = add_reference(*command, true);
  auto trust = add_trust_flags(*command);
  auto evidence = add_evidence_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    check_trust_flags(*trust, true);
    if (!evidence->after.empty() && trust->policy_file.empty()) {
      throw CLI::ValidationError("--after is for a policy's rollback rule; give --policy FILE");
    }
    chosen = [=](const Surroundings& surroundings) {
      return verify(**reference, *trust, *evidence, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
