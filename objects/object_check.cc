#include "object_check.h"

#include <sealift/base/encoding.h>
#include <sealift/objects/json_pointer.h>
#include <sealift/objects/names.h>

#include <algorithm>

namespace sealift::objects {
namespace {

// etcd refuses a request of more than 1.5 MiB, and so does the API server on top of it.
constexpr std::uint64_t kMaxObjectBytes = 1536u << 10;
// The API server's TotalAnnotationSizeLimitB.
constexpr std::uint64_t kMaxAnnotationBytes = 256u << 10;

using Problem = std::optional<ObjectProblem>;

std::string shown(std::string_view text) { return "\"" + printable(text, 80) + "\""; }

// The text is written between quotes in the message.
std::string field_of(std::string_view map, std::string_view key) {
  return std::string(map) + "[" + shown(key) + "]";
}

// Text whose final form is not known yet.
bool is_unfinished(std::string_view text, Placeholders placeholders) {
  return placeholders == Placeholders::kAllowed && text.find("${") != std::string_view::npos;
}

Problem problem_at(std::string_view pointer, std::string message) {
  return ObjectProblem{std::string(pointer), std::move(message)};
}

// A number or boolean where text belongs is nearly always a missing pair of quotes.
std::string wrong_type(std::string_view field, const Json& value, std::string_view wanted) {
  std::string message = std::string(field) + " must be " + std::string(wanted) + ", and is " +
                        (value.is_null() ? "null" : "of type " + std::string(value.type_name()));
  if (wanted == "a string" && (value.is_number() || value.is_bool())) {
    message += "; put it between quotes";
  }
  return message;
}

Problem check_required_string(const Json& parent, std::string_view name, std::string_view pointer,
                              std::string_view field) {
  const Json* value = parent.find(name);
  if (value == nullptr) return problem_at(pointer, std::string(field) + " is missing");
  if (!value->is_string()) return problem_at(pointer, wrong_type(field, *value, "a string"));
  if (value->as_string()->empty()) return problem_at(pointer, std::string(field) + " is empty");
  return std::nullopt;
}

Problem check_api_version(std::string_view api_version) {
  const auto slash = api_version.find('/');
  const bool has_group = slash != std::string_view::npos;
  const std::string_view group = has_group ? api_version.substr(0, slash) : std::string_view();
  const std::string_view version = has_group ? api_version.substr(slash + 1) : api_version;
  if ((!has_group || rfc1123_subdomain_problem(group).empty()) &&
      rfc1035_label_problem(version).empty()) {
    return std::nullopt;
  }
  return problem_at("/apiVersion", "apiVersion " + shown(api_version) +
                                       " must be VERSION or GROUP/VERSION, as in \"v1\" or "
                                       "\"apps/v1\"");
}

Problem check_kind(std::string_view kind) {
  const auto rule = kind_problem(kind);
  if (rule.empty()) return std::nullopt;
  return problem_at("/kind", "kind " + shown(kind) + " " + std::string(rule));
}

Problem check_type(const Json& object, Placeholders placeholders) {
  if (!object.is_object()) {
    return problem_at("", wrong_type("the document", object, "a mapping with apiVersion and kind"));
  }
  if (auto problem = check_required_string(object, "apiVersion", "/apiVersion", "apiVersion")) {
    return problem;
  }
  if (auto problem = check_required_string(object, "kind", "/kind", "kind")) return problem;
  const auto api_version = object.string_at({"apiVersion"});
  if (!is_unfinished(api_version, placeholders)) {
    if (auto problem = check_api_version(api_version)) return problem;
  }
  const auto kind = object.string_at({"kind"});
  return is_unfinished(kind, placeholders) ? std::nullopt : check_kind(kind);
}

Problem check_identity(const Json& object, Placeholders placeholders) {
  const Json* metadata = object.find("metadata");
  if (metadata == nullptr) return problem_at("", "metadata is missing");
  if (!metadata->is_object()) {
    return problem_at("/metadata", wrong_type("metadata", *metadata, "a mapping"));
  }
  if (metadata->find("name") == nullptr && metadata->find("generateName") != nullptr) {
    return problem_at("/metadata/generateName",
                      "metadata.generateName would make a new object with each apply; give it a "
                      "metadata.name");
  }
  if (auto problem = check_required_string(*metadata, "name", "/metadata/name", "metadata.name")) {
    return problem;
  }
  const GroupVersionKind gvk =
      split_api_version(object.string_at({"apiVersion"}), object.string_at({"kind"}));
  const auto name = metadata->string_at({"name"});
  const auto rule = object_name_problem(gvk.group, gvk.kind, name);
  if (!rule.empty() && !is_unfinished(name, placeholders))
    return problem_at("/metadata/name", "metadata.name " + std::string(rule));

  const Json* name_space = metadata->find("namespace");
  if (name_space == nullptr || name_space->is_null()) return std::nullopt;
  if (!name_space->is_string()) {
    return problem_at("/metadata/namespace",
                      wrong_type("metadata.namespace", *name_space, "a string"));
  }
  if (name_space->as_string()->empty()) return std::nullopt;
  const auto namespace_rule = rfc1123_label_problem(*name_space->as_string());
  if (namespace_rule.empty() || is_unfinished(*name_space->as_string(), placeholders)) {
    return std::nullopt;
  }
  return problem_at("/metadata/namespace", "metadata.namespace " + shown(*name_space->as_string()) +
                                               " " + std::string(namespace_rule));
}

// A map of strings such as labels; null is as absent.
Problem check_string_map(const Json& object, std::string_view name) {
  const Json* map = object.find_path({"metadata", name});
  if (map == nullptr || map->is_null()) return std::nullopt;
  const std::string pointer = extend_pointer("/metadata", name);
  const std::string field = "metadata." + std::string(name);
  if (!map->is_object()) return problem_at(pointer, wrong_type(field, *map, "a mapping"));
  for (const auto& [key, value] : *map->as_object()) {
    if (!value.is_string()) {
      return problem_at(extend_pointer(pointer, key),
                        wrong_type(field_of(field, key), value, "a string"));
    }
  }
  return std::nullopt;
}

Problem check_labels(const Json& object, Placeholders placeholders) {
  if (auto problem = check_string_map(object, "labels")) return problem;
  const Json* labels = object.find_path({"metadata", "labels"});
  if (labels == nullptr || labels->is_null()) return std::nullopt;
  for (const auto& [key, value] : *labels->as_object()) {
    const std::string pointer = extend_pointer("/metadata/labels", key);
    if (const auto rule = qualified_name_problem(key);
        !rule.empty() && !is_unfinished(key, placeholders)) {
      return problem_at(pointer,
                        "the key " + shown(key) + " of metadata.labels " + std::string(rule));
    }
    if (const auto rule = label_value_problem(*value.as_string());
        !rule.empty() && !is_unfinished(*value.as_string(), placeholders)) {
      return problem_at(pointer, "the value " + shown(*value.as_string()) + " of " +
                                     field_of("metadata.labels", key) + " " + std::string(rule));
    }
  }
  return std::nullopt;
}

Problem check_annotations(const Json& object, Placeholders placeholders) {
  if (auto problem = check_string_map(object, "annotations")) return problem;
  const Json* annotations = object.find_path({"metadata", "annotations"});
  if (annotations == nullptr || annotations->is_null()) return std::nullopt;
  std::uint64_t bytes = 0;
  for (const auto& [key, value] : *annotations->as_object()) {
    // The API server folds the case of annotation keys before it checks them.
    std::string folded = key;
    std::transform(folded.begin(), folded.end(), folded.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c | 0x20) : c; });
    if (const auto rule = qualified_name_problem(folded);
        !rule.empty() && !is_unfinished(key, placeholders)) {
      return problem_at(extend_pointer("/metadata/annotations", key),
                        "the key " + shown(key) + " of metadata.annotations " + std::string(rule));
    }
    bytes += key.size() + value.as_string()->size();
  }
  if (bytes <= kMaxAnnotationBytes) return std::nullopt;
  return problem_at("/metadata/annotations", "metadata.annotations has " + std::to_string(bytes) +
                                                 " bytes, more than the API server's limit of " +
                                                 std::to_string(kMaxAnnotationBytes) +
                                                 "; move data into a ConfigMap");
}

