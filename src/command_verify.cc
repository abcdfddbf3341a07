#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/signing/accepted_statement.h>

#include <CLI/CLI.hpp>

#include <iostream>

#include "artifact_judgement.h"
#include "command.h"
#include "evidence_file.h"
#include "mirror_flags.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

constexpr const char* kStandardOutput = "-";

struct EvidenceFlags {
  std::string out;            // a file
  std::string after;          // a file
  std::string predicate_out;  // a file, or "-"
};

using Statements = std::vector<signing::AcceptedStatement>;

Json verdict(bool accepted, const signing::Evidence& evidence, Statements statements) {
  Json json;
  json.set("accepted", accepted);
  json.set("evidence", signing::to_json(evidence));
  if (statements.empty()) return json;
  Json& list = json.set("statements", Json::array());
  for (auto& [location, signer, statement] : statements) {
    list.push_back(Json::Object{
        {"location", location}, {"signer", signer}, {"statement", std::move(statement)}});
  }
  return json;
}

// For people, a line for each; as much as can be said of its type.
std::string describe(const Statements& statements) {
  std::string text;
  for (const auto& [location, signer, statement] : statements) {
    const auto summary = signing::summary_of(statement);
    text += "  stated: " + printable(statement.string_at({"predicateType"}), 200) +
            (summary.empty() ? "" : ": " + summary) + "\n";
  }
  return text;
}

// A line of JSON for each, in the order of the evidence.
Result<> write_predicates(const Statements& statements, const std::string& file) {
  std::string lines;
  for (const auto& each : statements) {
    const Json* predicate = each.statement.find("predicate");
    if (predicate != nullptr) lines += dump_json(*predicate) + "\n";
  }
  if (lines.empty()) {
    return fail(ErrorCode::kNotFound,
                "no attestation with a predicate counted, so --predicate-out has nothing to write");
  }
  if (file != kStandardOutput) {
    SEALIFT_TRY_CONTEXT(write_file_atomically(system_files(), file, lines),
                        "writing the predicate");
    return {};
  }
  std::cout << lines << std::flush;
  return {};
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

Result<> write_evidence(const ArtifactJudgement& judged, const LoadedPolicies& policies,
                        const std::string& file) {
  const auto bytes = signing::serialize(evidence_document_of(judged, policies));
  if (bytes.size() > signing::kMaxEvidenceBytes) {
    return fail(ErrorCode::kInvalidInput,
                "the evidence would take " + std::to_string(bytes.size()) +
                    " bytes, and no more than " + std::to_string(signing::kMaxEvidenceBytes) +
                    " are read back: remove large attestations that nobody needs");
  }
  SEALIFT_TRY_CONTEXT(write_file_atomically(system_files(), file, bytes), "writing the evidence");
  return {};
}

// What was judged, in the form that was asked for.
Result<> print(const ArtifactJudgement& judged, Statements statements, const EvidenceFlags& files,
               const Output& output) {
  const auto& evidence = judged.evidence();
  const bool accepted = judged.refused() == nullptr;
  if (accepted && !files.predicate_out.empty()) {
    SEALIFT_TRY(write_predicates(statements, files.predicate_out));
  }
  // Nothing else goes there: what reads it takes all for predicates.
  if (files.predicate_out == kStandardOutput) return {};
  output.step(accepted ? "accepted" : "refused", evidence.digest.to_string());
  output.text(signing::describe(evidence) + describe(statements));
  if (output.json()) output.document(verdict(accepted, evidence, std::move(statements)));
  return {};
}

Result<> verify(const oci::Reference& reference, const TrustFlags& trust,
                const EvidenceFlags& files, const RegistryFlags& registry,
                const Surroundings& surroundings) {
  if (files.predicate_out == kStandardOutput && surroundings.output.json()) {
    return fail(ErrorCode::kInvalidInput,
                "--json and --predicate-out - both want standard output; name a file");
  }
  SEALIFT_ASSIGN(const auto policies, load_policies(trust));
  JudgementTerms terms{surroundings.machine.repositories().clock.now()};
  SEALIFT_ASSIGN(terms.before, read_before(files.after, reference));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(const auto judged,
                 judge(reference, *repository, policies, terms, surroundings.stop));
  if (!files.out.empty()) SEALIFT_TRY(write_evidence(judged, policies, files.out));
  SEALIFT_ASSIGN(auto statements,
                 signing::accepted_statements(judged.evidence(), judged.signatures));
  SEALIFT_TRY(print(judged, std::move(statements), files, surroundings.output));
  if (const auto* refused = judged.refused()) return fail(refused->error);
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
  group
      ->add_option("--predicate-out", flags->predicate_out,
                   "Write what the attestations state that counted, a line of JSON for each; \"-\" "
                   "is standard output, and then nothing else goes there")
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
  add_mirror_flags(*command, registry);
  command->callback([=, &chosen] {
    check_trust_flags(*trust, true);
    if (!evidence->after.empty() && trust->policy_file.empty()) {
      throw CLI::ValidationError("--after is for a policy's rollback rule; give --policy FILE");
    }
    if (!evidence->predicate_out.empty() && trust->policy_file.empty() &&
        trust->predicate_type.empty()) {
      throw CLI::ValidationError("--predicate-out is for attestations; give --type or --policy");
    }
    chosen = [=](const Surroundings& surroundings) {
      return verify(**reference, *trust, *evidence, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
