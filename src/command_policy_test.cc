#include <sealift/base/encoding.h>
#include <sealift/base/file_system.h>
#include <sealift/objects/yaml.h>
#include <sealift/signing/policy_table.h>

#include <CLI/CLI.hpp>

#include <algorithm>

#include "artifact_judgement.h"
#include "evidence_file.h"
#include "policy_commands.h"
#include "registry_flags.h"
#include "trust_flags.h"

namespace sealift::program {
namespace {

constexpr std::uint64_t kMaxTableBytes = 4u << 20;

Result<signing::PolicyTable> read_table(const std::string& path) {
  SEALIFT_ASSIGN_CONTEXT(const auto bytes, read_file(system_files(), path, kMaxTableBytes),
                         "reading the table");
  SEALIFT_ASSIGN(const auto documents, objects::parse_yaml(bytes, path));
  if (documents.size() != 1) {
    return fail(ErrorCode::kInvalidInput, path + " must hold one PolicyTest");
  }
  return signing::parse_policy_table(documents[0].value,
                                     path + ":" + std::to_string(documents[0].start.line));
}

// Files of a table are beside it.
Result<LoadedPolicies> load_all(const signing::PolicyTable& table, const std::string& folder,
                                const std::string& trust_directory) {
  LoadedPolicies all;
  for (const auto& file : table.policy_files) {
    SEALIFT_ASSIGN(auto loaded, load_policy_file(join_path(folder, file), trust_directory));
    std::move(loaded.policies.begin(), loaded.policies.end(), std::back_inserter(all.policies));
    std::move(loaded.documents.begin(), loaded.documents.end(), std::back_inserter(all.documents));
  }
  return all;
}

// How a case came out.
struct CaseResult {
  enum class Kind { kPassed, kFailed, kBroken };  // kBroken: there was nothing to judge
  Kind kind = Kind::kPassed;
  std::vector<std::string> messages;
  Json evidence;  // null where no policy was about it

  bool passed() const { return kind == Kind::kPassed; }
};

CaseResult compare(const signing::PolicyCase& one, const Error* refusal,
                   const signing::Evidence* evidence) {
  CaseResult result;
  result.messages = signing::unexpected(one.expected, refusal, evidence);
  if (!result.messages.empty()) result.kind = CaseResult::Kind::kFailed;
  if (evidence != nullptr) result.evidence = signing::to_json(*evidence);
  return result;
}

CaseResult compare(const signing::PolicyCase& one,
                   const std::variant<signing::VerifiedArtifact, signing::Refused>& verdict) {
  if (const auto* refused = std::get_if<signing::Refused>(&verdict)) {
    return compare(one, &refused->error, &refused->evidence);
  }
  return compare(one, nullptr, &std::get<signing::VerifiedArtifact>(verdict).evidence());
}

class TableRun {
 public:
  TableRun(const LoadedPolicies& policies, std::string folder, const RegistryFlags& registry,
           const Surroundings& surroundings)
      : policies_(policies),
        folder_(std::move(folder)),
        registry_(registry),
        surroundings_(surroundings),
        now_(surroundings.machine.repositories().clock.now()) {}

  // An error is one of the artifact, which could not be had.
  Result<CaseResult> run(const signing::PolicyCase& one) const {
    return one.artifact.empty() ? run_evidence(one) : run_artifact(one);
  }

 private:
  Result<CaseResult> run_artifact(const signing::PolicyCase& one) const {
    SEALIFT_ASSIGN(const auto reference, oci::Reference::parse(one.artifact));
    if (const auto policy = signing::select_policy(policies_.policies, reference.name()); !policy) {
      return compare(one, &policy.error(), nullptr);
    }
    SEALIFT_ASSIGN(auto repository, open_repository(reference, registry_, surroundings_));
    SEALIFT_ASSIGN(const auto judged,
                   judge(reference, *repository, policies_, {one.at.value_or(now_), one.before},
                         surroundings_.stop));
    return compare(one, judged.verdict);
  }

