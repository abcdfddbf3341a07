#pragma once

#include <sealift/base/json.h>
#include <sealift/base/result.h>
#include <sealift/oci/attachments.h>
#include <sealift/oci/manifest.h>
#include <sealift/signing/signature_store.h>
#include <sealift/signing/stated_signer.h>

#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "output.h"

namespace sealift::program {

// One manifest that an index lists.
struct ListedManifest {
  oci::Descriptor descriptor;
  std::string platform;                // "linux/arm64/v8"; empty where the index does not say
  std::optional<std::uint64_t> total;  // with config and layers; of the first 64 alone
};

struct OverviewPiece {
  signing::FoundSignature piece;
  Result<signing::StatedSigner> stated;
};

// What can be said of an artifact without believing any of it.
struct ArtifactOverview {
  oci::StoredManifest stored;
  Json document;  // the manifest, with members that we do not know
  std::optional<oci::Manifest> manifest;
  std::optional<oci::Index> index;
  std::vector<ListedManifest> listed;  // of an index
  Json config;                         // null where it is no JSON, or larger than 1 MiB
  std::vector<OverviewPiece> signatures;
  std::vector<std::pair<std::string, std::string>> unreadable;  // pieces, and why
  std::vector<oci::Attachment> attached;                        // other than those

  // Of the manifest, its config and its layers, each content once.
  std::uint64_t total() const;
};

// Errors of Repository; kInvalidInput for a manifest that is none.
Result<ArtifactOverview> read_overview(oci::Repository& repository,
                                       const std::string& tag_or_digest, std::stop_token stop);

// For people, aligned.
void print(const std::string& reference, const ArtifactOverview& overview, const Output& output);
Json to_json(const std::string& reference, const ArtifactOverview& overview);

}  // namespace sealift::program
