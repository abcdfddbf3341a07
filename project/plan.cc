#include <sealift/objects/names.h>
#include <sealift/objects/substitution.h>
#include <sealift/project/plan.h>

#include <algorithm>
#include <set>

namespace sealift::project {
namespace {

constexpr std::uint64_t kMaxText = 4'096;
constexpr std::size_t kShortCommit = 12;
constexpr std::size_t kMaxPlanned = 10'000;

Error mistake(const ArtifactRule& rule, std::string_view field, const std::string& why) {
  return Error(ErrorCode::kInvalidInput, rule.field + "." + std::string(field) + ": " + why);
}

objects::VariableValues values_of(const CommitFacts& facts, const Matrix::Cell& cell) {
  objects::VariableValues values(cell.begin(), cell.end());
  const auto add = [&](const char* name, std::string_view value) {
    if (!value.empty()) values.emplace(name, value);
  };
  add("commit", facts.commit);
  add("commit_short", std::string_view(facts.commit).substr(0, kShortCommit));
  add("branch", facts.branch);
  add("tag", facts.tag);
  return values;
}

// Whether a template names the commit or Git's tag. ${commit_short} begins as ${commit} does.
bool names_version(std::string_view text) {
  return text.find("${commit") != std::string_view::npos ||
         text.find("${tag") != std::string_view::npos;
}

// Fills in the templates of one cell.
class Filling {
 public:
  Filling(const ArtifactRule& rule, objects::VariableValues values)
      : rule_(rule), values_(std::move(values)) {}

  Result<std::string> text(std::string_view field, std::string_view text) const {
    std::set<std::string> undefined;
    auto filled = objects::substitute_text(text, values_, kMaxText, undefined);
    if (!filled) return fail(mistake(rule_, field, filled.error().message()));
    if (undefined.empty()) return filled;
    std::string known;
    for (const auto& [name, value] : values_) known += (known.empty() ? "" : ", ") + name;
    return fail(mistake(rule_, field,
                        "${" + *undefined.begin() + "} has no value; known here: " + known +
                            "; ${" + *undefined.begin() + ":-TEXT} gives it a default"));
  }

  Result<std::string> name() const {
    SEALIFT_ASSIGN(auto filled, text("name", rule_.name));
    const auto problem = objects::rfc1123_label_problem(filled);
    if (!problem.empty())
      return fail(mistake(rule_, "name", "\"" + filled + "\": " + std::string(problem)));
    return filled;
  }

  Result<std::string> path() const { return place("path", rule_.path); }

  // A directory or file below the root.
  Result<std::string> place(std::string_view field, std::string_view wanted) const {
    SEALIFT_ASSIGN(auto filled, text(field, wanted));
    while (filled.starts_with("./")) filled.erase(0, 2);
    const bool is_absolute = filled.starts_with('/');
    while (filled.ends_with('/')) filled.pop_back();
    if (filled == ".") filled.clear();
    const std::string padded = "/" + filled + "/";
    if (is_absolute || padded.find("/../") != std::string::npos ||
        padded.find("/./") != std::string::npos || filled.find("//") != std::string::npos) {
      return fail(
          mistake(rule_, field, "\"" + filled + "\" must be a path below the repository's root"));
    }
    return filled;
  }

  Result<oci::Reference> destination() const {
    SEALIFT_ASSIGN(const auto filled, text("destination", rule_.destination));
    auto reference = oci::Reference::parse(filled);
    if (!reference) return fail(mistake(rule_, "destination", reference.error().message()));
    if (reference->tag() || reference->digest()) {
      return fail(mistake(rule_, "destination",
                          "\"" + filled + "\" must name a repository; tags stand in tags"));
    }
    return *std::move(reference);
  }

  Result<std::vector<PlannedTag>> tags() const {
    std::vector<PlannedTag> tags;
    for (const auto& wanted : rule_.tags) {
      SEALIFT_ASSIGN(auto tag, text("tags", wanted));
      if (!oci::is_valid_tag(tag)) {
        return fail(mistake(rule_, "tags",
                            "\"" + tag +
                                "\" is no tag: letters, digits, \"_\", \".\" and \"-\", 128 at "
                                "most; ${branch//\\//-} replaces slashes"));
      }
      if (std::ranges::find(tags, tag, &PlannedTag::name) != tags.end()) continue;
      const bool is_fixed = names_version(wanted);
      tags.push_back({std::move(tag), is_fixed});
    }
    if (tags.empty() && !rule_.chart) tags.push_back({"latest", false});
    return tags;
  }

  Result<std::optional<HelmRelease>> helm(const std::string& name) const {
    if (!rule_.helm) return std::nullopt;
    HelmRelease helm = *rule_.helm;
    SEALIFT_ASSIGN(helm.release, label("helm.releaseName", helm.release, name));
    SEALIFT_ASSIGN(helm.name_space, label("helm.namespace", helm.name_space, "default"));
    for (auto& file : helm.values_files) {
      SEALIFT_ASSIGN(file, place("helm.valuesFiles", file));
      if (file.empty()) return fail(mistake(rule_, "helm.valuesFiles", "a name is empty"));
    }
    SEALIFT_ASSIGN(helm.kube_version, text("helm.kubeVersion", helm.kube_version));
    for (auto& version : helm.api_versions) {
      SEALIFT_ASSIGN(version, text("helm.apiVersions", version));
    }
    SEALIFT_TRY(fill_values(helm.values));
    return helm;
  }

