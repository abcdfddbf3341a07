#include <sealift/base/file_system.h>
#include <sealift/checks/check.h>
#include <sealift/checks/report.h>
#include <sealift/checks/rule.h>
#include <sealift/project/project.h>

#include <CLI/CLI.hpp>

#include <iostream>

#include "command.h"
#include "commit_signer_flags.h"
#include "manifest_sources.h"
#include "project_report.h"
#include "schema_store.h"
#include "version.h"

namespace sealift::program {
namespace {

struct CheckFlags {
  CommitFiles source;
  bool has_path = false;
  ProjectFlags project;
  bool names_project = false;  // any of its flags was given
  std::vector<std::string> paths;
  std::string kube_version;
  std::string schemas;  // a directory
  bool allow_secrets = false;
  std::vector<std::string> disabled;
  std::vector<std::string> severities;
  std::string output;  // empty: what --json says
  std::string output_file;
};

SourceFlags source_of(const CheckFlags& flags) {
  SourceFlags source;
  if (!flags.source.from.empty()) source.from = flags.source.from;
  source.worktree = flags.source.worktree;
  source.signer = std::make_shared<CommitSignerFlags>();
  return source;
}

// "image-tag=error"
Result<> set_severity(std::string_view text, checks::CheckOptions& options) {
  const auto sign = text.find('=');
  const auto word = sign == std::string_view::npos ? std::string_view() : text.substr(sign + 1);
  return options.set_severity(text.substr(0, sign), word);
}

Result<> apply(const CheckFlags& flags, checks::CheckOptions& options) {
  if (!flags.kube_version.empty()) {
    SEALIFT_ASSIGN(options.kube_version, checks::parse_kube_version(flags.kube_version));
  }
  if (flags.allow_secrets) options.allow_secrets = true;
  for (const auto& text : flags.severities) SEALIFT_TRY(set_severity(text, options));
  for (const auto& id : flags.disabled) {
    SEALIFT_TRY(options.set_severity(id, "off"));
  }
  return {};
}

// Whether the commit has a project, where nothing else is named that is to be checked.
Result<bool> has_project(const CheckFlags& flags) {
  if (!flags.paths.empty() || flags.has_path) return false;
  if (flags.names_project) return true;
  SEALIFT_ASSIGN(const auto options, snapshot_options(source_of(flags)));
  auto snapshot = builder::Snapshot::open(options, system_files());
  if (!snapshot && flags.source.from.empty()) {
    return fail(std::move(snapshot).error().with_context(
        "no files are named, so the project of . is meant"));
  }
  if (!snapshot) return fail(std::move(snapshot).error());
  const auto text = snapshot->read_file(flags.project.file, project::kMaxProjectBytes);
  if (text || text.error().code() != ErrorCode::kNotFound) return true;
  return false;
}

Result<checks::Report> report_on_project(const CheckFlags& flags,
                                         const Surroundings& surroundings) {
  if (!flags.schemas.empty()) {
    return fail(ErrorCode::kInvalidInput,
                "a project names its schemas itself, in checks.schemas; --schemas is for files, "
                "and for --path");
  }
  SEALIFT_ASSIGN(const auto run, open_project(source_of(flags), flags.project, surroundings));
  return check_selected(
      run, [&](checks::CheckOptions& options) { return apply(flags, options); }, surroundings);
}

Result<checks::Report> make_report(const CheckFlags& flags, checks::CheckOptions options,
                                   const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const auto files, flags.source.from.empty()
                                       ? manifests_of_paths(flags.paths, surroundings)
                                       : manifests_of_commit(flags.source, surroundings));
  checks::SchemaSet schemas;
  if (!flags.schemas.empty()) {
    SEALIFT_ASSIGN(auto store, SchemaStore::of_directory(flags.schemas, system_files()));
    SEALIFT_ASSIGN(schemas, store.schemas_for(files));
  }
  checks::Report report;
  report.findings = checks::check(files, options, std::move(schemas));
  report.options = std::move(options);
  report.tool_version = kVersion;
  bool any = false;
  for (const auto& file : files) {
    report.files.push_back(file.path());
    report.objects += file.objects().size();
    any = any || !file.objects().empty() || !file.faults().empty();
  }
  if (any) return report;
  return fail(ErrorCode::kInvalidInput,
              "there is no Kubernetes object in any .yaml, .yml or .json file of it");
}

Result<> print(const checks::Report& report, const CheckFlags& flags, const Output& output) {
  const std::string name = !flags.output.empty() ? flags.output : output.json() ? "json" : "text";
  const auto format = *checks::parse_report_format(name);
  const auto text = checks::write_report(report, format);
  if (!flags.output_file.empty()) {
    SEALIFT_TRY_CONTEXT(write_file_atomically(system_files(), flags.output_file, text),
                        "writing the report");
    if (format != checks::ReportFormat::kText) {
      // A person at the job's log wants to read on.
      output.text(checks::write_report(report, checks::ReportFormat::kText));
    }
    return {};
  }
  if (format == checks::ReportFormat::kText) {
    output.text(text);
  } else {
    std::cout << text;
  }
  return {};
}

Result<> check(const CheckFlags& flags, const checks::CheckOptions& options,
               const Surroundings& surroundings) {
  SEALIFT_ASSIGN(const bool is_project, has_project(flags));
  if (!is_project && flags.paths.empty() && flags.source.from.empty()) {
    return fail(ErrorCode::kNotFound,
                "there is no " + flags.project.file +
                    " in the commit here, so name what to check: files, or --from REPO");
  }
  SEALIFT_ASSIGN(const auto report, is_project ? report_on_project(flags, surroundings)
                                               : make_report(flags, options, surroundings));
  SEALIFT_TRY(print(report, flags, surroundings.output));
  const auto errors = checks::count(report.findings, checks::Severity::kError);
  if (errors == 0) return {};
  const auto all = report.findings.size();
  return fail(ErrorCode::kInvalidInput, std::to_string(errors) + " of " + std::to_string(all) +
                                            (all == 1 ? " finding" : " findings") +
                                            (errors == 1 ? " is an error" : " are errors") +
                                            "; mend it, or set another severity with --severity");
}

CLI::Option* add_commit_flags(CLI::App& command, CommitFiles& source) {
  auto* from =
      command.add_option("--from", source.from, "Git repository and, after \"@\", the revision")
          ->type_name("REPO[@REV]");
  command
      .add_option("--path", source.path,
                  "Directory within the repository; by default what "
                  "its sealift.yaml lists, or all of it")
      ->needs(from)
      ->type_name("DIR");
  command.add_flag("--worktree", source.worktree, "Take the files of the work tree")->needs(from);
  return from;
}

void add_selection_flags(CLI::App& command, ProjectFlags& project, CLI::Option* paths) {
  command.add_option("-f,--file", project.file, "The project's file in the repository")
      ->excludes(paths)
      ->type_name("FILE")
      ->capture_default_str();
  command
      .add_option("--only", project.only,
                  "The project's artifact of this name; may be given several times")
      ->excludes(paths)
      ->allow_extra_args(false)
      ->type_name("NAME");
  command
      .add_option("--changed-since", project.changed_since,
                  "Of the project only what differs from this commit")
      ->excludes(paths)
      ->type_name("REV");
}

void add_rule_flags(CLI::App& command, CheckFlags& flags) {
  command
      .add_option("--kube-version", flags.kube_version,
                  "Release of Kubernetes that it is for; by default " +
                      checks::kNewestKubeVersion.to_string())
      ->type_name("VERSION");
  command
      .add_option("--schemas", flags.schemas,
                  "Directory with schemas of a cluster; see \"sealift schemas fetch\"")
      ->type_name("DIR");
  command.add_flag("--allow-secrets", flags.allow_secrets,
                   "Secrets with their values are meant to be there");
  command.add_option("--disable", flags.disabled, "A rule to leave out: " + checks::known_rules())
      ->allow_extra_args(false)
      ->type_name("RULE");
  command
      .add_option("--severity", flags.severities,
                  "RULE=error, warning, note or off; may be given several times")
      ->allow_extra_args(false)
      ->type_name("RULE=SEVERITY");
}

}  // namespace

