#pragma once

#include <string_view>

namespace sealift::controller {

// The CustomResourceDefinitions of packaging/crds, as YAML of one document each, so that the
// program installs exactly the schema that it reads.
std::string_view delivery_definition();      // deliveries.sealift.dev
std::string_view trust_policy_definition();  // trustpolicies.sealift.dev

}  // namespace sealift::controller
