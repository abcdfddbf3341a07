#include <sealift/delivery/ignored_fields.h>
#include <sealift/kube/observed_object.h>
#include <sealift/objects/hash.h>
#include <sealift/objects/scope.h>
#include <sealift/target/desired_state.h>

#include <algorithm>
#include <map>

#include "object_references.h"
#include "object_treatment.h"

namespace sealift::target {
namespace {

// On the pod template of a hook: the digest that it ran for.
constexpr std::string_view kArtifactAnnotation = "sealift.dev/artifact";

// The objects of an artifact on their way to being one Delivery's own.
class Appropriation {
 public:
  Appropriation(const delivery::Delivery& delivery, const Digest& digest,
                const delivery::Variables& variables, const ScopeOf& scope_of)
      : delivery_(delivery), variables_(variables), scope_of_(scope_of), desired_{digest} {}

  Result<DesiredState> run(const std::vector<objects::Object>& parsed) {
    objects_.reserve(parsed.size());
    for (const auto& object : parsed) {
      SEALIFT_ASSIGN(auto own, substituted(object));
      objects_.push_back(std::move(own));
    }
    SEALIFT_TRY(set_namespaces());
    SEALIFT_TRY(objects::check_unique(objects_, ""));
    for (auto& object : objects_) set_common_metadata(object);
    SEALIFT_TRY(objects::sort_for_apply(objects_));
    desired_.objects.reserve(objects_.size());
    for (auto& object : objects_) SEALIFT_TRY(add(std::move(object)));
    return std::move(desired_);
  }

 private:
  Result<objects::Object> substituted(const objects::Object& object) {
    if (!object.has_placeholders()) return object;
    if (!variables_.values.empty() && !refuses_substitution(object)) {
      return objects::substitute(object, variables_.values, desired_.undefined_variables);
    }
    // Names may have passed unchecked for the sake of variables that this Delivery has not.
    return objects::parse_object(object.json(), object.source());
  }

  Result<std::optional<bool>> is_namespaced(const objects::Object& object) const {
    if (auto builtin = objects::is_builtin_namespaced(object.gvk())) return builtin;
    if (auto defined = objects::is_defined_namespaced(objects_, object.gvk())) return defined;
    auto served = scope_of_(object.gvk());
    if (!served) return fail(std::move(served).error().with_context(object.source()));
    return *served;
  }

  Result<> set_namespaces() {
    std::map<objects::GroupVersionKind, std::optional<bool>> scopes;
    std::vector<std::string> before;
    NamespaceMoves moves;
    for (auto& object : objects_) {
      before.push_back(object.name_space());
      auto known = scopes.find(object.gvk());
      if (known == scopes.end()) {
        SEALIFT_ASSIGN(auto asked, is_namespaced(object));
        known = scopes.emplace(object.gvk(), asked).first;
      }
      SEALIFT_TRY(set_namespace(object, known->second));
      moves.add(object, before.back());
    }
    if (moves.empty()) return {};
    for (std::size_t i = 0; i < objects_.size(); ++i) moves.follow(objects_[i], before[i]);
    return {};
  }

  Result<> set_namespace(objects::Object& object, std::optional<bool> namespaced) const {
    const bool names_one = !object.name_space().empty();
    if (namespaced == false && names_one) {
      return fail(ErrorCode::kInvalidInput,
                  object.source() + ": " + object.id().to_string() +
                      " lives in no namespace; remove metadata.namespace");
    }
    if (namespaced == false || (!namespaced && !names_one)) return {};
    if (!delivery_.target_namespace.empty()) {
      object.set_name_space(delivery_.target_namespace);
    } else if (!names_one) {
      object.set_name_space(delivery_.name_space);
    }
    return {};
  }

  // Of the objects alone, not of the pods that they make, as Flux does it.
  void set_common_metadata(objects::Object& object) const {
    for (const auto& [name, value] : delivery_.common_labels) object.set_label(name, value);
    for (const auto& [name, value] : delivery_.common_annotations) {
      object.set_annotation(name, value);
    }
  }

  Result<> add(objects::Object object) {
    SEALIFT_ASSIGN(auto treatment, treatment_of(object, delivery_));
    if (treatment.ignore) {
      desired_.ignored.insert(object.id());
      return {};
    }
    SEALIFT_ASSIGN(auto stage, objects::stage_of(object));
    if (!treatment.ignored_fields.empty()) {
      object.set_annotation(kube::kIgnoreAnnotation, joined(treatment.ignored_fields));
    }
    if (treatment.hook) name_artifact(object);
    auto hash = content_hash(object, treatment.ignored_fields);
    desired_.objects.push_back({.object = std::move(object),
                                .stage = stage,
                                .content_hash = std::move(hash),
                                .drift = treatment.drift,
                                .ignored_fields = std::move(treatment.ignored_fields),
                                .keep = treatment.keep,
                                .once = treatment.once,
                                .force = treatment.force,
                                .hook = treatment.hook});
    return {};
  }

  // A template cannot be changed: whose artifact's hook a live Job is, is beyond doubt then.
  void name_artifact(objects::Object& job) const {
    const auto digest = desired_.digest.to_string();
    job.edit([&](Json& json) {
      Json* place = &json;
      for (const auto* name : {"spec", "template", "metadata", "annotations"}) {
        Json* next = place->find(name);
        // What is no mapping, the API server will refuse with its own words.
        if (next != nullptr && !next->is_object() && !next->is_null()) return;
        place = next != nullptr ? next : &place->set(name, Json::object());
      }
      place->set(kArtifactAnnotation, digest);
    });
  }

  static std::string joined(const std::vector<std::string>& paths) {
    std::string text;
    for (const auto& path : paths) text += (text.empty() ? "" : ",") + path;
    return text;
  }

  static std::string content_hash(const objects::Object& object,
                                  const std::vector<std::string>& ignored_fields) {
    auto hash =
        ignored_fields.empty()
            ? objects::hash_of(object.json()).hex()
            : objects::hash_of(delivery::without_fields(object.json(), ignored_fields)).hex();
    if (object.gvk().group != "batch" || object.gvk().kind != "Job") return hash;
    const Json* spec = object.json().find("spec");
    return hash + "/" + objects::hash_of(spec == nullptr ? Json() : *spec).hex();
  }

  const delivery::Delivery& delivery_;
  const delivery::Variables& variables_;
  const ScopeOf& scope_of_;
  DesiredState desired_;
  std::vector<objects::Object> objects_;
};

Error no_objects(const delivery::Delivery& delivery) {
  return Error(ErrorCode::kInvalidInput,
               "the artifact holds no objects" +
                   (delivery.path.empty() ? std::string() : " below the path " + delivery.path) +
                   "; an empty artifact is not taken for a wish to delete everything");
}

}  // namespace

Result<DesiredState> desired_state_of(const delivery::Delivery& delivery, const Digest& digest,
                                      const std::vector<objects::Object>& parsed,
                                      const delivery::Variables& variables,
                                      const ScopeOf& scope_of) {
  if (parsed.empty()) return fail(no_objects(delivery));
  return Appropriation(delivery, digest, variables, scope_of).run(parsed);
}

}  // namespace sealift::target
