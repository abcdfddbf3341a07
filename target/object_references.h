#pragma once

#include <sealift/objects/object.h>

#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace sealift::target {

// Which objects of an artifact came into another namespace than their manifests name.
class NamespaceMoves {
 public:
  // `before` is empty where the manifest named none.
  void add(const objects::Object& object, const std::string& before);
  bool empty() const { return accounts_.empty() && services_.empty() && namespaces_.empty(); }

  // Lets one object follow what it names by namespace, as kustomize's transformer does it: subjects
  // of RoleBindings and ClusterRoleBindings that are ServiceAccounts of the artifact, or the
  // "default" account of a namespace that was moved; and Services of the artifact behind admission
  // webhooks, APIServices and the conversion of CustomResourceDefinitions. What is not delivered
  // here is left as it is. `before` is where the object's own manifest put it.
  void follow(objects::Object& object, const std::string& before) const;

 private:
  using Place = std::pair<std::string, std::string>;  // namespace before, name
  void follow_subjects(Json& binding, const std::string& before) const;
  void follow_service(Json* service) const;

  std::map<Place, std::string> accounts_;
  std::map<Place, std::string> services_;
  std::map<std::string, std::string> namespaces_;
};

}  // namespace sealift::target
