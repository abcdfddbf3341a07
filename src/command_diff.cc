#include <sealift/comparison/comparison.h>
#include <sealift/comparison/json_report.h>
#include <sealift/comparison/markdown_report.h>
#include <sealift/comparison/risk.h>
#include <sealift/comparison/text_report.h>

#include <CLI/CLI.hpp>

#include "cluster_flags.h"
#include "command.h"
#include "diff_side.h"
#include "live_objects.h"
#include "mirror_flags.h"

namespace sealift::program {
namespace {

using comparison::Coverage;

constexpr int kSame = 0;
constexpr int kDiffers = 1;
// As diff and kubectl diff have it: 1 says that something differs, and is never an error.
constexpr int kTrouble = 2;

struct DiffFlags {
  DiffSide before;
  DiffSide after;
  std::string format = "text";
  DiffSources sources;
  std::shared_ptr<ClusterFlags> cluster;
};

bool is_live(const DiffSide& side) { return side.kind == DiffSide::Kind::kCluster; }

struct BothSides {
  SideObjects before;
  SideObjects after;
};

Result<BothSides> read_with_cluster(const DiffFlags& flags, const Surroundings& surroundings) {
  const auto& other = is_live(flags.before) ? flags.after : flags.before;
  // A variable in a name or a label names nothing that a cluster could have.
  SEALIFT_ASSIGN(auto named,
                 read_side(other, flags.sources, objects::Placeholders::kRefused, surroundings));
  SEALIFT_ASSIGN(const auto client, open_cluster(*flags.cluster, surroundings));
  SideObjects live;
  live.description = "live: " + client.access().description;
  SEALIFT_ASSIGN(live.objects, read_live(named.objects, client,
                                         namespace_of(*flags.cluster, client), surroundings.stop));
  if (is_live(flags.before)) return BothSides{std::move(live), std::move(named)};
  return BothSides{std::move(named), std::move(live)};
}

Result<BothSides> read_both(const DiffFlags& flags, const Surroundings& surroundings) {
  if (is_live(flags.before) || is_live(flags.after)) return read_with_cluster(flags, surroundings);
  constexpr auto kAllowed = objects::Placeholders::kAllowed;
  SEALIFT_ASSIGN(auto before, read_side(flags.before, flags.sources, kAllowed, surroundings));
  SEALIFT_ASSIGN(auto after, read_side(flags.after, flags.sources, kAllowed, surroundings));
  return BothSides{std::move(before), std::move(after)};
}

Coverage coverage_of(const DiffFlags& flags) {
  if (is_live(flags.before)) return Coverage::kNamedAfter;
  return is_live(flags.after) ? Coverage::kNamedBefore : Coverage::kEverything;
}

void print(const comparison::Comparison& result, const comparison::Sides& sides,
           const std::string& format, const Output& output) {
  const auto risks = comparison::summarize_risk(result);
  if (output.json()) return output.document(json_report(result, risks, sides));
  if (format == "json") {
    output.text(dump_json_pretty(json_report(result, risks, sides)) + "\n");
  } else if (format == "markdown") {
    output.text(markdown_report(result, risks, sides));
  } else {
    output.text(text_report(result, risks, sides, output.coloured()));
  }
}

// Once, since what would check one side would check both.
void warn(const BothSides& both, const Output& output) {
  for (const auto* side : {&both.before, &both.after}) {
    if (!side->artifact || side->artifact->verified) continue;
    return warn_if_unverified(*side->artifact, output);
  }
}

Result<> diff(const DiffFlags& flags, Ending& ending, const Surroundings& surroundings) {
  ending.io_failed = kTrouble;
  SEALIFT_ASSIGN(auto both, read_both(flags, surroundings));
  SEALIFT_ASSIGN(const auto result,
                 comparison::compare(both.before.objects, both.after.objects, coverage_of(flags)));
  warn(both, surroundings.output);
  print(result, {both.before.description, both.after.description}, flags.format,
        surroundings.output);
  ending.done = result.differs() ? kDiffers : kSame;
  return {};
}

void add_side(CLI::App& command, const std::string& name, const std::string& help, DiffSide& side) {
  command
      .add_option_function<std::string>(
          name, [&side](const std::string& text) { side = parse_diff_side(text); }, help)
      ->required()
      ->type_name("SIDE");
}

void check(const DiffFlags& flags) {
  if (is_live(flags.before) && is_live(flags.after)) {
    throw CLI::ValidationError("both sides are the cluster; name what it is compared with");
  }
  if (flags.before.location == "-" && flags.after.location == "-") {
    throw CLI::ValidationError("standard input can be one side, not both");
  }
  const auto is_of_git = [](const DiffSide& side) {
    return side.kind == DiffSide::Kind::kCommit || side.kind == DiffSide::Kind::kWorktree;
  };
  if (!flags.sources.path.empty() && !is_of_git(flags.before) && !is_of_git(flags.after)) {
    throw CLI::ValidationError("--path is a directory within a Git repository, and no side is one");
  }
}

}  // namespace

void add_diff_command(CLI::App& app, Action& chosen, Ending& ending) {
  auto* command = app.add_subcommand(
      "diff", "Compare artifacts, commits, manifests or a cluster, by object and field");
  command->footer(
      "A SIDE is oci://…, oci-layout:DIR:TAG, oci-archive:FILE:TAG, git:REPO[@REV], "
      "worktree:REPO,\n"
      "a file or directory of manifests, \"-\" for standard input, or \"live:\" for what the "
      "cluster\n"
      "has, of which only what the other side names is compared.\n\n"
      "Exit codes: 0 the same, 1 different; 2 usage, or this machine failed; others as ever.");
  auto flags = std::make_shared<DiffFlags>();
  add_side(*command, "before", "What there is", flags->before);
  add_side(*command, "after", "What is to come", flags->after);
  command->add_option("-o,--output", flags->format, "text, json or markdown (for merge requests)")
      ->check(CLI::IsMember({"text", "json", "markdown"}))
      ->type_name("FORMAT");
  command->add_option("--path", flags->sources.path, "Directory within the Git repositories")
      ->type_name("DIR");
  flags->sources.trust = add_trust_flags(*command);
  flags->sources.registry = add_registry_flags(*command);
  add_mirror_flags(*command, flags->sources.registry);
  flags->cluster = add_cluster_flags(
      *command, "Namespace of objects that name none, in a cluster; by default the context's");
  command->callback([=, &chosen, &ending] {
    check_trust_flags(*flags->sources.trust, false);
    check(*flags);
    chosen = [=, &ending](const Surroundings& surroundings) {
      return diff(*flags, ending, surroundings);
    };
  });
}

}  // namespace sealift::program
