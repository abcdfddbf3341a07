#include "kustomize.h"

#include "kustomize_roots.h"
#include "offline_thread.h"
#include "temporary_directory.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/process/process.h>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

namespace sealift::builder {
namespace {

constexpr std::uint64_t kMaxVersionBytes = 64u << 10;
constexpr std::size_t kMaxShownLines = 20;

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

// A program in a closed room: no home, no cluster, no other program (a remote base would run git)
// and, with run_closed(), no network, so that the output follows from the commit alone. The proxy
// that nobody serves gives the better message.
std::vector<std::string> closed_environment(const std::string& room) {
  const std::string nowhere = "http://127.0.0.1:9";
  return {"HOME=" + room,
          "TMPDIR=" + room,
          "PATH=" + room,
          "LC_ALL=C",
          "TZ=UTC",
          "KUBECONFIG=/dev/null",
          "HTTP_PROXY=" + nowhere,
          "HTTPS_PROXY=" + nowhere,
          "http_proxy=" + nowhere,
          "https_proxy=" + nowhere,
          "NO_PROXY=",
          "no_proxy="};
}

Result<process::ProcessOutput> run_closed(const process::ProcessSpec& spec,
                                          const std::stop_token& stop) {
  std::optional<Result<process::ProcessOutput>> output;
  SEALIFT_TRY(run_offline([&] { output = process::run_process(spec, stop); }));
  return *std::move(output);
}

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty() && lines.size() < kMaxShownLines) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (!line.empty()) lines.push_back(printable(line, 1'000));
  }
  return lines;
}

std::string without(std::string text, std::string_view part) {
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at)) {
    text.erase(at, part.size());
  }
  return text;
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

Result<std::string> version_of(const Program& program, std::vector<std::string> environment,
                               std::stop_token stop) {
  process::ProcessSpec spec;
  spec.program = program.path;
  spec.arguments = program.is_kubectl
                       ? std::vector<std::string>{"version", "--client", "--output=json"}
                       : std::vector<std::string>{"version"};
  spec.environment = std::move(environment);
  spec.max_output_bytes = kMaxVersionBytes;
  SEALIFT_ASSIGN(const process::ProcessOutput output, run_closed(spec, stop));
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

Result<> write_files(SourceTree& tree, FileSystem& files, const std::string& directory) {
  std::string made;
  for (const SourceFile& file : tree.files()) {
    const std::string path = join_path(directory, file.path);
    if (const std::string parent = parent_path(path); parent != made) {
      SEALIFT_TRY(files.make_directories(parent));
      made = parent;
    }
    SEALIFT_ASSIGN(const std::string content, tree.read(file));
    SEALIFT_ASSIGN(auto target, files.create(path, FileSystem::Access::kPrivate));
    SEALIFT_TRY(target->write(content));
    SEALIFT_TRY(target->close());
  }
  return {};
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
  SEALIFT_ASSIGN(const auto room, TemporaryDirectory::create(environment.files, environment.random,
                                                             environment.temporary_directory));
  const std::string home = join_path(room->path(), "home");
  SEALIFT_TRY(environment.files.make_directories(home));
  KustomizeOutput result;
  SEALIFT_ASSIGN(result.version, version_of(program, closed_environment(home), stop));

  const std::string source = join_path(room->path(), "source");
  SEALIFT_ASSIGN(const auto roots, kustomize_roots(tree));
  SEALIFT_ASSIGN(const auto repository, tree.repository_part(roots));
  SEALIFT_TRY_CONTEXT(write_files(*repository, environment.files, source),
                      "prepare the files for kustomize");
  process::ProcessSpec spec;
  spec.program = program.path;
  spec.arguments = {program.is_kubectl ? "kustomize" : "build", join_path(source, tree.path())};
  spec.environment = closed_environment(home);
  spec.max_time = limits.max_time;
  spec.max_output_bytes = limits.max_output_bytes;
  SEALIFT_ASSIGN(process::ProcessOutput output, run_closed(spec, stop));
  if (output.exit_code != 0) return fail(rendering_failed(tree, source, output));
  result.manifests = std::move(output.out);
  result.warnings = lines_of(without(output.err, source + "/"));
  return result;
}

}  // namespace sealift::builder
