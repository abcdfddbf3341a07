#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/objects/object.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::target {

// How one object wants to be treated, by its annotations and the Delivery's drift rules.
// docs/formats/delivery.md has the table, Flux's annotations of the same meaning included.
struct Treatment {
  bool ignore = false;  // not sent, and what is there is left
  bool keep = false;
  bool once = false;
  bool force = false;
  bool hook = false;
  delivery::DriftMode drift = delivery::DriftMode::kCorrect;
  std::vector<std::string> ignored_fields;  // sorted, each once
};

// kInvalidInput naming object, file, line and the annotation for a value that means nothing, for a
// wrong path, for more than 100 paths, and for a hook that is no Job.
Result<Treatment> treatment_of(const objects::Object& object, const delivery::Delivery& delivery);

// Whether the object's variables are to be left as they are.
bool refuses_substitution(const objects::Object& object);

}  // namespace sealift::target
