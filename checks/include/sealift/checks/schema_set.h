#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sealift::checks {

// The core API of Kubernetes has about two.
inline constexpr std::uint64_t kMaxSchemaDocumentBytes = 64u << 20;

// Schemas that refer to each other by "#/components/schemas/NAME".
struct SchemaDocument {
  Json json;
  std::map<std::string, const Json*, std::less<>> components;  // views of `json`
};

// The schema of one kind.
struct Schema {
  std::shared_ptr<const SchemaDocument> document;
  const Json* root = nullptr;  // a view of the document
  // Of a CustomResourceDefinition: what no schema mentions is dropped by the API server. In its
  // published documents an object without `properties` may hold anything.
  bool is_structural = false;
  // A default stands for a field that is missing. Of the kinds that are built into Kubernetes it
  // does not: their documents give each field the zero of its Go type.
  bool fills_in_defaults = true;
};

// Which schemas there are.
class SchemaSet {
 public:
  // What a CustomResourceDefinition (apiextensions.k8s.io/v1) says; another object, or one that
  // says nothing of use, adds nothing.
  void add_definition(const objects::Object& object);

  // The OpenAPI v3 document of a group and version, as a cluster has it at /openapi/v3.
  // kInvalidInput where it is none.
  Result<> add_openapi(std::string_view group, std::string_view version, std::string_view bytes,
                       std::string_view what);

  struct Answer {
    const Schema* schema = nullptr;
    std::string problem = {};  // why a cluster that these schemas are of would not take the kind
    std::string advice = {};
  };
  // No schema and no problem where nothing is known of the group's version.
  Answer find(const objects::GroupVersionKind& gvk) const;

  // Whoever has given schemas wants to know of kinds that have none.
  void expect_all() { expects_all_ = true; }
  bool expects_all() const { return expects_all_; }

 private:
  std::map<objects::GroupVersionKind, Schema> schemas_;
  // Group and kind of what definitions define, with the versions that are served.
  std::map<std::pair<std::string, std::string>, std::vector<std::string>> defined_;
  std::set<std::pair<std::string, std::string>> documents_;  // group and version
  bool expects_all_ = false;
};

// The name by which the OpenAPI document of a group and version is kept in a directory, which is
// that of Kubernetes' own repository (api/openapi-spec/v3): "apis__apps__v1_openapi.json",
// "api__v1_openapi.json". kInvalidInput where group or version are no names, so that a file name
// stays one.
Result<std::string> schema_file_name(std::string_view group, std::string_view version);

}  // namespace sealift::checks
