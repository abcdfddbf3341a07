#include <sealift/oci/attachment_tree.h>

#include <set>
#include <utility>

namespace sealift::oci {
namespace {

Result<> follow(Attachments& attachments, AttachmentNode& node, std::set<Digest>& met,
                const std::stop_token& stop) {
  SEALIFT_ASSIGN(auto found, attachments.of(node.descriptor.digest, stop));
  for (auto& [descriptor, tag] : found) {
    const bool is_new = met.insert(descriptor.digest).second;
    if (met.size() > kMaxAttachedManifests) {
      return fail(ErrorCode::kInvalidInput, "more than the limit of " +
                                                std::to_string(kMaxAttachedManifests) +
                                                " manifests belong to one artifact");
    }
    node.attached.push_back({std::move(descriptor), std::move(tag), {}});
    if (is_new) SEALIFT_TRY(follow(attachments, node.attached.back(), met, stop));
  }
  return {};
}

}  // namespace

Result<AttachmentNode> read_attachments(Attachments& attachments, Descriptor root,
                                        std::stop_token stop) {
  AttachmentNode node{std::move(root), "", {}};
  std::set<Digest> met = {node.descriptor.digest};
  SEALIFT_TRY(follow(attachments, node, met, stop));
  return node;
}

}  // namespace sealift::oci
