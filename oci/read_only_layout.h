#pragma once

#include "layout_reader.h"

#include <sealift/oci/repository.h>

#include <memory>
#include <string>

namespace sealift::oci {

// A layout to read and not to change. Calls that would are kForbidden.
class ReadOnlyLayout : public Repository {
 public:
  explicit ReadOnlyLayout(std::unique_ptr<LayoutFiles> files)
      : files_(std::move(files)), reader_(*files_) {}

  Result<Descriptor> resolve(std::string_view tag_or_digest, std::stop_token stop) override;
  Result<StoredManifest> fetch_manifest(std::string_view tag_or_digest,
                                        std::stop_token stop) override;
  Result<> fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) override;
  Result<bool> has_blob(const Digest& digest, std::stop_token stop) override;
  Result<> push_blob(const Descriptor& blob, const Blob& bytes, std::stop_token stop) override;
  Result<PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                       std::string_view tag, std::stop_token stop) override;
  Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token stop) override;
  Result<> remove_referrer(const Digest& subject, const Digest& referrer,
                           std::stop_token stop) override;
  Result<> remove_tag(std::string_view tag, std::stop_token stop) override;
  Result<> remove_manifest(const Digest& digest, std::stop_token stop) override;
  Result<std::vector<std::string>> tags(std::stop_token stop) override;

 private:
  tl::unexpected<Error> refuse() const;

  std::unique_ptr<LayoutFiles> files_;
  LayoutReader reader_;
};

}  // namespace sealift::oci
