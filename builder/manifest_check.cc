#include "manifest_check.h"

#include <sealift/base/encoding.h>
#include <sealift/builder/render.h>
#include <sealift/objects/order.h>

#include <utility>

namespace sealift::builder {
namespace {

// Git LFS specification, "The Pointer": how each pointer file begins.
constexpr std::string_view kLfsVersion = "version https://git-lfs.github.com/spec/v1";
constexpr std::string_view kLfsObject = "oid sha256:";
constexpr std::size_t kMaxGapBytes = 64;  // a line end and the indentation of a YAML block

// Anywhere in the bytes, because a generator may have carried the pointer into a ConfigMap.
bool holds_lfs_pointer(std::string_view bytes) {
  const auto version = bytes.find(kLfsVersion);
  if (version == std::string_view::npos) return false;
  const std::string_view rest =
      bytes.substr(version + kLfsVersion.size(), kMaxGapBytes + kLfsObject.size());
  return rest.find(kLfsObject) != std::string_view::npos;
}

bool is_kustomization(std::string_view path) {
  const auto slash = path.rfind('/');
  const std::string_view name = slash == std::string_view::npos ? path : path.substr(slash + 1);
  return name == "kustomization.yaml" || name == "kustomization.yml" || name == "Kustomization";
}

}  // namespace

bool is_manifest_file(std::string_view path) {
  return path.ends_with(".yaml") || path.ends_with(".yml") || path.ends_with(".json");
}

void ManifestCheck::fault(std::string text) {
  if (!is_full()) faults_.push_back(std::move(text));
}

void ManifestCheck::add(std::string_view path, std::string_view bytes) {
  if (holds_lfs_pointer(bytes)) {
    fault(printable(path, 400) +
          ":1:1: holds a pointer of Git LFS and not the content; keep the "
          "file in Git itself");
    return;
  }
  if (is_kustomization(path)) {
    fault(printable(path, 400) +
          ":1:1: a kustomization is rendered only where it lies in the "
          "published directory itself");
    return;
  }
  if (is_manifest_file(path)) add_manifest(path, bytes);
}

void ManifestCheck::add_manifest(std::string_view path, std::string_view bytes) {
  // A Delivery may give the variables of names and labels their values.
  auto parsed = objects::parse_objects(bytes, path, {}, objects::Placeholders::kAllowed);
  if (!parsed) return fault(parsed.error().message());
  for (const objects::Object& object : *parsed) {
    ++objects_;
    if (const auto stage = objects::stage_of(object); !stage) fault(stage.error().message());
    const auto [place, is_new] = places_.emplace(object.id(), object.source());
    if (!is_new) {
      fault(object.source() + ": " + object.id().to_string() + " is defined already at " +
            place->second);
    }
  }
}

Result<> ManifestCheck::finish(std::string_view place) const {
  const std::string where = place.empty() ? "the repository" : printable(place, 400);
  if (faults_.empty()) {
    if (objects_ > 0) return {};
    return fail(ErrorCode::kInvalidInput,
                where + " holds no Kubernetes object in any .yaml, .yml or .json file");
  }
  std::string message = where + " cannot be published:";
  for (const std::string& text : faults_) message += "\n  " + text;
  if (is_full()) message += "\n  …and perhaps more: the search ended here";
  message += "\nA file that is no Kubernetes object can be left out with .sourceignore.";
  return fail(ErrorCode::kInvalidInput, std::move(message));
}

}  // namespace sealift::builder
