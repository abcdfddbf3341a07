#include "object_treatment.h"

#include <sealift/base/encoding.h>
#include <sealift/base/wildcard.h>
#include <sealift/delivery/ignored_fields.h>
#include <sealift/kube/observed_object.h>
#include <sealift/objects/field_path_list.h>
#include <sealift/objects/own_annotations.h>

#include <algorithm>

namespace sealift::target {
namespace {

constexpr std::size_t kMaxIgnoredFields = 100;
constexpr std::string_view kSubstitute = "sealift.dev/substitute";
constexpr std::string_view kFlux = "kustomize.toolkit.fluxcd.io/";

Error wrong_annotation(const objects::Object& object, std::string_view annotation,
                       const std::string& problem) {
  return Error(ErrorCode::kInvalidInput, object.source() + ": " + object.id().to_string() +
                                             ": the annotation " + std::string(annotation) + " " +
                                             problem);
}

std::string quoted(std::string_view text) { return "\"" + printable(text, 80) + "\""; }

Result<> read_switch(const objects::Object& object, std::string_view annotation, bool& on) {
  const auto value = object.annotation(annotation);
  if (value == "true") {
    on = true;
  } else if (!value.empty() && value != "false") {
    return fail(wrong_annotation(object, annotation,
                                 "is " + quoted(value) + " and must be \"true\" or \"false\""));
  }
  return {};
}

// Whoever misspells it would see its variables replaced.
Result<> check_substitute(const objects::Object& object) {
  const auto value = object.annotation(kSubstitute);
  if (value.empty() || value == "disabled" || value == "enabled") return {};
  return fail(wrong_annotation(object, kSubstitute,
                               "is " + quoted(value) + " and must be \"disabled\" or \"enabled\""));
}

// What Flux's controllers would do with the object, where it means the same here.
void read_flux_annotations(const objects::Object& object, Treatment& treatment) {
  const auto says = [&](std::string_view name, std::string_view value) {
    const auto key = std::string(kFlux) + std::string(name);
    return object.annotation(key) == value || object.label(key) == value;
  };
  if (says("reconcile", "disabled") || says("ssa", "Ignore")) treatment.ignore = true;
  if (says("ssa", "IfNotPresent")) treatment.once = true;
  if (says("force", "enabled")) treatment.force = true;
}

// "true", or paths with commas between them.
Result<> read_ignore(const objects::Object& object, Treatment& treatment) {
  const std::string_view value = object.annotation(kube::kIgnoreAnnotation);
  if (value.empty() || value == "false") return {};
  if (value == "true") {
    treatment.ignore = true;
    return {};
  }
  const auto paths = objects::parse_field_paths(value);
  if (!paths) {
    return fail(wrong_annotation(
        object, kube::kIgnoreAnnotation,
        "must be \"true\" or paths as \"/spec/replicas,/data/key\": " + paths.error().message()));
  }
  for (const auto& path : *paths) treatment.ignored_fields.push_back(path.text());
  return {};
}

bool applies_to(const delivery::DriftRule& rule, const objects::Object& object) {
  const auto fits = [](const std::string& pattern, const std::string& text) {
    return pattern.empty() || matches_wildcard(pattern, text);
  };
  return fits(rule.kind, object.gvk().kind) && fits(rule.name_space, object.name_space()) &&
         fits(rule.name, object.name()) && fits(rule.group, object.gvk().group);
}

void read_drift_rules(const objects::Object& object, const delivery::Delivery& delivery,
                      Treatment& treatment) {
  treatment.drift = delivery.drift;
  for (const auto& rule : delivery.drift_rules) {
    if (!applies_to(rule, object)) continue;
    if (rule.paths.empty()) {
      treatment.drift = rule.mode;
    } else {
      treatment.ignored_fields.insert(treatment.ignored_fields.end(), rule.paths.begin(),
                                      rule.paths.end());
    }
  }
}

}  // namespace

Result<Treatment> treatment_of(const objects::Object& object, const delivery::Delivery& delivery) {
  Treatment treatment;
  SEALIFT_TRY(objects::check_own_annotations(object));
  read_flux_annotations(object, treatment);
  SEALIFT_TRY(read_switch(object, kube::kKeepAnnotation, treatment.keep));
  treatment.keep = kube::is_kept(object.json());
  SEALIFT_TRY(read_switch(object, "sealift.dev/once", treatment.once));
  SEALIFT_TRY(read_switch(object, "sealift.dev/force", treatment.force));
  SEALIFT_TRY(read_switch(object, "sealift.dev/hook", treatment.hook));
  if (treatment.hook && (object.gvk().group != "batch" || object.gvk().kind != "Job")) {
    return fail(wrong_annotation(object, "sealift.dev/hook", "belongs on a Job of batch/v1"));
  }
  SEALIFT_TRY(check_substitute(object));
  SEALIFT_TRY(read_ignore(object, treatment));
  read_drift_rules(object, delivery, treatment);
  auto& fields = treatment.ignored_fields;
  std::sort(fields.begin(), fields.end());
  fields.erase(std::unique(fields.begin(), fields.end()), fields.end());
  for (const auto& path : fields) {
    const auto problem = delivery::problem_of_ignored(path);
    if (!problem.empty()) {
      return fail(
          wrong_annotation(object, kube::kIgnoreAnnotation,
                           "or the Delivery's driftRules name " + quoted(path) + ": " + problem));
    }
  }
  if (fields.size() > kMaxIgnoredFields) {
    return fail(wrong_annotation(object, kube::kIgnoreAnnotation,
                                 "and the Delivery's driftRules name more than " +
                                     std::to_string(kMaxIgnoredFields) + " fields together"));
  }
  return treatment;
}

bool refuses_substitution(const objects::Object& object) {
  constexpr std::string_view kDisabled = "disabled";
  const auto flux = std::string(kFlux) + "substitute";
  return object.annotation(kSubstitute) == kDisabled || object.annotation(flux) == kDisabled ||
         object.label(flux) == kDisabled;
}

}  // namespace sealift::target
