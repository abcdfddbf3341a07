#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/objects/yaml.h>
#include <sealift/signing/policy_check.h>

#include <CLI/CLI.hpp>

#include "command.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxListBytes = 4u << 20;

struct CheckFlags {
  std::vector<std::string> files;
  std::string repositories;  // a file
};

// One name a line, as `Reference::name()` has it; blank lines and those that begin with "#" are
// passed over.
Result<std::vector<std::string>> read_repositories(const std::string& path) {
  std::vector<std::string> names;
  if (path.empty()) return names;
  SEALIFT_ASSIGN_CONTEXT(const auto bytes, read_file(system_files(), path, kMaxListBytes),
                         "reading the repositories");
  for (std::string_view rest = bytes; !rest.empty();) {
    auto line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty() && line.front() != '#') names.emplace_back(line);
  }
  return names;
}

Json unreadable(const std::string& message) {
  return Json::Object{
      {"severity", "error"}, {"kind", "unreadable"}, {"policy", ""}, {"message", message}};
}

// The policies that can be read; why the others cannot goes to `findings`.
Result<std::vector<signing::TrustPolicy>> read_policies(const std::vector<std::string>& files,
                                                        Json& findings) {
  std::vector<signing::TrustPolicy> policies;
  for (const auto& file : files) {
    SEALIFT_ASSIGN(auto documents, read_policy_documents(file));
    for (auto& document : documents) {
      if (document) {
        policies.push_back(*std::move(document));
      } else {
        findings.push_back(unreadable(document.error().message()));
      }
    }
  }
  return policies;
}

Result<> check(const CheckFlags& flags, const Surroundings& surroundings) {
  Json findings = Json::array();
  SEALIFT_ASSIGN(const auto policies, read_policies(flags.files, findings));
  SEALIFT_ASSIGN(const auto repositories, read_repositories(flags.repositories));
  const auto now = surroundings.machine.repositories().clock.now();
  for (const auto& finding : signing::check_policies(policies, repositories, now)) {
    findings.push_back(signing::to_json(finding));
  }
  std::size_t errors = 0;
  for (const auto& finding : *findings.as_array()) {
    const auto severity = finding.string_at({"severity"});
    const auto policy = finding.string_at({"policy"});
    if (severity == "error") ++errors;
    surroundings.output.text(std::string(severity) + ": " +
                             (policy.empty() ? "" : printable(policy) + ": ") +
                             printable(finding.string_at({"message"}), 1'000) + " [" +
                             std::string(finding.string_at({"kind"})) + "]\n");
  }
  surroundings.output.step("checked", std::to_string(policies.size()) +
                                          (policies.size() == 1 ? " policy" : " policies"));
  const auto count = findings.as_array()->size();
  Json json;
  json.set("policies", static_cast<std::int64_t>(policies.size()));
  json.set("findings", std::move(findings));
  surroundings.output.document(json);
  if (errors == 0) return {};
  return fail(ErrorCode::kInvalidInput,
              std::to_string(errors) + " of the " + std::to_string(count) +
                  (count == 1 ? " finding is an error" : " findings are errors"));
}

void add_check(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "check",
      "Find mistakes in TrustPolicies: policies that block each other, keys that do not "
      "count, thresholds that cannot be met, patterns that match nothing");
  auto flags = std::make_shared<CheckFlags>();
  command->add_option("FILE", flags->files, "Files with TrustPolicy documents")
      ->required()
      ->type_name("");
  command
      ->add_option("--repositories", flags->repositories,
                   "File with the names of the repositories that there are, one a line")
      ->type_name("FILE");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) { return check(*flags, surroundings); };
  });
}

Result<> explain(const oci::Reference& reference, const TrustFlags& trust,
                 const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(auto policies, load_policies(trust));
  SEALIFT_ASSIGN(const auto* policy, signing::select_policy(policies, reference.name()));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  SEALIFT_ASSIGN(auto judged, judge(reference, *repository, policies, surroundings.stop));
  const auto* refused = std::get_if<signing::Refused>(&judged);
  const auto& evidence =
      refused ? refused->evidence : std::get<signing::VerifiedArtifact>(judged).evidence();
  std::string patterns;
  Json json;
  Json& all = json.set("repositories", Json::array());
  for (const auto& pattern : policy->repositories) {
    patterns += (patterns.empty() ? "" : ", ") + pattern;
    all.push_back(pattern);
  }
  json.set("evidence", signing::to_json(evidence));
  surroundings.output.fields(
      {{"Policy", printable(policy->name)},
       {"Repositories", printable(patterns, 400)},
       {"Answer", refused ? "refused" : "accepted"},
       {"Because", refused ? printable(refused->error.message(), 2'000) : std::string()}});
  surroundings.output.text("\nRequirements\n" + signing::describe(*evidence.requirements, 1));
  if (evidence.freshness) surroundings.output.text(signing::describe(*evidence.freshness, 1));
  surroundings.output.text("\nEvidence\n" + signing::describe(evidence));
  surroundings.output.document(json);
  return {};
}

void add_explain(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "explain", "Say which policy applies to an artifact, and how each requirement fares");
  auto reference = add_reference(*command, true);
  auto trust = add_trust_flags(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    if (trust->policy_file.empty()) throw CLI::ValidationError("--policy FILE is required");
    chosen = [=](const Surroundings& surroundings) {
      return explain(**reference, *trust, *registry, surroundings);
    };
  });
}

}  // namespace

void add_policy_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand("policy", "Check and explain TrustPolicies");
  command->require_subcommand(1);
  add_check(*command, chosen);
  add_explain(*command, chosen);
}

}  // namespace sealift::program
