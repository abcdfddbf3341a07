#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/oci/reference.h>
#include <sealift/signing/evidence_check.h>
#include <sealift/signing/policy_document.h>
#include <sealift/sigstore/trusted_root.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "evidence_file.h"
#include "result_format.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

struct CheckFlags {
  std::string file;
  std::string trusted_root_file;
  std::string artifact;  // a reference or a digest
  std::string expected = "accepted";
};

Result<signing::EvidenceExpectation::Artifact> parse_artifact(const std::string& text) {
  signing::EvidenceExpectation::Artifact artifact;
  if (text.starts_with("sha256:") || text.starts_with("sha512:")) {
    SEALIFT_ASSIGN(artifact.digest, Digest::parse(text));
    return artifact;
  }
  SEALIFT_ASSIGN(const auto reference, oci::Reference::parse(text));
  artifact.repository = reference.name();
  artifact.digest = reference.digest();
  // A digest decides alone, and then the tag is a remark.
  if (!reference.digest()) artifact.tag = reference.tag().value_or("");
  return artifact;
}

Result<signing::EvidenceExpectation::Policy> load_expected_policy(const TrustFlags& trust,
                                                                  const std::string& repository) {
  SEALIFT_ASSIGN(const auto policies, load_policies(trust));
  SEALIFT_ASSIGN(const auto* policy, signing::select_policy(policies.policies, repository));
  return signing::EvidenceExpectation::Policy{*policy, policies.document_of(*policy)};
}

Result<signing::PolicyRoot> load_root(const std::string& file) {
  SEALIFT_ASSIGN_CONTEXT(const auto bytes,
                         read_file(system_files(), file, sigstore::kMaxTrustedRootBytes),
                         "reading the trusted root");
  return signing::make_policy_root(file, bytes, file);
}

void print(const signing::EvidenceDocument& document, const signing::EvidenceCheck& check,
           const Output& output) {
  output.step(check.differences.empty() ? "same" : "differs",
              document.artifact.descriptor.digest.to_string());
  output.fields({{"Decided", format_timestamp(document.time)},
                 {"Answer", check.is_accepted() ? "accepted" : "refused"},
                 {"Policy", printable(check.evidence().policy) + " (" +
                                check.policy_digest.to_string() + ")"}});
  for (const auto& [where, message] : check.differences) {
    output.text("  differs: " + where + ": " + printable(message, 1'000) + "\n");
  }
  for (const auto& remark : check.remarks) {
    output.text("  remark: " + printable(remark, 1'000) + "\n");
  }
  output.text(signing::describe(check.evidence()));
}

Result<> judge(const signing::EvidenceCheck& check, const CheckFlags& flags) {
  if (!check.differences.empty()) {
    const auto& [where, message] = check.differences.front();
    const auto others = check.differences.size() - 1;
    return fail(ErrorCode::kUntrusted,
                flags.file + " does not hold: " + where + ": " + message +
                    (others == 0 ? "" : "; " + std::to_string(others) + " more differ"));
  }
  const std::string answer = check.is_accepted() ? "accepted" : "refused";
  if (answer == flags.expected || flags.expected == "any") return {};
  const auto* refused = std::get_if<signing::Refused>(&check.verdict);
  if (refused) return fail(Error(refused->error).with_context("the evidence holds"));
  return fail(ErrorCode::kUntrusted, "the evidence holds, and the artifact was accepted");
}

Result<> check(const CheckFlags& flags, const TrustFlags& trust, const ResultFormat& format,
               const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto document, read_evidence_file(flags.file));
  signing::EvidenceExpectation expectation;
  if (!flags.artifact.empty()) {
    SEALIFT_ASSIGN(expectation.artifact, parse_artifact(flags.artifact));
  }
  if (trust.given()) {
    SEALIFT_ASSIGN(expectation.policy, load_expected_policy(trust, document.repository));
  }
  if (!flags.trusted_root_file.empty()) {
    SEALIFT_ASSIGN(expectation.root, load_root(flags.trusted_root_file));
  }
  SEALIFT_ASSIGN_CONTEXT(const auto checked, signing::check_evidence(document, expectation),
                         flags.file);
  if (format.is_document(surroundings.output)) {
    format.print(signing::to_json(checked), surroundings.output);
  } else {
    print(document, checked, surroundings.output);
  }
  if (!trust.given()) {
    surroundings.output.warning(
        "the policy is the document's own; give the one that you know with --policy or --key");
  }
  return judge(checked, flags);
}

void add_check(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "check", "Decide again by the bytes of an evidence document, without a network");
  auto flags = std::make_shared<CheckFlags>();
  command->add_option("FILE", flags->file, "What \"sealift verify --evidence-out\" wrote")
      ->required()
      ->type_name("");
  command
      ->add_option("--artifact", flags->artifact,
                   "What the document must be about: a reference or a digest")
      ->type_name("REFERENCE");
  command
      ->add_option("--trusted-root", flags->trusted_root_file,
                   "trusted_root.json to believe in the place of the policy's own")
      ->type_name("FILE");
  command
      ->add_option("--expect", flags->expected,
                   "Which answer is a success: accepted (default), refused or any")
      ->check(CLI::IsMember({"accepted", "refused", "any"}))
      ->type_name("ANSWER");
  auto trust = add_key_or_policy_flags(*command);
  auto format = add_result_format(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return check(*flags, *trust, *format, surroundings);
    };
  });
}

}  // namespace

void add_evidence_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("evidence", "Check decisions that were made before");
  command->require_subcommand(1);
  add_check(*command, chosen);
}

}  // namespace sealift::program