  Result<std::optional<ChartRelease>> chart() const {
    if (!rule_.chart) return std::nullopt;
    ChartRelease chart = *rule_.chart;
    SEALIFT_ASSIGN(chart.version, text("chart.version", chart.version));
    SEALIFT_ASSIGN(chart.app_version, text("chart.appVersion", chart.app_version));
    return chart;
  }

  Result<PlannedChecks> checks() const {
    PlannedChecks checks;
    SEALIFT_ASSIGN(const auto version, text("checks.kubeVersion", rule_.checks.kube_version));
    if (!version.empty()) {
      const auto parsed = checks::parse_kube_version(version);
      if (!parsed) return fail(mistake(rule_, "checks.kubeVersion", parsed.error().message()));
      checks.options.kube_version = *parsed;
    }
    checks.options.allow_secrets = rule_.checks.allow_secrets;
    checks.options.severities = rule_.checks.severities;
    SEALIFT_ASSIGN(checks.schemas, place("checks.schemas", rule_.checks.schemas));
    for (const auto& wanted : rule_.checks.definitions) {
      SEALIFT_ASSIGN(auto filled, place("checks.definitions", wanted));
      checks.definitions.push_back(std::move(filled));
    }
    return checks;
  }

  Result<Annotations> annotations() const {
    Annotations filled;
    for (const auto& [name, value] : rule_.annotations) {
      SEALIFT_ASSIGN(auto text_of_value, text("annotations", value));
      filled.emplace_back(name, std::move(text_of_value));
    }
    return filled;
  }

 private:
  // Names of releases and namespaces are those of namespaces.
  Result<std::string> label(std::string_view field, std::string_view wanted,
                            const std::string& otherwise) const {
    SEALIFT_ASSIGN(auto filled, text(field, wanted));
    if (filled.empty()) return otherwise;
    const auto problem = objects::rfc1123_label_problem(filled);
    if (problem.empty()) return filled;
    return fail(mistake(rule_, field, "\"" + filled + "\": " + std::string(problem)));
  }

  // The strings in them; what they are called stays. The document's depth is bounded.
  Result<> fill_values(Json& value) const {
    if (const auto* string = value.as_string()) {
      SEALIFT_ASSIGN(auto filled, text("helm.values", *string));
      value = std::move(filled);
    } else if (auto* list = value.as_array()) {
      for (auto& element : *list) SEALIFT_TRY(fill_values(element));
    } else if (auto* members = value.as_object()) {
      for (auto& member : *members) SEALIFT_TRY(fill_values(member.second));
    }
    return {};
  }

  const ArtifactRule& rule_;
  const objects::VariableValues values_;
};

Result<PlannedArtifact> plan_cell(const ArtifactRule& rule, const CommitFacts& facts,
                                  Matrix::Cell cell) {
  const Filling filling(rule, values_of(facts, cell));
  SEALIFT_ASSIGN(auto name, filling.name());
  SEALIFT_ASSIGN(auto path, filling.path());
  SEALIFT_ASSIGN(auto destination, filling.destination());
  SEALIFT_ASSIGN(auto tags, filling.tags());
  SEALIFT_ASSIGN(auto annotations, filling.annotations());
  SEALIFT_ASSIGN(auto helm, filling.helm(name));
  SEALIFT_ASSIGN(auto chart, filling.chart());
  SEALIFT_ASSIGN(auto checks, filling.checks());
  return PlannedArtifact{std::move(name),  std::move(path),        std::move(destination),
                         std::move(tags),  std::move(annotations), std::move(helm),
                         std::move(chart), std::move(checks),      std::move(cell)};
}

// Names and places that are taken.
class Taken {
 public:
  Result<> add(const ArtifactRule& rule, const PlannedArtifact& artifact) {
    if (!names_.insert(artifact.name).second) {
      return fail(mistake(rule, "name",
                          "there is another artifact \"" + artifact.name +
                              "\"; each cell of a matrix needs a name of its own"));
    }
    for (const auto& tag : artifact.tags) {
      const auto place = artifact.destination.with_tag(tag.name).to_string();
      const auto [other, is_new] = places_.emplace(place, artifact.name);
      if (is_new) continue;
      return fail(mistake(
          rule, "destination",
          "\"" + artifact.name + "\" and \"" + other->second + "\" would both be " + place));
    }
    return {};
  }

 private:
  std::set<std::string> names_;
  std::map<std::string, std::string> places_;  // with the artifact's name
};

Result<std::vector<PlannedArtifact>> plan_all(const Project& project, const CommitFacts& facts) {
  std::vector<PlannedArtifact> plan;
  Taken taken;
  for (const auto& rule : project.artifacts) {
    auto cells = rule.matrix.cells();
    if (cells.empty()) return fail(mistake(rule, "exclude", "leaves no cell of the matrix"));
    for (auto& cell : cells) {
      SEALIFT_ASSIGN(auto planned, plan_cell(rule, facts, std::move(cell)));
      SEALIFT_TRY(taken.add(rule, planned));
      plan.push_back(std::move(planned));
      if (plan.size() > kMaxPlanned) {
        return fail(mistake(rule, "matrix", "makes more than 10000 artifacts; divide the file"));
      }
    }
  }
  return plan;
}

}  // namespace

Result<std::vector<PlannedArtifact>> make_plan(const Project& project, const CommitFacts& facts) {
  auto plan = plan_all(project, facts);
  if (!plan) return fail(with_place(project, std::move(plan).error()));
  return plan;
}

}  // namespace sealift::project
