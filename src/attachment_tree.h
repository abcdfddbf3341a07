#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/oci/attachments.h>

#include <stop_token>
#include <string>
#include <vector>

namespace sealift::program {

// A manifest with what is attached to it, and to that again.
struct AttachmentNode {
  oci::Descriptor descriptor;
  std::string tag;  // that attaches it; empty: its subject does, or it is the root
  std::vector<AttachmentNode> attached;
};

// Follows attachments from a manifest on. One that was met before, as where tags lead in a circle,
// is not followed again. kInvalidInput for more than 1,000 manifests; errors of Repository.
Result<AttachmentNode> read_attachments(oci::Attachments& attachments, oci::Descriptor root,
                                        std::stop_token stop);

// "├─ TYPE  DIGEST  SIZE" for each, below one another, without the root.
std::string tree_text(const AttachmentNode& root);
// {"digest","mediaType","artifactType","size","tag","attached":[…]}
Json to_json(const AttachmentNode& node);

}  // namespace sealift::program
