#include <sealift/base/encoding.h>
#include <sealift/console/policy_export.h>

#include <CLI/CLI.hpp>

#include "policy_commands.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

using console::ExportTarget;
using Kind = console::ExportRemark::Kind;

struct ExportFlags {
  std::vector<std::string> files;
  std::string trust_directory;
  bool kyverno = false;
  bool policy_controller = false;
  bool flux = false;
  bool strict = false;

  ExportTarget target() const {
    if (kyverno) return ExportTarget::kKyverno;
    return flux ? ExportTarget::kFlux : ExportTarget::kPolicyController;
  }
};

Result<> judge(const console::PolicyExport& exported, bool strict) {
  if (const auto refused = exported.count(Kind::kRefused); refused > 0) {
    return fail(ErrorCode::kInvalidInput,
                "not every policy can be expressed; see the warnings that begin with \"refused\"");
  }
  if (const auto lost = exported.count(Kind::kLost); strict && lost > 0) {
    return fail(ErrorCode::kInvalidInput,
                (lost == 1 ? "1 rule has" : std::to_string(lost) + " rules have") +
                    " no equal, and --strict was given; see the warnings that begin with \"lost\"");
  }
  return {};
}

Result<> export_all(const ExportFlags& flags, const Surroundings& surroundings) {
  std::vector<LoadedPolicies> files;
  for (const auto& file : flags.files) {
    SEALIFT_ASSIGN(auto loaded, load_policy_file(file, flags.trust_directory));
    files.push_back(std::move(loaded));
  }
  std::vector<console::ExportSource> sources;
  for (const auto& [policies, documents] : files) {
    for (std::size_t i = 0; i < policies.size(); ++i) {
      sources.push_back({policies[i], documents[i]});
    }
  }
  const auto& output = surroundings.output;
  const auto exported = console::export_policies(sources, flags.target(),
                                                 surroundings.machine.repositories().clock.now());
  output.text(console::export_yaml(exported));
  output.document(console::to_json(exported));
  for (const auto& remark : exported.remarks) {
    if (output.json()) break;
    output.warning(std::string(to_string(remark.kind)) + ": " + printable(remark.policy) + ": " +
                   printable(remark.field) + ": " + printable(remark.message, 1'000));
  }
  return judge(exported, flags.strict);
}

}  // namespace

void add_policy_export(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "export", "Write TrustPolicies for other verifiers, as YAML, and say what they cannot do");
  auto flags = std::make_shared<ExportFlags>();
  command->add_option("FILE", flags->files, "Files with TrustPolicy documents")
      ->required()
      ->type_name("");
  auto* target = command->add_option_group("Target", "Which verifier");
  target->add_flag("--kyverno", flags->kyverno, "Kyverno: ImageValidatingPolicy");
  target->add_flag("--policy-controller", flags->policy_controller,
                   "Sigstore's policy-controller: ClusterImagePolicy");
  target->add_flag("--flux", flags->flux, "Flux: OCIRepository with spec.verify, and its Secret");
  target->require_option(1);
  add_trust_directory(*command, flags->trust_directory);
  command->add_flag("--strict", flags->strict, "Fail where a rule has no equal");
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) { return export_all(*flags, surroundings); };
  });
}

}  // namespace sealift::program
