#include <sealift/base/json_reader.h>
#include <sealift/objects/locate_field.h>
#include <sealift/objects/substitution.h>
#include <sealift/objects/yaml.h>
#include <sealift/project/project.h>

#include "check_rules.h"
#include "renderers.h"

#include <algorithm>
#include <array>
#include <optional>

namespace sealift::project {
namespace {

constexpr std::size_t kMaxArtifacts = 10'000;
constexpr std::size_t kMaxText = 1'024;
constexpr std::size_t kMaxTags = 32;
constexpr std::size_t kMaxAnnotations = 64;
constexpr std::size_t kMaxVariables = 8;
constexpr std::array<std::string_view, 4> kFacts = {"commit", "commit_short", "branch", "tag"};

// What an artifact may leave to `defaults`.
struct Shared {
  std::string destination;
  std::vector<std::string> tags;
  Annotations annotations;
  CheckRules checks;
};

Result<> check_text(const ObjectReader& reader, std::string_view field, std::string_view text) {
  if (text.size() <= kMaxText) return {};
  return fail(reader.error_at(field, "must have at most 1024 characters"));
}

Result<Shared> read_shared(ObjectReader& reader, const Shared& defaults) {
  Shared shared = defaults;
  SEALIFT_ASSIGN(shared.destination, reader.string_or("destination", defaults.destination));
  SEALIFT_TRY(check_text(reader, "destination", shared.destination));
  SEALIFT_ASSIGN(auto tags, reader.strings("tags"));
  if (!tags.empty()) shared.tags = std::move(tags);
  if (shared.tags.size() > kMaxTags) {
    return fail(reader.error_at("tags", "must be at most 32"));
  }
  for (const auto& tag : shared.tags) SEALIFT_TRY(check_text(reader, "tags", tag));
  SEALIFT_ASSIGN(const auto annotations, reader.string_map("annotations"));
  for (const auto& [name, value] : annotations) {
    const auto same = std::find_if(shared.annotations.begin(), shared.annotations.end(),
                                   [&](const auto& known) { return known.first == name; });
    if (same == shared.annotations.end()) {
      shared.annotations.emplace_back(name, value);
    } else {
      same->second = value;
    }
    SEALIFT_TRY(check_text(reader, "annotations", value));
  }
  if (shared.annotations.size() > kMaxAnnotations) {
    return fail(reader.error_at("annotations", "must be at most 64"));
  }
  SEALIFT_ASSIGN(shared.checks, read_checks(reader, defaults.checks));
  return shared;
}

// A scalar as it is written: 1 and true are values as well.
Result<std::string> scalar(const Json& value, const std::string& place) {
  if (const auto* text = value.as_string()) return *text;
  if (const auto* number = value.as_number()) return number->digits;
  if (const auto* flag = value.as_bool()) return std::string(*flag ? "true" : "false");
  return fail(ErrorCode::kInvalidInput, place + ": must be a string, a number or a boolean, not " +
                                            std::string(value.type_name()));
}

Result<> add_variable(Matrix& matrix, const ObjectReader& reader, const Json::Member& member) {
  const auto& [name, values] = member;
  const std::string place = reader.path_of("matrix") + "." + name;
  const auto refuse = [&](const std::string& why) {
    return fail(ErrorCode::kInvalidInput, place + ": " + why);
  };
  if (!objects::is_variable_name(name)) {
    return refuse("a variable's name has letters, digits and \"_\", and begins with no digit");
  }
  if (std::find(kFacts.begin(), kFacts.end(), name) != kFacts.end()) {
    return refuse("this name is the commit's; take another one");
  }
  const auto* list = values.as_array();
  if (list == nullptr || list->empty()) return refuse("must be a list with at least one value");
  std::vector<std::string> texts;
  for (const auto& value : *list) {
    SEALIFT_ASSIGN(auto text, scalar(value, place));
    if (text.size() > kMaxText) return refuse("a value must have at most 1024 characters");
    if (std::find(texts.begin(), texts.end(), text) != texts.end()) {
      return refuse("has a value twice");
    }
    texts.push_back(std::move(text));
  }
  matrix.variables.emplace_back(name, std::move(texts));
  return {};
}

Result<Matrix::Cell> read_exclusion(const Json& value, const Matrix& matrix,
                                    const std::string& place) {
  const auto* members = value.as_object();
  if (members == nullptr || members->empty()) {
    return fail(ErrorCode::kInvalidInput,
                place + ": must name at least one variable and its value");
  }
  Matrix::Cell cell;
  for (const auto& [name, wanted] : *members) {
    SEALIFT_ASSIGN(auto text, scalar(wanted, place + "." + name));
    const auto known = std::find_if(matrix.variables.begin(), matrix.variables.end(),
                                    [&](const auto& variable) { return variable.first == name; });
    const bool can_be =
        known != matrix.variables.end() &&
        std::find(known->second.begin(), known->second.end(), text) != known->second.end();
    if (!can_be) {
      return fail(ErrorCode::kInvalidInput,
                  place + "." + name + ": the matrix has no such value, so nothing is excluded");
    }
    cell.emplace(name, std::move(text));
  }
  return cell;
}

Result<Matrix> read_matrix(ObjectReader& reader) {
  Matrix matrix;
  const Json* variables = reader.any("matrix");
  const Json* exclude = reader.any("exclude");
  if (variables != nullptr) {
    const auto* members = variables->as_object();
    if (members == nullptr) return fail(reader.error_at("matrix", "must be an object"));
    if (members->size() > kMaxVariables) {
      return fail(reader.error_at("matrix", "must have at most 8 variables"));
    }
    std::size_t cells = 1;
    for (const auto& member : *members) {
      SEALIFT_TRY(add_variable(matrix, reader, member));
      cells *= std::min(matrix.variables.back().second.size(), kMaxCells + 1);
      if (cells > kMaxCells) return fail(reader.error_at("matrix", "makes more than 10000 cells"));
    }
  }
  if (exclude != nullptr) {
    const auto* list = exclude->as_array();
    if (list == nullptr) return fail(reader.error_at("exclude", "must be a list"));
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto place = reader.path_of("exclude") + "[" + std::to_string(i) + "]";
      SEALIFT_ASSIGN(auto cell, read_exclusion((*list)[i], matrix, place));
      matrix.exclude.push_back(std::move(cell));
    }
  }
  return matrix;
}

Result<ArtifactRule> read_artifact(ObjectReader& reader, const Shared& defaults) {
  ArtifactRule rule;
  rule.field = reader.path();
  SEALIFT_ASSIGN(rule.name, reader.required_string("name"));
  SEALIFT_TRY(check_text(reader, "name", rule.name));
  SEALIFT_ASSIGN(rule.path, reader.string_or("path", ""));
  SEALIFT_TRY(check_text(reader, "path", rule.path));
  SEALIFT_ASSIGN(rule.helm, read_helm(reader));
  SEALIFT_ASSIGN(rule.chart, read_chart(reader));
  if (rule.helm && rule.chart) {
    return fail(reader.error_at("helm", "renders a chart, which kind: chart publishes as it is"));
  }
  Shared inherited = defaults;
  // A chart has its version; what else it is called it says itself.
  if (rule.chart) inherited.tags.clear();
  SEALIFT_ASSIGN(Shared shared, read_shared(reader, inherited));
  if (shared.destination.empty()) {
    return fail(reader.error_at("destination", "is required, here or in defaults"));
  }
  rule.destination = std::move(shared.destination);
  rule.tags = std::move(shared.tags);
  rule.annotations = std::move(shared.annotations);
  rule.checks = std::move(shared.checks);
  SEALIFT_ASSIGN(rule.matrix, read_matrix(reader));
  SEALIFT_TRY(reader.finish());
  return rule;
}

Result<std::vector<ArtifactRule>> read_artifacts(const Json& document) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, ""));
  SEALIFT_ASSIGN(const auto version, reader.required_string("apiVersion"));
  if (version != kProjectVersion) {
    return fail(reader.error_at("apiVersion", "must be " + std::string(kProjectVersion)));
  }
  SEALIFT_ASSIGN(const auto kind, reader.required_string("kind"));
  if (kind != "Project") return fail(reader.error_at("kind", "must be Project"));
  Shared defaults;
  SEALIFT_ASSIGN(auto given, reader.optional_object("defaults"));
  if (given) {
    SEALIFT_ASSIGN(defaults, read_shared(*given, {}));
    SEALIFT_TRY(given->finish());
  }
  SEALIFT_ASSIGN(auto artifacts, reader.objects("artifacts"));
  if (artifacts.empty()) return fail(reader.error_at("artifacts", "must have at least one"));
  if (artifacts.size() > kMaxArtifacts) {
    return fail(reader.error_at("artifacts", "must be at most 10000"));
  }
  SEALIFT_TRY(reader.finish());
  std::vector<ArtifactRule> rules;
  for (auto& artifact : artifacts) {
    SEALIFT_ASSIGN(auto rule, read_artifact(artifact, defaults));
    rules.push_back(std::move(rule));
  }
  return rules;
}

Result<std::vector<objects::YamlDocument>> read_document(const Project& project) {
  objects::YamlLimits limits;
  limits.max_bytes = kMaxProjectBytes;
  limits.max_depth = 16;
  return objects::parse_yaml(project.text, project.file, limits);
}

}  // namespace

Error with_place(const Project& project, Error error) {
  std::string place = project.file;
  const auto documents = read_document(project);
  const std::string message(error.message());
  if (documents && !documents->empty()) {
    const auto position = objects::locate_field(
        documents->front(), std::string_view(message).substr(0, message.find(':')));
    place += ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
  }
  return std::move(error).with_context(place);
}

Result<Project> parse_project(std::string text, std::string file) {
  Project project{std::move(file), std::move(text), {}};
  SEALIFT_ASSIGN(const auto documents, read_document(project));
  if (documents.size() != 1) {
    return fail(ErrorCode::kInvalidInput, project.file + ": must be one document, and is " +
                                              std::to_string(documents.size()));
  }
  auto artifacts = read_artifacts(documents.front().value);
  if (!artifacts) return fail(with_place(project, std::move(artifacts).error()));
  project.artifacts = *std::move(artifacts);
  return project;
}

}  // namespace sealift::project