// What the object takes as JSON at the least: escapes are not counted. The depth is bounded by the
// readers of YAML and JSON.
std::uint64_t least_bytes(const Json& value) {
  std::uint64_t bytes = 2;
  if (const auto* members = value.as_object()) {
    for (const auto& [name, member] : *members) bytes += name.size() + 4 + least_bytes(member);
  } else if (const auto* elements = value.as_array()) {
    for (const Json& element : *elements) bytes += 1 + least_bytes(element);
  } else if (const auto* text = value.as_string()) {
    bytes += text->size();
  } else if (const auto* number = value.as_number()) {
    bytes = number->digits.size();
  }
  return bytes;
}

Problem check_size(const Json& object, Placeholders) {
  const std::uint64_t bytes = least_bytes(object);
  if (bytes <= kMaxObjectBytes) return std::nullopt;
  return problem_at("", "the object has about " + std::to_string(bytes) +
                            " bytes, and the API server takes no more than " +
                            std::to_string(kMaxObjectBytes) +
                            "; split it, or move large data out of it");
}

}  // namespace

std::optional<ObjectProblem> find_problem(const Json& object, Placeholders placeholders) {
  for (const auto check :
       {check_type, check_identity, check_labels, check_annotations, check_size}) {
    if (auto problem = check(object, placeholders)) return problem;
  }
  return std::nullopt;
}

std::string describe(const Json& object) {
  const std::string_view kind = object.string_at({"kind"});
  const std::string_view name = object.string_at({"metadata", "name"});
  std::string text = kind.empty() ? "object" : printable(kind, 63);
  if (!name.empty()) text += " " + shown(name);
  return text;
}

GroupVersionKind split_api_version(std::string_view api_version, std::string_view kind) {
  const auto slash = api_version.find('/');
  if (slash == std::string_view::npos) {
    return {"", std::string(api_version), std::string(kind)};
  }
  return {std::string(api_version.substr(0, slash)), std::string(api_version.substr(slash + 1)),
          std::string(kind)};
}

}  // namespace sealift::objects
