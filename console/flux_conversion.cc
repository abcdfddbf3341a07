#include <sealift/base/encoding.h>
#include <sealift/console/flux_conversion.h>
#include <sealift/delivery/delivery.h>
#include <sealift/objects/yaml.h>

#include <algorithm>
#include <set>

#include "flux_kustomization.h"
#include "flux_source.h"

namespace sealift::console {
namespace {

constexpr std::string_view kKustomize = "kustomize.toolkit.fluxcd.io";
constexpr std::string_view kSource = "source.toolkit.fluxcd.io";

bool is_kind(const objects::Object& object, std::string_view group, std::string_view kind) {
  return object.gvk().group == group && object.gvk().kind == kind;
}

bool is_flux(const objects::Object& object) {
  return object.gvk().group.ends_with(".toolkit.fluxcd.io");
}

class Converter {
 public:
  explicit Converter(const std::vector<objects::Object>& objects) : objects_(objects) {}

  FluxConversion convert() {
    for (const auto& object : objects_) {
      if (is_kind(object, kKustomize, "Kustomization")) convert_pair(object);
    }
    for (const auto& object : objects_) {
      if (is_kind(object, kSource, "OCIRepository")) {
        convert_policy(object);
      } else if (is_flux(object) && !is_kind(object, kKustomize, "Kustomization")) {
        pass_over(object);
      }
    }
    return std::move(result_);
  }

 private:
  // Null with a remark where the Kustomization's source is none that can be delivered from.
  const objects::Object* source_of(const objects::Object& kustomization, Remarks& remarks) const {
    const auto* reference = kustomization.json().find_path({"spec", "sourceRef"});
    const auto kind = reference == nullptr ? "" : reference->string_at({"kind"});
    const auto name = reference == nullptr ? "" : reference->string_at({"name"});
    if (kind != "OCIRepository") {
      remarks.refuse("spec.sourceRef",
                     "its source is a " + (kind.empty() ? "nothing" : printable(kind, 40)) +
                         "; Sealift delivers OCI artifacts: publish the folder with \"sealift "
                         "push\", and let an OCIRepository name it");
      return nullptr;
    }
    auto name_space = std::string(reference->string_at({"namespace"}));
    if (name_space.empty()) name_space = kustomization.name_space();
    const auto found = std::find_if(objects_.begin(), objects_.end(), [&](const auto& object) {
      return is_kind(object, kSource, "OCIRepository") && object.name() == name &&
             object.name_space() == name_space;
    });
    if (found != objects_.end()) return &*found;
    remarks.refuse("spec.sourceRef", "the OCIRepository " +
                                         (name_space.empty() ? "" : name_space + "/") +
                                         printable(name, 80) + " is not in the input; add it");
    return nullptr;
  }

  void convert_pair(const objects::Object& kustomization) {
    Remarks remarks(kustomization);
    const auto* repository = source_of(kustomization, remarks);
    if (repository == nullptr) return refuse(std::move(remarks));
    Remarks of_source(*repository);
    auto source = convert_source(*repository, of_source);
    if (repository->name_space() != kustomization.name_space() && has_secret(source.artifact)) {
      remarks.note("spec.sourceRef.namespace",
                   "the Secrets of the OCIRepository are read in the Delivery's own namespace; "
                   "copy them there");
    }
    auto delivery = convert_kustomization(kustomization, std::move(source), remarks);
    auto parsed = delivery::parse_delivery(delivery, kustomization.source());
    if (!parsed) remarks.refuse("spec", "the Delivery would be none: " + parsed.error().message());
    if (remarks.refused()) return refuse(std::move(remarks));
    used_.insert(repository);
    ConvertedDocument document{std::move(delivery), remarks.document(), kustomization.source(),
                               remarks.take()};
    auto more = of_source.take();
    std::move(more.begin(), more.end(), std::back_inserter(document.remarks));
    result_.documents.push_back(std::move(document));
  }

  void convert_policy(const objects::Object& repository) {
    Remarks remarks(repository);
    if (!used_.contains(&repository)) {
      remarks.note("spec", "no Kustomization that was converted names it");
    }
    auto policy = convert_verify(repository, objects_, remarks);
    if (!policy) return refuse(std::move(remarks));
    result_.documents.push_back(
        {*std::move(policy), remarks.document(), repository.source(), remarks.take()});
  }

  void pass_over(const objects::Object& object) {
    Remarks remarks(object);
    const auto& kind = object.gvk().kind;
    remarks.lose("kind", kind == "HelmRelease"
                             ? "charts are not rendered in the cluster; render them in CI and "
                               "publish the manifests"
                             : "Sealift has no equal of a " + kind);
    refuse(std::move(remarks));
  }

  static bool has_secret(const Json& artifact) {
    return artifact.find("secretRef") != nullptr || artifact.find("certSecretRef") != nullptr ||
           artifact.find("proxySecretRef") != nullptr;
  }

  void refuse(Remarks remarks) {
    auto all = remarks.take();
    std::move(all.begin(), all.end(), std::back_inserter(result_.other));
  }

  const std::vector<objects::Object>& objects_;
  std::set<const objects::Object*> used_;
  FluxConversion result_;
};

Json to_json(const ConversionRemark& remark) {
  Json json;
  json.set("kind", to_string(remark.kind));
  json.set("document", remark.document);
  json.set("source", remark.source);
  json.set("field", remark.field);
  json.set("message", remark.message);
  return json;
}

}  // namespace

std::string_view to_string(ConversionRemark::Kind kind) {
  switch (kind) {
    case ConversionRemark::Kind::kNote:
      return "note";
    case ConversionRemark::Kind::kLost:
      return "lost";
    case ConversionRemark::Kind::kRefused:
      return "refused";
  }
  return "refused";
}

std::vector<ConversionRemark> FluxConversion::remarks() const {
  std::vector<ConversionRemark> all;
  for (const auto& document : documents) {
    all.insert(all.end(), document.remarks.begin(), document.remarks.end());
  }
  all.insert(all.end(), other.begin(), other.end());
  return all;
}

FluxConversion convert_flux(const std::vector<objects::Object>& objects) {
  return Converter(objects).convert();
}

std::string conversion_yaml(const FluxConversion& conversion) {
  std::string text;
  for (const auto& document : conversion.documents) {
    text += "---\n# From " + document.from + "\n";
    for (const auto& remark : document.remarks) {
      // A message may repeat what the input says; nothing of it may end the comment.
      text += "# " + std::string(to_string(remark.kind)) + ": " + printable(remark.field, 200) +
              ": " + printable(remark.message, 1000) + "\n";
    }
    text += objects::dump_yaml(document.document);
  }
  return text;
}

Json to_json(const FluxConversion& conversion) {
  Json documents = Json::array();
  for (const auto& document : conversion.documents) documents.push_back(document.document);
  Json remarks = Json::array();
  for (const auto& remark : conversion.remarks()) remarks.push_back(to_json(remark));
  Json json;
  json.set("documents", std::move(documents));
  json.set("remarks", std::move(remarks));
  return json;
}

}  // namespace sealift::console
