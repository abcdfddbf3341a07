#pragma once

#include <sealift/base/json.h>
#include <sealift/oci/attachment_tree.h>

#include <string>

namespace sealift::program {

// "├─ TYPE  DIGEST  SIZE" for each, below one another, without the root; of an attestation the type
// of its predicate as well, where the listing says it.
std::string tree_text(const oci::AttachmentNode& root);
// {"digest","mediaType","artifactType","predicateType","size","tag","attached":[…]}
Json to_json(const oci::AttachmentNode& node);

}  // namespace sealift::program
