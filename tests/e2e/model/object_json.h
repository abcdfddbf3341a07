#pragma once

#include <sealift/base/json.h>

#include <string>
#include <string_view>

#include "model/application.h"

namespace sealift::e2e::model {

// The model's objects as the API server knows them.

inline constexpr std::string_view kTeamLabel = "team";

// The definition of the kind Widget, in YAML.
extern const std::string_view kWidgetDefinition;

// Where objects of the kind are, without a namespace: all of the cluster.
std::string collection_of(Kind kind, std::string_view name_space = {});
std::string path_of(const ObjectKey& key);

// A whole object. An empty namespace is left out.
Json object_json(const ObjectKey& key, const Content& content);
// What it says.
Content content_of(Kind kind, const Json& object);
// A merge patch that changes its value.
Json value_patch(Kind kind, const std::string& value);

// The version as files: YAML whose names and values hold variables.
std::string manifests_of(const Version& version);

}  // namespace sealift::e2e::model
