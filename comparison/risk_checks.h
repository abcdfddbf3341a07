#pragma once

#include <sealift/comparison/risk.h>

#include <string>
#include <vector>

namespace sealift::comparison {

// Where checks put what they find about one object.
class Findings {
 public:
  Findings(const ObjectChange& change, std::vector<Finding>& into)
      : object_(change.id.to_string()), into_(into) {}

  void add(Severity severity, std::string field, std::string sentence) {
    into_.push_back({severity, object_, std::move(field), std::move(sentence)});
  }

 private:
  std::string object_;
  std::vector<Finding>& into_;
};

// Each looks at one object and passes over what it knows nothing of.
void check_images(const ObjectChange& change, Findings& findings);
void check_replicas(const ObjectChange& change, Findings& findings);
void check_pods(const ObjectChange& change, Findings& findings);
void check_role(const ObjectChange& change, Findings& findings);
void check_binding(const ObjectChange& change, Findings& findings);
void check_removal(const ObjectChange& change, Findings& findings);
void check_definition(const ObjectChange& change, Findings& findings);
void check_service(const ObjectChange& change, Findings& findings);
void check_admission(const ObjectChange& change, Findings& findings);
void check_namespace(const ObjectChange& change, Findings& findings);

}  // namespace sealift::comparison
