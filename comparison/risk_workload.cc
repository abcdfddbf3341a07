#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "pod_spec.h"
#include "risk_checks.h"

namespace sealift::comparison {
namespace {

// "registry:5000/shop/web:1.2@sha256:…" in its parts.
struct Image {
  std::string_view repository;
  bool has_digest = false;
};

Image split(std::string_view text) {
  Image image;
  const auto at = text.find('@');
  image.has_digest = at != std::string_view::npos;
  image.repository = text.substr(0, at);
  const auto slash = image.repository.rfind('/');
  const auto colon = image.repository.rfind(':');
  const bool has_tag =
      colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  if (has_tag) image.repository = image.repository.substr(0, colon);
  return image;
}

void compare_images(const Container& container, std::string_view was, std::string_view is,
                    Findings& findings) {
  if (was == is || was.empty() || is.empty()) return;
  const auto before = split(was);
  const auto after = split(is);
  auto severity = Severity::kLow;
  std::string sentence = "the container " + container.name + " runs " + std::string(is) +
                         " instead of " + std::string(was);
  if (before.repository != after.repository) {
    severity = Severity::kMedium;
    sentence += ", from another repository";
  }
  if (before.has_digest && !after.has_digest) {
    severity = Severity::kMedium;
    sentence += ", no longer by digest: whoever can move the tag decides what runs";
  }
  findings.add(severity, container.path + "/image", std::move(sentence));
}

std::optional<std::int64_t> replicas_of(const Json& object) {
  const Json* value = object.find_path({"spec", "replicas"});
  if (value == nullptr || value->is_null()) return 1;
  return value->as_int64();
}

}  // namespace

void check_images(const ObjectChange& change, Findings& findings) {
  if (change.kind != ChangeKind::kChanged) return;
  const auto before = pod_specs(change.before);
  for (const auto& spec : pod_specs(change.after)) {
    const auto* old_spec = find_spec(before, spec.path);
    const auto old_containers =
        old_spec == nullptr ? std::vector<Container>() : old_spec->containers();
    for (const auto& container : spec.containers()) {
      const auto image = container.json->string_at({"image"});
      const auto* old = find_container(old_containers, container.path);
      if (old != nullptr) {
        compare_images(container, old->json->string_at({"image"}), image, findings);
      } else {
        findings.add(Severity::kLow, container.path,
                     "a new container " + container.name + " runs " +
                         (image.empty() ? std::string("an image that is not named here")
                                        : std::string(image)));
      }
    }
  }
}

void check_replicas(const ObjectChange& change, Findings& findings) {
  if (change.kind != ChangeKind::kChanged) return;
  const bool is_said = change.before.find_path({"spec", "replicas"}) != nullptr ||
                       change.after.find_path({"spec", "replicas"}) != nullptr;
  const auto was = replicas_of(change.before);
  const auto is = replicas_of(change.after);
  if (!is_said || !was || !is || *was == *is) return;
  const auto numbers = "from " + std::to_string(*was) + " to " + std::to_string(*is);
  if (*is == 0) {
    findings.add(Severity::kHigh, "/spec/replicas",
                 "nothing of it runs any more: replicas go " + numbers);
  } else if (*is < *was) {
    findings.add(Severity::kMedium, "/spec/replicas", "fewer replicas: " + numbers);
  } else {
    findings.add(Severity::kLow, "/spec/replicas", "more replicas: " + numbers);
  }
}

}  // namespace sealift::comparison
