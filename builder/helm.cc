#include <sealift/builder/helm.h>

#include "chart_tree.h"
#include "closed_room.h"
#include "manifest_check.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/objects/member_order.h>
#include <sealift/objects/object.h>
#include <sealift/objects/order.h>
#include <sealift/objects/yaml.h>

#include <utility>

namespace sealift::builder {
namespace {

constexpr std::string_view kRenderedFile = "manifests.yaml";
constexpr std::uint64_t kMaxValuesBytes = 4u << 20;
constexpr std::uint64_t kMaxVersionBytes = 4u << 10;

Result<std::string> find_helm(const BuildEnvironment& environment) {
  auto path = process::find_program(environment.search_path, "helm");
  if (!path.empty()) return path;
  return fail(ErrorCode::kNotFound,
              "a chart has to be rendered, and helm is not on PATH: install it, or publish the "
              "chart as it is with \"kind: chart\"");
}

Result<std::string> version_of(const std::string& helm, ClosedRoom& room,
                               const std::stop_token& stop) {
  RenderLimits limits;
  limits.max_output_bytes = kMaxVersionBytes;
  SEALIFT_ASSIGN(const auto output,
                 room.run(helm, {"version", "--template={{.Version}}"}, limits, stop));
  const auto lines = lines_of(output.out);
  if (output.exit_code == 0 && lines.size() == 1) return "helm " + lines.front();
  return fail(ErrorCode::kInvalidInput, helm + " does not tell its version");
}

// The arguments for all values, which are written into the room; later ones win.
Result<std::vector<std::string>> bring_values(SourceTree& tree, const project::HelmRelease& release,
                                              ClosedRoom& room) {
  std::vector<std::string> arguments;
  for (std::size_t i = 0; i < release.values_files.size(); ++i) {
    const std::string& file = release.values_files[i];
    SEALIFT_ASSIGN(const auto content, tree.read_in_repository(file, kMaxValuesBytes));
    if (!content) {
      return fail(ErrorCode::kNotFound, "the commit has no values file " + printable(file, 400));
    }
    const std::string place = "values/" + std::to_string(i) + "/" + file;
    SEALIFT_TRY(room.write_file(place, *content));
    arguments.push_back("--values=" + room.at(place));
  }
  const auto* inline_values = release.values.as_object();
  if (inline_values != nullptr && !inline_values->empty()) {
    SEALIFT_TRY(room.write_file("values/inline.yaml", dump_json(release.values)));
    arguments.push_back("--values=" + room.at("values/inline.yaml"));
  }
  return arguments;
}

// Everything behind "=", so that no text is taken for another flag.
std::vector<std::string> template_arguments(const project::HelmRelease& release,
                                            const std::string& chart) {
  std::vector<std::string> arguments = {"template", "--namespace=" + release.name_space};
  if (!release.kube_version.empty()) {
    arguments.push_back("--kube-version=" + release.kube_version);
  }
  for (const auto& version : release.api_versions) {
    arguments.push_back("--api-versions=" + version);
  }
  if (release.include_crds) arguments.emplace_back("--include-crds");
  if (!release.include_tests) arguments.emplace_back("--skip-tests");
  arguments.insert(arguments.end(), {"--", release.release, chart});
  return arguments;
}

Error rendering_failed(const SourceTree& tree, const ClosedRoom& room,
                       const process::ProcessOutput& output) {
  std::string said = output.err;
  for (const char* place : {"values/", "home/", ""}) said = without(said, room.at(place));
  std::string message = "helm cannot render " + (tree.path().empty() ? "." : tree.path()) +
                        " (exit code " + std::to_string(output.exit_code) + ")";
  for (const std::string& line : lines_of(said)) message += "\n  " + line;
  return Error(ErrorCode::kInvalidInput, std::move(message));
}

Result<RenderedObjects> in_one_style(const std::string& manifests,
                                     const project::HelmRelease& release, const SourceTree& tree,
                                     const RenderLimits& limits) {
  ManifestCheck check(limits.max_errors);
  check.add(kRenderedFile, manifests);
  SEALIFT_TRY_CONTEXT(check.finish(tree.path()), "the output of helm for");
  SEALIFT_ASSIGN(auto objects, objects::parse_objects(manifests, kRenderedFile, {},
                                                      objects::Placeholders::kAllowed));
  SEALIFT_ASSIGN(objects, charts::turn_hooks(std::move(objects), release.hooks));
  SEALIFT_TRY(objects::sort_for_apply(objects));
  auto text = std::make_shared<std::string>();
  for (const auto& object : objects)
    *text += "---\n" + objects::dump_yaml(objects::in_member_order(object.json()));
  RenderedObjects rendered;
  rendered.objects = objects.size();
  rendered.files.push_back(
      {std::string(kRenderedFile), false, [text]() -> Result<std::string> { return *text; }});
  return rendered;
}

}  // namespace

Result<RenderedObjects> render_chart(SourceTree& tree, const project::HelmRelease& release,
                                     const BuildEnvironment& environment, std::stop_token stop,
                                     const RenderLimits& limits) {
  SEALIFT_ASSIGN(const auto chart, find_chart(tree, tree.path()));
  SEALIFT_ASSIGN(const auto files, files_of(tree, chart));
  SEALIFT_ASSIGN(const std::string helm, find_helm(environment));
  SEALIFT_ASSIGN(auto room, ClosedRoom::open(environment));
  SEALIFT_ASSIGN(const std::string version, version_of(helm, room, stop));
  SEALIFT_TRY_CONTEXT(room.write_files(files, chart.chart.name), "prepare the chart for helm");
  SEALIFT_ASSIGN(const auto values, bring_values(tree, release, room));
  auto arguments = template_arguments(release, room.at(chart.chart.name));
  arguments.insert(arguments.begin() + 1, values.begin(), values.end());
  SEALIFT_ASSIGN(const auto output, room.run(helm, std::move(arguments), limits, stop));
  if (output.exit_code != 0) return fail(rendering_failed(tree, room, output));
  SEALIFT_ASSIGN(auto rendered, in_one_style(output.out, release, tree, limits));
  rendered.renderer = version;
  rendered.warnings = lines_of(without(output.err, room.at("")));
  return rendered;
}

}  // namespace sealift::builder
