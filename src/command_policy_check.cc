#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/signing/policy_check.h>

#include <CLI/CLI.hpp>

#include "policy_commands.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxListBytes = 4u << 20;

struct CheckFlags {
  std::vector<std::string> files;
  std::string repositories;  // a file
  std::string trust_directory;
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
Result<std::vector<signing::TrustPolicy>> read_policies(const CheckFlags& flags, Json& findings) {
  std::vector<signing::TrustPolicy> policies;
  for (const auto& file : flags.files) {
    SEALIFT_ASSIGN(auto documents, read_policy_documents(file, flags.trust_directory));
    for (auto& [document, policy] : documents) {
      if (policy) {
        policies.push_back(*std::move(policy));
      } else {
        findings.push_back(unreadable(policy.error().message()));
      }
    }
  }
  return policies;
}

Result<> check(const CheckFlags& flags, const Surroundings& surroundings) {
  Json findings = Json::array();
  SEALIFT_ASSIGN(const auto policies, read_policies(flags, findings));
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

}  // namespace

void add_policy_check(CLI::App& parent, Action& chosen) {
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
  add_trust_directory(*command, flags->trust_directory);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) { return check(*flags, surroundings); };
  });
}

}  // namespace sealift::program
