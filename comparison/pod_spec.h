#pragma once

#include <sealift/base/json.h>

#include <string>
#include <vector>

namespace sealift::comparison {

// A container, by the path that finds it again on the other side.
struct Container {
  std::string path;  // ".../containers/[name=web]"
  std::string name;
  const Json* json = nullptr;
};

// Whatever has a list of containers: a Pod's spec, and those of templates, wherever they stand.
struct PodSpec {
  std::string path;
  const Json* json = nullptr;

  // Of all kinds, at most a thousand.
  std::vector<Container> containers() const;
};

// Of one object; views of it. At most a hundred, since no workload has more.
std::vector<PodSpec> pod_specs(const Json& object);

// The one at the same path; null where there is none.
const PodSpec* find_spec(const std::vector<PodSpec>& specs, const std::string& path);
const Container* find_container(const std::vector<Container>& containers, const std::string& path);

}  // namespace sealift::comparison