void add_check_command(CLI::App& app, Action& chosen) {
  auto* command = app.add_subcommand(
      "check", "Find mistakes and secrets in manifests before they are published");
  auto flags = std::make_shared<CheckFlags>();
  auto* paths = command
                    ->add_option("FILE", flags->paths,
                                 "Files, directories, or - for what is "
                                 "given on standard input")
                    ->type_name("");
  add_commit_flags(*command, flags->source)->excludes(paths);
  add_selection_flags(*command, flags->project, paths);
  add_rule_flags(*command, *flags);
  command
      ->add_option("-o,--output", flags->output,
                   "Format of the report: text, json, sarif, junit or code-quality")
      ->check(CLI::IsMember({"text", "json", "sarif", "junit", "code-quality"}))
      ->type_name("FORMAT");
  command->add_option("--output-file", flags->output_file, "Where to write it")->type_name("FILE");
  command->callback([=, &chosen] {
    flags->has_path = command->count("--path") > 0;
    flags->names_project = command->count("--file") > 0 || command->count("--only") > 0 ||
                           command->count("--changed-since") > 0;
    checks::CheckOptions options;
    if (auto good = apply(*flags, options); !good) {
      throw CLI::ValidationError(good.error().message());
    }
    chosen = [=](const Surroundings& surroundings) { return check(*flags, options, surroundings); };
  });
}

}  // namespace sealift::program
