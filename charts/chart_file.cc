#include <sealift/charts/chart_file.h>

#include <sealift/base/encoding.h>
#include <sealift/base/json_reader.h>
#include <sealift/objects/locate_field.h>
#include <sealift/objects/yaml.h>

#include <algorithm>

namespace sealift::charts {
namespace {

constexpr std::size_t kMaxDependencies = 200;
constexpr std::size_t kMaxText = 4'096;
constexpr std::size_t kMaxVersion = 128;  // it becomes a tag

bool is_numeric(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Dot-separated identifiers (semver.org 2.0.0, 9 and 10).
bool is_identifier_list(std::string_view text) {
  constexpr std::string_view kAllowed =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
  while (true) {
    const auto dot = text.find('.');
    const auto part = text.substr(0, dot);
    if (part.empty() || part.find_first_not_of(kAllowed) != std::string_view::npos) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

// semver.org 2.0.0, with the "v" in front that Helm lets pass.
bool is_semantic_version(std::string_view text) {
  if (text.size() > kMaxVersion) return false;
  if (text.starts_with('v')) text.remove_prefix(1);
  if (const auto plus = text.find('+'); plus != std::string_view::npos) {
    if (!is_identifier_list(text.substr(plus + 1))) return false;
    text = text.substr(0, plus);
  }
  if (const auto dash = text.find('-'); dash != std::string_view::npos) {
    if (!is_identifier_list(text.substr(dash + 1))) return false;
    text = text.substr(0, dash);
  }
  for (int numbers = 0; numbers < 3; ++numbers) {
    const auto dot = text.find('.');
    const auto number = text.substr(0, dot);
    if (!is_numeric(number) || (number.size() > 1 && number.front() == '0')) return false;
    if (dot == std::string_view::npos) return numbers == 2;
    text.remove_prefix(dot + 1);
  }
  return false;
}

Result<> check_name(const ObjectReader& reader, std::string_view name) {
  const bool is_allowed = !name.empty() && name.size() <= 250 && name != "." && name != ".." &&
                          std::ranges::all_of(name, [](char c) {
                            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                                   (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';
                          });
  if (is_allowed) return {};
  return fail(reader.error_at("name", "must have letters, digits, \"-\", \"_\" and \".\" alone"));
}

Result<std::string> text_of(ObjectReader& reader, std::string_view name) {
  SEALIFT_ASSIGN(auto text, reader.string_or(name, ""));
  if (text.size() <= kMaxText) return text;
  return fail(reader.error_at(name, "must have at most 4096 characters"));
}

Result<ChartFile> read_chart(const Json& document) {
  SEALIFT_ASSIGN(auto reader, ObjectReader::open(document, ""));
  reader.ignore_unknown();
  SEALIFT_ASSIGN(const auto api, reader.required_string("apiVersion"));
  if (api != "v1" && api != "v2") return fail(reader.error_at("apiVersion", "must be v1 or v2"));
  ChartFile chart;
  SEALIFT_ASSIGN(chart.name, reader.required_string("name"));
  SEALIFT_TRY(check_name(reader, chart.name));
  SEALIFT_ASSIGN(chart.version, reader.required_string("version"));
  if (!is_semantic_version(chart.version)) {
    return fail(reader.error_at("version", "must be a semantic version, such as 1.2.3"));
  }
  // A number where quotes were forgotten is what Helm takes as well.
  if (const Json* app = document.find("appVersion"); app != nullptr && app->as_string()) {
    SEALIFT_ASSIGN(chart.app_version, text_of(reader, "appVersion"));
  }
  SEALIFT_ASSIGN(chart.description, text_of(reader, "description"));
  SEALIFT_ASSIGN(auto dependencies, reader.objects("dependencies"));
  if (dependencies.size() > kMaxDependencies) {
    return fail(reader.error_at("dependencies", "must be at most 200"));
  }
  for (auto& entry : dependencies) {
    entry.ignore_unknown();
    ChartDependency dependency;
    SEALIFT_ASSIGN(dependency.name, entry.required_string("name"));
    SEALIFT_TRY(check_name(entry, dependency.name));
    SEALIFT_ASSIGN(dependency.repository, text_of(entry, "repository"));
    chart.dependencies.push_back(std::move(dependency));
  }
  chart.document = document;
  return chart;
}

}  // namespace

std::string ChartDependency::directory() const {
  constexpr std::string_view kScheme = "file://";
  return repository.starts_with(kScheme) ? repository.substr(kScheme.size()) : std::string();
}

std::string ChartFile::tag() const {
  std::string tag = version;
  std::ranges::replace(tag, '+', '_');
  return tag;
}

Result<ChartFile> ChartFile::with_versions(const std::string& new_version,
                                           const std::string& new_app_version) const {
  ChartFile changed = *this;
  if (!new_version.empty()) {
    if (!is_semantic_version(new_version)) {
      return fail(ErrorCode::kInvalidInput, "the version " + printable(new_version, 200) +
                                                " is no semantic version, such as 1.2.3");
    }
    changed.version = new_version;
    changed.document.set("version", new_version);
  }
  if (!new_app_version.empty()) {
    changed.app_version = new_app_version;
    changed.document.set("appVersion", new_app_version);
  }
  return changed;
}

Result<ChartFile> parse_chart_file(std::string_view bytes, std::string_view file) {
  objects::YamlLimits limits;
  limits.max_bytes = kMaxChartFileBytes;
  limits.max_depth = 16;
  SEALIFT_ASSIGN(const auto documents, objects::parse_yaml(bytes, file, limits));
  if (documents.size() != 1) {
    return fail(ErrorCode::kInvalidInput, printable(file, 400) + ": must be one document, and is " +
                                              std::to_string(documents.size()));
  }
  auto chart = read_chart(documents.front().value);
  if (chart) return chart;
  const std::string message(chart.error().message());
  const auto at = objects::locate_field(documents.front(),
                                        std::string_view(message).substr(0, message.find(':')));
  return fail(std::move(chart).error().with_context(
      printable(file, 400) + ":" + std::to_string(at.line) + ":" + std::to_string(at.column)));
}

}  // namespace sealift::charts
