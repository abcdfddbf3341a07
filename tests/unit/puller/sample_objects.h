#pragma once

#include <sealift/objects/object.h>
#include <sealift/oci/reference.h>
#include <sealift/puller/delivery.h>
#include <sealift/puller/desired_state.h>

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "artifact_objects.h"

namespace sealift::puller::test {

inline Delivery make_delivery(const std::string& url = "oci://registry.example.com/shop") {
  return Delivery(
      "web", "shop",
      ArtifactSpec{oci::Reference::parse(url).value(), {"v1", {}, {}}, "", "", "", false});
}

// Nobody knows any kind that is not built in.
inline Result<std::optional<bool>> unknown_scope(const objects::GroupVersionKind&) {
  return std::nullopt;
}

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

// One file for each text.
inline std::vector<archive::TarFile> files_of(const std::vector<std::string>& texts) {
  std::vector<archive::TarFile> files;
  for (const auto& text : texts) {
    files.push_back({"f" + std::to_string(files.size()) + ".yaml", text});
  }
  return files;
}

inline Result<DesiredState> desired_of(const std::vector<std::string>& texts,
                                       const Delivery& delivery = make_delivery(),
                                       const ScopeOf& scope_of = unknown_scope) {
  SEALIFT_ASSIGN(const auto artifact, parse_artifact_objects(files_of(texts), delivery.path));
  return desired_state_of(delivery, Digest::of("artifact"), artifact.objects, {}, scope_of);
}

}  // namespace sealift::puller::test
