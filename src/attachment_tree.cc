#include "attachment_tree.h"

#include <sealift/base/encoding.h>

#include <set>
#include <utility>

#include "byte_units.h"

namespace sealift::program {
namespace {

constexpr std::size_t kMaxManifests = 1'000;

Result<> follow(oci::Attachments& attachments, AttachmentNode& node, std::set<Digest>& met,
                const std::stop_token& stop) {
  SEALIFT_ASSIGN(auto found, attachments.of(node.descriptor.digest, stop));
  for (auto& [descriptor, tag] : found) {
    const bool is_new = met.insert(descriptor.digest).second;
    if (met.size() > kMaxManifests) {
      return fail(ErrorCode::kInvalidInput,
                  "more than the limit of 1000 manifests belong to one artifact");
    }
    node.attached.push_back({std::move(descriptor), std::move(tag), {}});
    if (is_new) {
      SEALIFT_TRY(follow(attachments, node.attached.back(), met, stop));
    }
  }
  return {};
}

void print(const AttachmentNode& node, const std::string& indent, std::string& text) {
  for (std::size_t i = 0; i < node.attached.size(); ++i) {
    const auto& [descriptor, tag, attached] = node.attached[i];
    const bool is_last = i + 1 == node.attached.size();
    const auto& type =
        descriptor.artifact_type.empty() ? descriptor.media_type : descriptor.artifact_type;
    text += indent + (is_last ? "└─ " : "├─ ") + printable(type, 120) + "  " +
            descriptor.digest.to_string() + "  " + in_units(descriptor.size) +
            (tag.empty() ? "" : "  as " + tag) + "\n";
    print(node.attached[i], indent + (is_last ? "   " : "│  "), text);
  }
}

}  // namespace

Result<AttachmentNode> read_attachments(oci::Attachments& attachments, oci::Descriptor root,
                                        std::stop_token stop) {
  AttachmentNode node{std::move(root), "", {}};
  std::set<Digest> met = {node.descriptor.digest};
  SEALIFT_TRY(follow(attachments, node, met, stop));
  return node;
}

std::string tree_text(const AttachmentNode& root) {
  std::string text;
  print(root, "", text);
  return text;
}

Json to_json(const AttachmentNode& node) {
  Json json;
  json.set("digest", node.descriptor.digest.to_string());
  json.set("mediaType", node.descriptor.media_type);
  if (!node.descriptor.artifact_type.empty()) {
    json.set("artifactType", node.descriptor.artifact_type);
  }
  json.set("size", node.descriptor.size);
  if (!node.tag.empty()) json.set("tag", node.tag);
  Json attached = Json::array();
  for (const auto& child : node.attached) attached.push_back(to_json(child));
  json.set("attached", std::move(attached));
  return json;
}

}  // namespace sealift::program
