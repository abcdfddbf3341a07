#pragma once

#include <string>

namespace sealift::test {

// Manifests of single objects, as YAML. `metadata` begins with a comma: ", namespace: shop".
inline std::string config_map(const std::string& name, const std::string& value = "1",
                              const std::string& metadata = "") {
  return "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: " + name + metadata +
         "}\ndata: {key: \"" + value + "\"}\n";
}

inline std::string object_of(const std::string& api_version, const std::string& kind,
                             const std::string& name, const std::string& metadata = "") {
  return "apiVersion: " + api_version + "\nkind: " + kind + "\nmetadata: {name: \"" + name + "\"" +
         metadata + "}\n";
}

}  // namespace sealift::test
