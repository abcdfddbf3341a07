#pragma once

#include "layout_index.h"
#include "referrer.h"

#include <sealift/base/bytes.h>
#include <sealift/oci/repository.h>

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::oci {

// The files of an image layout, wherever they are: in a directory or in a tar. Safe to use from
// many threads.
class LayoutFiles {
 public:
  virtual ~LayoutFiles() = default;

  // kNotFound where there is no layout, kInvalidInput where it is not one that can be read here.
  // The same object as long as nothing has changed.
  virtual Result<std::shared_ptr<const LayoutIndex>> index() = 0;
  // The bytes under a digest, which are not checked. kNotFound.
  virtual Result<std::unique_ptr<ByteSource>> open(const Digest& digest) = 0;
  virtual Result<bool> holds(const Digest& digest) = 0;
  // The layout as messages show it.
  virtual const std::string& shown() const = 0;
};

// imageLayoutVersion of the file oci-layout (OCI image-spec 1.1, image-layout.md). kInvalidInput
// for one that is not of version 1.
Result<> check_layout_version(std::string_view document, const std::string& origin);

inline constexpr std::string_view kLayoutFile = "oci-layout";
inline constexpr std::string_view kIndexFile = "index.json";
// What a new layout has in it.
inline constexpr std::string_view kLayoutDocument = R"({"imageLayoutVersion":"1.0.0"})";
inline constexpr std::uint64_t kMaxLayoutDocument = 4'096;
// Where the bytes under a digest are, below the layout's root.
std::string path_of_blob(const Digest& digest);

// The half of Repository that reads, for every kind of layout; see there for the calls.
class LayoutReader {
 public:
  // `files` must outlive it.
  explicit LayoutReader(LayoutFiles& files) : files_(files) {}

  Result<Descriptor> resolve(std::string_view tag_or_digest);
  Result<StoredManifest> fetch_manifest(std::string_view tag_or_digest);
  Result<> fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop);
  Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token stop);
  Result<std::vector<std::string>> tags();

 private:
  Result<Descriptor> describe_unlisted(const Digest& digest);
  Result<std::string> read_manifest(const Descriptor& manifest);
  Result<std::optional<Referrer>> read_listed(const Descriptor& entry);
  Result<> read_referrers(std::shared_ptr<const LayoutIndex> index, const std::stop_token& stop);

  LayoutFiles& files_;

  std::mutex mutex_;
  // What is under a digest never changes, so that each manifest is read once.
  std::map<Digest, std::optional<Referrer>> manifests_;
  std::shared_ptr<const LayoutIndex> known_index_;  // of which the referrers are
  std::map<Digest, std::vector<Descriptor>> referrers_;
};

}  // namespace sealift::oci
