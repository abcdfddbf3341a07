#include <sealift/base/encoding.h>

#include <CLI/CLI.hpp>

#include "artifact_judgement.h"
#include "policy_commands.h"
#include "registry_flags.h"

namespace sealift::program {
namespace {

Result<> explain(const oci::Reference& reference, const TrustFlags& trust,
                 const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto policies, load_policies(trust));
  SEALIFT_ASSIGN(auto repository, open_repository(reference, registry, surroundings));
  const auto now = surroundings.machine.repositories().clock.now();
  SEALIFT_ASSIGN(const auto judged,
                 judge(reference, *repository, policies, {now}, surroundings.stop));
  const auto* policy = judged.policy;
  const auto* refused = judged.refused();
  const auto& evidence = judged.evidence();
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

}  // namespace

void add_policy_explain(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "explain", "Say which policy applies to an artifact, and how each requirement fares");
  auto reference = add_reference(*command, true);
  auto trust = add_policy_flag(*command);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return explain(**reference, *trust, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
