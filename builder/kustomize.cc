#include "kustomize.h"

#include "closed_room.h"
#include "kustomize_roots.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <utility>

namespace sealift::builder {
namespace {

constexpr std::uint64_t kMaxVersionBytes = 64u << 10;

struct Program {
  std::string path;
  bool is_kubectl = false;
};

Result<Program> find_kustomize(const SourceTree& tree, const BuildEnvironment& environment) {
  if (auto path = process::find_program(environment.search_path, "kustomize"); !path.empty()) {
    return Program{std::move(path), false};
  }
  if (auto path = process::find_program(environment.search_path, "kubectl"); !path.empty()) {
    return Program{std::move(path), true};
  }
  return fail(ErrorCode::kNotFound,
              join_path(tree.path(), kustomization_of(tree)) +
                  " has to be rendered, and neither kustomize nor kubectl is on PATH: install "
                  "one, or leave the file out with .sourceignore to publish the others as they "
                  "are");
}

// "v5.8.2" within "v5.8.2", "{Version:kustomize/v4.5.7 GitCommit:…}" and the like.
std::string version_within(std::string_view text) {
  for (std::size_t at = text.find('v'); at != std::string_view::npos; at = text.find('v', at + 1)) {
    const auto end = text.find_first_not_of("0123456789.", at + 1);
    const std::string_view version = text.substr(at, end - at);
    if (std::ranges::count(version, '.') >= 2 && version.size() > 5) return std::string(version);
  }
  const std::string_view line = text.substr(0, text.find('\n'));
  return printable(line, 100);
}

Result<std::string> version_of(const Program& program, ClosedRoom& room,
                               const std::stop_token& stop) {
  RenderLimits limits;
  limits.max_output_bytes = kMaxVersionBytes;
  auto arguments = program.is_kubectl
                       ? std::vector<std::string>{"version", "--client", "--output=json"}
                       : std::vector<std::string>{"version"};
  SEALIFT_ASSIGN(const process::ProcessOutput output,
                 room.run(program.path, std::move(arguments), limits, stop));
  std::string version;
  if (program.is_kubectl) {
    SEALIFT_ASSIGN(const Json json, parse_json(output.out, "the version that kubectl prints"));
    version = json.string_at({"kustomizeVersion"});
  } else {
    version = version_within(output.out);
  }
  if (output.exit_code != 0 || version.empty()) {
    return fail(ErrorCode::kInvalidInput, program.path + " does not tell its version");
  }
  return "kustomize " + version;
}

Error rendering_failed(const SourceTree& tree, const std::string& source,
                       const process::ProcessOutput& output) {
  const std::string said = without(without(output.err, source + "/"), source);
  std::string message = "kustomize cannot render " +
                        (tree.path().empty() ? "the repository" : tree.path()) + " (exit code " +
                        std::to_string(output.exit_code) + ")";
  for (const std::string& line : lines_of(said)) message += "\n  " + line;
  if (said.find("://") != std::string::npos || said.find("git") != std::string::npos) {
    message +=
        "\nRemote bases and files are not fetched, because they are no part of the commit: add "
        "them to the repository.";
  }
  return Error(ErrorCode::kInvalidInput, std::move(message));
}

}  // namespace

std::string kustomization_of(const SourceTree& tree) {
  // kustomize takes the first that is there and refuses more than one.
  for (const char* name : {"kustomization.yaml", "kustomization.yml", "Kustomization"}) {
    if (std::ranges::find(tree.files(), name, &SourceFile::path) != tree.files().end()) {
      return name;
    }
  }
  return {};
}

Result<KustomizeOutput> run_kustomize(SourceTree& tree, const BuildEnvironment& environment,
                                      std::stop_token stop, const RenderLimits& limits) {
  SEALIFT_ASSIGN(const Program program, find_kustomize(tree, environment));
  SEALIFT_ASSIGN(auto room, ClosedRoom::open(environment));
  KustomizeOutput result;
  SEALIFT_ASSIGN(result.version, version_of(program, room, stop));

  SEALIFT_ASSIGN(const auto roots, kustomize_roots(tree));
  SEALIFT_ASSIGN(std::shared_ptr<SourceTree> repository, tree.repository_part(roots));
  SEALIFT_TRY_CONTEXT(room.write_files(files_of(repository), "source"),
                      "prepare the files for kustomize");
  const std::string source = room.at("source");
  SEALIFT_ASSIGN(
      process::ProcessOutput output,
      room.run(program.path,
               {program.is_kubectl ? "kustomize" : "build", join_path(source, tree.path())}, limits,
               stop));
  if (output.exit_code != 0) return fail(rendering_failed(tree, source, output));
  result.manifests = std::move(output.out);
  result.warnings = lines_of(without(output.err, source + "/"));
  return result;
}

}  // namespace sealift::builder
