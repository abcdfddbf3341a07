#pragma once

#include "registry_session.h"
#include "upload_manner.h"

#include <sealift/oci/repository.h>

#include <memory>
#include <string>

namespace sealift::oci {

// A repository in a registry, over OCI distribution-spec 1.1 and what registries of before do.
class RegistryRepository : public Repository {
 public:
  RegistryRepository(Url origin, std::string registry, std::string repository,
                     const RepositoryOptions& options, const RepositoryEnvironment& environment,
                     std::shared_ptr<CredentialSource> source);

  Result<Descriptor> resolve(std::string_view tag_or_digest, std::stop_token stop) override;
  Result<StoredManifest> fetch_manifest(std::string_view tag_or_digest,
                                        std::stop_token stop) override;
  Result<> fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) override;
  Result<bool> has_blob(const Digest& digest, std::stop_token stop) override;
  Result<> push_blob(const Descriptor& blob, const Blob& bytes, std::stop_token stop) override;
  Result<> mount_or_push_blob(const Descriptor& blob, const Blob& bytes, std::string_view from,
                              std::stop_token stop) override;
  Result<PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                       std::string_view tag, std::stop_token stop) override;
  Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token stop) override;
  Result<> remove_referrer(const Digest& subject, const Digest& referrer,
                           std::stop_token stop) override;
  Result<> remove_tag(std::string_view tag, std::stop_token stop) override;
  Result<> remove_manifest(const Digest& digest, std::stop_token stop) override;
  Result<std::vector<std::string>> tags(std::stop_token stop) override;

 private:
  RegistrySession session_;
  UploadManner manner_;
};

}  // namespace sealift::oci
