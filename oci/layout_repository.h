#pragma once

#include "layout_reader.h"
#include "layout_session.h"
#include "turns.h"

#include <sealift/oci/open_repository.h>
#include <sealift/oci/repository.h>

#include <functional>
#include <memory>
#include <mutex>
#include <string>

namespace sealift::oci {

// An image layout in a directory (OCI image-spec 1.1, image-layout.md). It comes into being with
// the first push. Several processes may read and push at once: blobs appear by a rename, and
// index.json changes under a lock on the file `.sealift.lock`. What a call stored is on the disk
// when it returns. From the first push on, the object is a session (layout_session.h): garbage is
// not collected while it lives, and what dead processes left is removed.
class LayoutRepository : public Repository, private LayoutFiles {
 public:
  LayoutRepository(std::string directory, FileSystem& files, Clock& clock, Random& random);

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
  std::string path_of(const Digest& digest) const;
  Result<> check_layout();
  Result<> create_layout(std::stop_token stop);
  Result<LayoutIndex> read_index();
  Result<std::shared_ptr<const LayoutIndex>> index() override;
  Result<std::unique_ptr<ByteSource>> open(const Digest& digest) override;
  Result<bool> holds(const Digest& digest) override;
  const std::string& shown() const override { return shown_; }
  Result<> write_index(LayoutIndex index);
  Result<> begin_session(std::stop_token stop);
  Result<std::shared_ptr<void>> lock(std::stop_token stop);
  Result<> check_children(std::string_view bytes, std::string_view media_type);
  Result<bool> holds_intact(const Digest& digest, std::uint64_t size);
  Result<> write_blob(const Digest& digest, std::uint64_t size, ByteSource& source,
                      const std::stop_token& stop);

  std::string directory_;
  std::string shown_;
  FileSystem& files_;
  Clock& clock_;
  Random& random_;
  LayoutReader reader_;
  Turns turns_;

  std::mutex session_mutex_;
  std::unique_ptr<LayoutSession> session_;  // once begun, it stays

  std::mutex index_mutex_;  // index.json as it was read or written last
  std::string index_bytes_;
  std::shared_ptr<const LayoutIndex> index_;
};

}  // namespace sealift::oci
