#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/repository.h>

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

struct RemovalOptions {
  // Of a tag, its manifest as well, with every other tag that names it.
  bool manifest = false;
  // Of a manifest, what is attached to it too: signatures, attestations, SBOMs and other referrers.
  bool attached = false;
};

// A manifest that belongs to the one that is removed.
struct PlannedAttachment {
  Descriptor descriptor;
  std::string tag;                     // that attaches it; empty: its subject does
  Digest subject;                      // what it is attached to
  std::vector<std::string> tags = {};  // all that name it, sorted

  // What a tag attaches may be attached to others too, by other tags: then the tag alone goes.
  bool is_shared() const { return !tag.empty() && tags.size() > 1; }
};

// What goes where a name is removed, and what is then left without its subject.
struct RemovalPlan {
  Descriptor manifest;  // what the name stands for
  // The tag alone is removed, and its manifest stays; empty: the manifest is removed.
  std::string only_tag = {};
  // Every tag that names the manifest, sorted: with the manifest, all of them go.
  std::vector<std::string> tags = {};
  std::optional<Digest> subject = {};  // of the manifest
  // What is attached, each after what is attached to it. Empty where the manifest stays.
  std::vector<PlannedAttachment> attached = {};
  bool removes_attached = false;  // otherwise it stays, and nothing names it any more
};

// Looks, and changes nothing. Of a manifest it asks for each tag of the repository what it names.
// What an index lists stays: other indexes may list it too. kNotFound, errors of Repository.
Result<RemovalPlan> plan_removal(Repository& repository, std::string_view tag_or_digest,
                                 const RemovalOptions& options, std::stop_token stop);

// Attached manifests first and the manifest last, so that the same removal goes on where one was
// interrupted. What is gone already is fine. kConflict where the tag alone is to go and names
// another manifest by now; kForbidden where the store removes no tags, or no manifests.
Result<> remove(Repository& repository, const RemovalPlan& plan, std::stop_token stop);

}  // namespace sealift::oci
