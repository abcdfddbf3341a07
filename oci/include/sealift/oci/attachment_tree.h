#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/attachments.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::oci {

// A manifest with what is attached to it, and to that again.
struct AttachmentNode {
  Descriptor descriptor;
  std::string tag;  // that attaches it; empty: its subject does, or it is the root
  std::vector<AttachmentNode> attached;
};

inline constexpr std::size_t kMaxAttachedManifests = 1'000;

// Follows attachments from a manifest on. One that was met before, as where tags lead in a circle,
// is not followed again. kInvalidInput for more than kMaxAttachedManifests; errors of Repository.
Result<AttachmentNode> read_attachments(Attachments& attachments, Descriptor root,
                                        std::stop_token stop);

}  // namespace sealift::oci
