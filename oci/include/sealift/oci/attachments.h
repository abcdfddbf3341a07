#pragma once

#include <sealift/base/result.h>
#include <sealift/oci/repository.h>

#include <cstddef>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

namespace sealift::oci {

// A manifest that belongs to another one.
struct Attachment {
  Descriptor descriptor;
  std::string tag;  // under which it is attached; empty: by its subject
};

// Finds what is attached to the manifests of one repository: by a subject, and under tags that are
// named after the manifest ("sha256-HEX.ENDING"). The first few of these are asked for one by one;
// for more the repository's tags are listed once. Safe to use from many threads.
class Attachments {
 public:
  // `repository` must outlive it; `endings` are without the dot.
  Attachments(Repository& repository, bool referrers, std::vector<std::string> endings)
      : repository_(repository), referrers_(referrers), endings_(std::move(endings)) {}

  // Errors of Repository.
  Result<std::vector<Attachment>> of(const Digest& subject, std::stop_token stop);

 private:
  Result<bool> may_exist(const std::string& tag, const std::stop_token& stop);

  Repository& repository_;
  const bool referrers_;
  const std::vector<std::string> endings_;
  std::mutex mutex_;  // held while the tags are listed: others would only list them too
  std::size_t asked_ = 0;
  bool listed_ = false;
  std::optional<std::set<std::string>> tags_;  // nullopt: not listed, or not to be listed
};

// cosign keeps signatures, attestations and SBOMs under such tags where it does not use referrers.
inline const std::vector<std::string> kCosignEndings = {"sig", "att", "sbom"};

// Whether a tag is named after a manifest, "sha256-HEX" or "sha256-HEX.ENDING", and so belongs to
// another artifact.
bool is_attachment_tag(std::string_view tag);

}  // namespace sealift::oci
