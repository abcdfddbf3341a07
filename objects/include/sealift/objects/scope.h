#pragma once

#include <sealift/objects/object.h>

#include <optional>
#include <vector>

namespace sealift::objects {

// Whether a kind that every API server has lives in namespaces (Kubernetes 1.36, built-in groups);
// nullopt for any other.
std::optional<bool> is_builtin_namespaced(const GroupVersionKind& gvk);

// The same for kinds that a CustomResourceDefinition among these objects defines (spec.scope).
std::optional<bool> is_defined_namespaced(const std::vector<Object>& objects,
                                          const GroupVersionKind& gvk);

}  // namespace sealift::objects
