#include <sealift/roots/archive_source.h>

#include <sealift/roots/trust_archive.h>

#include <utility>

namespace sealift::roots {
namespace {

// Owns what its source reads.
class ArchiveSource : public tuf::RepositorySource {
 public:
  ArchiveSource(std::unique_ptr<FileSystem> files, const std::string& path)
      : files_(std::move(files)),
        source_(tuf::make_directory_source(*files_, path, join_path(path, "targets"))) {}

  Result<std::string> fetch_metadata(const tuf::MetadataName& name, std::uint64_t limit,
                                     std::stop_token stop) override {
    return source_->fetch_metadata(name, limit, std::move(stop));
  }
  Result<> fetch_target(const tuf::TargetName& name, std::uint64_t length, ByteSink& sink,
                        std::stop_token stop) override {
    return source_->fetch_target(name, length, sink, std::move(stop));
  }

 private:
  std::unique_ptr<FileSystem> files_;
  std::unique_ptr<tuf::RepositorySource> source_;
};

}  // namespace

Result<std::unique_ptr<tuf::RepositorySource>> make_archive_source(FileSystem& files,
                                                                   const std::string& path) {
  SEALIFT_ASSIGN(auto archived, open_trust_archive(files, path));
  return std::make_unique<ArchiveSource>(std::move(archived), path);
}

}  // namespace sealift::roots
