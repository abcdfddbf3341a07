#pragma once

#include <sealift/base/digest.h>
#include <sealift/base/file_system.h>
#include <sealift/base/http.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

namespace sealift::tuf {

// A file of metadata as repositories name it (specification 1.0, sections 3.1.2 and 6).
struct MetadataName {
  std::string role;
  std::optional<std::int64_t> version;  // "3.snapshot.json"; without: "snapshot.json"
};

// A target as repositories name it; with a hash: "folder/<hex>.name".
struct TargetName {
  std::string path;
  std::optional<Digest> hash;
};

// kInvalidInput for a path that is no relative path of at most 1024 bytes in normal form ("..", an
// empty segment, a backslash, a control character): such a name could lead out of a folder.
Result<> check_target_path(const std::string& path);

// Where the files of a repository come from. Nothing that it gives is believed.
class RepositorySource {
 public:
  virtual ~RepositorySource() = default;
  // kNotFound (or kForbidden: servers of files answer so where nothing is); kInvalidInput for more
  // than `limit` bytes; otherwise as the transport or the disk fails.
  virtual Result<std::string> fetch_metadata(const MetadataName& name, std::uint64_t limit,
                                             std::stop_token stop) = 0;
  // The same for a target of exactly `length` bytes; a longer one is kInvalidInput, a shorter one
  // is left to the caller's check.
  virtual Result<> fetch_target(const TargetName& name, std::uint64_t length, ByteSink& sink,
                                std::stop_token stop) = 0;
};

// A server of files. `metadata_url` and `targets_url` are folders, with or without a slash at the
// end; `server` may be null. The transport must outlive the source. kInvalidInput for what is no
// http or https URL.
Result<std::unique_ptr<RepositorySource>> make_http_source(
    HttpTransport& transport, std::string metadata_url, std::string targets_url,
    std::shared_ptr<const HttpServerSettings> server = nullptr);

// A folder: the copy of a repository, or the trust folder of this or another client, in which names
// have no version or hash and older roots are in "root_history". `files` must outlive the source.
std::unique_ptr<RepositorySource> make_directory_source(FileSystem& files,
                                                        std::string metadata_directory,
                                                        std::string targets_directory);

}  // namespace sealift::tuf
