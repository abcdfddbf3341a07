#pragma once

#include "registry_session.h"

#include <sealift/oci/repository.h>

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

namespace sealift::oci {

// kInvalidInput unless the text is a digest or a valid tag, so that nothing else gets into a URL.
Result<> check_tag_or_digest(std::string_view tag_or_digest);

// HEAD; nullopt where the server's answer lacks what a descriptor needs.
Result<std::optional<Descriptor>> head_manifest(RegistrySession& session,
                                                std::string_view tag_or_digest,
                                                std::stop_token stop);

struct FetchedManifest {
  StoredManifest manifest;
  std::string etag;  // empty where the server gave none
};
// GET, with every check that the answer allows: digest, Docker-Content-Digest, media type.
Result<FetchedManifest> get_manifest(RegistrySession& session, std::string_view tag_or_digest,
                                     std::stop_token stop);

struct PutManifest {
  bool subject_listed = false;  // the answer had OCI-Subject
};
// PUT under a tag or its own digest. `if_match` is sent where it is not empty (kConflict where
// somebody else was faster).
Result<PutManifest> put_manifest(RegistrySession& session, std::string_view bytes,
                                 std::string_view media_type, std::string_view tag_or_digest,
                                 std::string_view if_match, std::stop_token stop);

// DELETE by tag, which leaves the manifest, or by digest (distribution-spec 1.1, "Deleting tags"
// and "Deleting Manifests": a registry that does not do it may answer 405, or 400 with
// UNSUPPORTED).
struct Removal {
  enum class Outcome { kRemoved, kAbsent, kUnsupported };
  Outcome outcome = Outcome::kRemoved;
  std::string answer;  // where it is unsupported: what the registry said
};
Result<Removal> delete_manifest(RegistrySession& session, std::string_view tag_or_digest,
                                std::stop_token stop);

}  // namespace sealift::oci
