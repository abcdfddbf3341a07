#include <sealift/base/encoding.h>
#include <sealift/tuf/repository_source.h>

#include <vector>

#include "limited_sink.h"
#include "repository_names.h"

namespace sealift::tuf {
namespace {

class DirectorySource : public RepositorySource {
 public:
  DirectorySource(FileSystem& files, std::string metadata, std::string targets)
      : files_(&files), metadata_(std::move(metadata)), targets_(std::move(targets)) {}

  Result<std::string> fetch_metadata(const MetadataName& name, std::uint64_t limit,
                                     std::stop_token) override {
    std::vector<std::string> names = {file_name(name)};
    if (name.role == "root") {
      names.push_back("root_history/" + names.front());
    } else {
      names.push_back(file_name(MetadataName{name.role, std::nullopt}));
    }
    SEALIFT_ASSIGN(auto source, open_first(metadata_, names));
    return read_all(*source, describe(name), limit);
  }

  Result<> fetch_target(const TargetName& name, std::uint64_t length, ByteSink& sink,
                        std::stop_token) override {
    SEALIFT_TRY(check_target_path(name.path));
    SEALIFT_ASSIGN(auto source, open_first(targets_, {file_name(name), name.path}));
    LimitedSink limited(sink, length, "the target " + printable(name.path));
    SEALIFT_TRY(copy(*source, limited));
    return {};
  }

 private:
  Result<std::unique_ptr<ByteSource>> open_first(const std::string& directory,
                                                 const std::vector<std::string>& names) {
    for (const auto& name : names) {
      auto source = files_->open(join_path(directory, name));
      if (source || source.error().code() != ErrorCode::kNotFound) return source;
    }
    return fail(ErrorCode::kNotFound,
                printable(names.front()) + " is not there in " + printable(directory, 400));
  }

  FileSystem* files_;
  std::string metadata_;
  std::string targets_;
};

}  // namespace

std::unique_ptr<RepositorySource> make_directory_source(FileSystem& files,
                                                        std::string metadata_directory,
                                                        std::string targets_directory) {
  return std::make_unique<DirectorySource>(files, std::move(metadata_directory),
                                           std::move(targets_directory));
}

}  // namespace sealift::tuf