  Result<CaseResult> run_evidence(const signing::PolicyCase& one) const {
    SEALIFT_ASSIGN(const auto document, read_evidence_file(join_path(folder_, one.evidence_file)));
    const auto policy = signing::select_policy(policies_.policies, document.repository);
    if (!policy) return compare(one, &policy.error(), nullptr);
    const auto& before = one.before ? one.before : document.before;
    return compare(
        one, signing::verify({.repository = document.repository,
                              .artifact = document.artifact,
                              .signatures = document.signatures,
                              .policy = **policy,
                              .now = one.at.value_or(document.time),
                              .before = before ? &*before : nullptr,
                              .tag = document.tag ? std::optional<std::string_view>(*document.tag)
                                                  : std::nullopt}));
  }

  const LoadedPolicies& policies_;
  std::string folder_;
  const RegistryFlags& registry_;
  const Surroundings& surroundings_;
  Timestamp now_;
};

std::string_view name_of(CaseResult::Kind kind) {
  switch (kind) {
    case CaseResult::Kind::kPassed:
      return "passed";
    case CaseResult::Kind::kFailed:
      return "failed";
    case CaseResult::Kind::kBroken:
      return "broken";
  }
  return "";
}

Json to_json(const signing::PolicyCase& one, const CaseResult& result) {
  Json json;
  json.set("name", one.name);
  json.set("result", name_of(result.kind));
  Json& messages = json.set("messages", Json::array());
  for (const auto& message : result.messages) messages.push_back(message);
  if (!result.evidence.is_null()) json.set("evidence", result.evidence);
  return json;
}

void print(const signing::PolicyCase& one, const CaseResult& result, const Output& output) {
  const std::string word = result.passed() ? "PASS  " : "FAIL  ";
  output.text(word + printable(one.name) + "\n");
  for (const auto& message : result.messages) {
    output.text("      " + printable(message, 2'000) + "\n");
  }
}

Result<> test(const std::string& file, const std::string& trust_directory,
              const RegistryFlags& registry, const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto table, read_table(file));
  const auto folder = parent_path(file);
  SEALIFT_ASSIGN(const auto policies, load_all(table, folder, trust_directory));
  const TableRun run(policies, folder, registry, surroundings);
  Json cases = Json::array();
  std::size_t passed = 0;
  for (const auto& one : table.cases) {
    auto result = run.run(one);
    if (!result) {
      if (result.error().code() == ErrorCode::kCancelled) return fail(std::move(result).error());
      result = CaseResult{CaseResult::Kind::kBroken, {result.error().message()}, {}};
    }
    if (result->passed()) ++passed;
    print(one, *result, surroundings.output);
    cases.push_back(to_json(one, *result));
  }
  const auto count = table.cases.size();
  surroundings.output.text(std::to_string(passed) + " of " + std::to_string(count) +
                           " as expected\n");
  Json json;
  json.set("name", table.name);
  json.set("passed", static_cast<std::int64_t>(passed));
  json.set("failed", static_cast<std::int64_t>(count - passed));
  json.set("cases", std::move(cases));
  surroundings.output.document(json);
  if (passed == count) return {};
  return fail(ErrorCode::kInvalidInput, std::to_string(count - passed) + " of the " +
                                            std::to_string(count) +
                                            " cases did not come out as expected");
}

}  // namespace

void add_policy_test(CLI::App& parent, Action& chosen) {
  auto* command = parent.add_subcommand(
      "test", "Try TrustPolicies on a table of artifacts with the answers that they must get");
  auto file = std::make_shared<std::string>();
  command->add_option("FILE", *file, "File with one PolicyTest document")
      ->required()
      ->type_name("");
  auto trust_directory = std::make_shared<std::string>();
  add_trust_directory(*command, *trust_directory);
  auto registry = add_registry_flags(*command);
  command->callback([=, &chosen] {
    chosen = [=](const Surroundings& surroundings) {
      return test(*file, *trust_directory, *registry, surroundings);
    };
  });
}

}  // namespace sealift::program
