#pragma once

#include "support/result_matchers.h"

#include <sealift/console/flux_conversion.h>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace sealift::console {

inline FluxConversion convert(const std::string& yaml) {
  auto objects = objects::parse_objects(yaml, "flux.yaml");
  EXPECT_OK(objects);
  return convert_flux(*objects);
}

// "lost spec.patches", in order.
inline std::vector<std::string> losses(
    const FluxConversion& conversion, ConversionRemark::Kind kind = ConversionRemark::Kind::kLost) {
  std::vector<std::string> fields;
  for (const auto& remark : conversion.remarks()) {
    if (remark.kind == kind) fields.push_back(remark.field);
  }
  return fields;
}

inline std::string source(const std::string& spec) {
  return "---\napiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\n"
         "metadata: {name: web, namespace: apps}\nspec:\n"
         "  url: oci://ghcr.io/stefanprodan/manifests/podinfo\n" +
         spec;
}

inline std::string kustomization(const std::string& spec) {
  return "---\napiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\n"
         "metadata: {name: web, namespace: apps}\nspec:\n"
         "  sourceRef: {kind: OCIRepository, name: web}\n" +
         spec;
}

}  // namespace sealift::console
