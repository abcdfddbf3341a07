#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/objects/yaml.h>

#include <compare>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::objects {

// "apps/v1" and "Deployment"; the core group is "".
struct GroupVersionKind {
  std::string group;
  std::string version;
  std::string kind;

  std::string api_version() const { return group.empty() ? version : group + "/" + version; }
  auto operator<=>(const GroupVersionKind&) const = default;
};

// What makes two manifests the same object in a cluster: the version does not.
struct ObjectId {
  std::string group;
  std::string kind;
  std::string name_space;  // empty: cluster-scoped, or not said
  std::string name;

  // "Deployment.apps shop/web", "Namespace shop", for people.
  std::string to_string() const;
  auto operator<=>(const ObjectId&) const = default;
};

// Whether names and labels may hold "${", which is replaced later (substitution.h). What holds one
// passes unchecked, and substitute() checks it.
enum class Placeholders { kRefused, kAllowed };

// One Kubernetes object that passed the checks of parse_object().
class Object {
 public:
  const GroupVersionKind& gvk() const { return gvk_; }
  const std::string& name() const { return name_; }
  const std::string& name_space() const { return name_space_; }
  ObjectId id() const { return {gvk_.group, gvk_.kind, name_space_, name_}; }
  const Json& json() const { return json_; }
  const std::string& source() const { return source_; }  // "FILE:LINE:COLUMN", or a description

  // "${" or "$$" stands somewhere in its text.
  bool has_placeholders() const { return has_placeholders_; }

  std::string_view annotation(std::string_view name) const;  // empty where absent
  std::string_view label(std::string_view name) const;

  // The caller has checked the text, as names.h has the rules. An empty namespace removes it.
  void set_name_space(std::string name_space);
  void set_label(std::string_view name, std::string value);
  void set_annotation(std::string_view name, std::string value);
  // Changes anything but what makes the identity: apiVersion, kind, name and namespace.
  template <typename Change>
  void edit(Change&& change) {
    std::forward<Change>(change)(json_);
  }

 private:
  friend Result<Object> parse_object(Json json, std::string source, Placeholders placeholders);
  Object() = default;
  GroupVersionKind gvk_;
  std::string name_;
  std::string name_space_;
  Json json_;
  std::string source_;
  bool has_placeholders_ = false;
};

// Checks apiVersion, kind, metadata.name (RFC 1123 subdomain, or the looser path-segment rule for
// kinds of rbac.authorization.k8s.io and others that the API server validates so), namespace
// (RFC 1123 label), that labels and annotations are strings and valid, generateName refused.
// kInvalidInput beginning with `source`.
Result<Object> parse_object(Json json, std::string source,
                            Placeholders placeholders = Placeholders::kRefused);

// All objects of one file: documents, and the items of any List, in their order.
Result<std::vector<Object>> parse_objects(std::string_view bytes, std::string_view file,
                                          const YamlLimits& limits = {},
                                          Placeholders placeholders = Placeholders::kRefused);

// kInvalidInput naming both places where two objects have one identity. `default_name_space` is
// what an empty namespace will become.
Result<> check_unique(const std::vector<Object>& objects, std::string_view default_name_space);

}  // namespace sealift::objects
