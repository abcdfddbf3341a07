#include "attachment_tree.h"

#include <sealift/base/encoding.h>

#include <string_view>
#include <utility>

#include "byte_units.h"

namespace sealift::program {
namespace {

// As cosign and Sealift annotate the referrers that hold attestations (cosign, bundle storage).
std::string_view predicate_type_of(const oci::Descriptor& descriptor) {
  return oci::find_annotation(descriptor.annotations, "dev.sigstore.bundle.predicateType");
}

void print(const oci::AttachmentNode& node, const std::string& indent, std::string& text) {
  for (std::size_t i = 0; i < node.attached.size(); ++i) {
    const auto& [descriptor, tag, attached] = node.attached[i];
    const bool is_last = i + 1 == node.attached.size();
    const auto& type =
        descriptor.artifact_type.empty() ? descriptor.media_type : descriptor.artifact_type;
    const auto predicate = predicate_type_of(descriptor);
    text += indent + (is_last ? "└─ " : "├─ ") + printable(type, 120) + "  " +
            descriptor.digest.to_string() + "  " + in_units(descriptor.size) +
            (predicate.empty() ? "" : "  " + printable(predicate, 120)) +
            (tag.empty() ? "" : "  as " + tag) + "\n";
    print(node.attached[i], indent + (is_last ? "   " : "│  "), text);
  }
}

}  // namespace

std::string tree_text(const oci::AttachmentNode& root) {
  std::string text;
  print(root, "", text);
  return text;
}

Json to_json(const oci::AttachmentNode& node) {
  Json json;
  json.set("digest", node.descriptor.digest.to_string());
  json.set("mediaType", node.descriptor.media_type);
  if (!node.descriptor.artifact_type.empty()) {
    json.set("artifactType", node.descriptor.artifact_type);
  }
  const auto predicate = predicate_type_of(node.descriptor);
  if (!predicate.empty()) json.set("predicateType", predicate);
  json.set("size", node.descriptor.size);
  if (!node.tag.empty()) json.set("tag", node.tag);
  Json attached = Json::array();
  for (const auto& child : node.attached) attached.push_back(to_json(child));
  json.set("attached", std::move(attached));
  return json;
}

}  // namespace sealift::program
