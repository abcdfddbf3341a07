#pragma once

#include <string_view>

namespace sealift::kube {

// Accept headers that ask for objects without their content (Kubernetes API concepts,
// "Metadata-only fetches").
inline constexpr std::string_view kMetadataOnly =
    "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1";
inline constexpr std::string_view kMetadataListOnly =
    "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1";

}  // namespace sealift::kube
