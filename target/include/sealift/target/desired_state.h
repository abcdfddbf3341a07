#pragma once

#include <sealift/base/result.h>
#include <sealift/delivery/delivery.h>
#include <sealift/delivery/variables.h>
#include <sealift/objects/object.h>
#include <sealift/objects/order.h>

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace sealift::target {

// One object as it will be sent, and how the Delivery and the object's own annotations want it to
// be treated. docs/formats/delivery.md tells the annotations.
struct DesiredObject {
  objects::Object object;
  objects::Stage stage;
  // Of what will be sent, without the ignored fields. A Job's has the hash of its spec, which
  // cannot be changed, behind a "/".
  std::string content_hash;
  delivery::DriftMode drift = delivery::DriftMode::kCorrect;
  // RFC 6901, with [KEY=VALUE]: the live values of these fields are kept. Also in the object's
  // annotation sealift.dev/ignore.
  std::vector<std::string> ignored_fields;
  bool keep = false;   // neither pruned nor replaced
  bool once = false;   // created where it is missing, and never changed
  bool force = false;  // may be deleted and created again where a field is immutable
  // A Job that runs once for each artifact and is removed after its success. Its pod template names
  // the artifact, so that the Job of another one is never taken for it.
  bool hook = false;
};

// The objects of one verified artifact, in the order of applying.
struct DesiredState {
  Digest digest;
  std::vector<DesiredObject> objects{};
  // In the artifact and told to be left alone (sealift.dev/ignore: "true"): not sent, not pruned.
  std::set<objects::ObjectId> ignored{};
  // Variables without a value and without a default; they became empty text. At most 20.
  std::set<std::string> undefined_variables{};
};

// Target::is_namespaced(). An object of unknown scope keeps what its manifest says.
using ScopeOf = std::function<Result<std::optional<bool>>(const objects::GroupVersionKind&)>;

// Makes the objects of an artifact this Delivery's own, by copies: variables are replaced, labels
// and annotations that it wants everywhere are set, and namespaces: its target namespace on every
// namespaced object, or its own where an object names none; whoever refers to an object of the
// artifact by namespace follows it (object_references.h). Pure. kInvalidInput naming object, file,
// line and column.
Result<DesiredState> desired_state_of(const delivery::Delivery& delivery, const Digest& digest,
                                      const std::vector<objects::Object>& parsed,
                                      const delivery::Variables& variables,
                                      const ScopeOf& scope_of);

}  // namespace sealift::target
