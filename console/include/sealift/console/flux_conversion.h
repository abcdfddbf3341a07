#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/objects/object.h>

#include <string>
#include <string_view>
#include <vector>

namespace sealift::console {

// What a reader of converted documents has to know about one field of the original.
struct ConversionRemark {
  enum class Kind {
    kNote,     // it was converted; something about it is worth knowing
    kLost,     // it has no equal: what it did does not happen any more
    kRefused,  // because of it the document was not converted
  };
  Kind kind = Kind::kNote;
  std::string document;  // "Kustomization apps/web"
  std::string source;    // "FILE:LINE:COLUMN"
  std::string field;     // "spec.patches"
  std::string message;   // what is lost, and what to do instead
};
std::string_view to_string(ConversionRemark::Kind kind);  // "note", "lost", "refused"

struct ConvertedDocument {
  Json document;     // a Delivery or a TrustPolicy, which its own parser accepts
  std::string from;  // "Kustomization apps/web"
  std::string source;
  std::vector<ConversionRemark> remarks;
};

struct FluxConversion {
  std::vector<ConvertedDocument> documents;
  std::vector<ConversionRemark> other;  // about documents that nothing was made of

  // All remarks, those of documents first.
  std::vector<ConversionRemark> remarks() const;
};

// Turns each Kustomization (kustomize.toolkit.fluxcd.io, any version) whose source is an
// OCIRepository among `objects` into a Delivery, and each spec.verify with keys whose Secret is
// among them into a TrustPolicy. Objects that are not Flux's are passed over. Pure; it never fails
// as a whole: what cannot be converted is among the remarks.
FluxConversion convert_flux(const std::vector<objects::Object>& objects);

// The documents as YAML, with the remarks about each as comments above it.
std::string conversion_yaml(const FluxConversion& conversion);
// {"documents": […], "remarks": [{kind, document, source, field, message}]}
Json to_json(const FluxConversion& conversion);

}  // namespace sealift::console
