#include "layout_repository.h"

#include "layout_index.h"
#include "referrer.h"
#include "verifying_sink.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>

#include <algorithm>
#include <chrono>

namespace sealift::oci {
namespace {

constexpr std::string_view kLayoutFile = "oci-layout";
constexpr std::string_view kIndexFile = "index.json";
constexpr std::string_view kLockFile = ".sealift.lock";
constexpr std::string_view kLayoutDocument = R"({"imageLayoutVersion":"1.0.0"})";
constexpr std::uint64_t kMaxLayoutDocument = 4'096;
constexpr std::size_t kMaxReferrers = 1'000;
constexpr auto kLockWait = std::chrono::seconds(30);
constexpr auto kLockPoll = std::chrono::milliseconds(20);

// Files of ours that may be in a directory before it is a layout: the lock, and the temporary files
// that a crash left behind.
bool is_own_file(std::string_view name) {
  return name == kLockFile || (name.starts_with('.') && name.ends_with(".tmp"));
}

Result<> check_size(const Descriptor& descriptor, const Blob& bytes, const std::string& origin) {
  if (bytes.size == descriptor.size) return {};
  return fail(ErrorCode::kUntrusted,
              origin + ": " + descriptor.digest.to_string() + " has " + std::to_string(bytes.size) +
                  " bytes, but its descriptor promises " + std::to_string(descriptor.size));
}

Result<bool> holds(FileSystem& files, const std::string& path, const Digest& digest) {
  SEALIFT_ASSIGN(const auto source, files.open(path));
  HashingSink content(nullptr, digest.algorithm());
  SEALIFT_TRY(copy(*source, content));
  return content.finish() == digest;
}

}  // namespace

LayoutRepository::LayoutRepository(std::string directory, FileSystem& files, Clock& clock,
                                   Random& random)
    : directory_(std::move(directory)), files_(files), clock_(clock), random_(random) {}

std::string LayoutRepository::path_of(const Digest& digest) const {
  return join_path(directory_,
                   "blobs/" + std::string(digest.algorithm_name()) + "/" + digest.hex());
}

Result<> LayoutRepository::check_layout() {
  const std::string path = join_path(directory_, kLayoutFile);
  auto text = read_file(files_, path, kMaxLayoutDocument);
  if (!text && text.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound, "there is no image layout in \"" + printable(directory_) +
                                          "\": it has no file oci-layout");
  }
  if (!text) return fail(std::move(text).error());
  SEALIFT_ASSIGN(const Json json, parse_json(*text, path));
  const std::string_view version = json.string_at({"imageLayoutVersion"});
  if (!version.starts_with("1.")) {
    return fail(ErrorCode::kInvalidInput, path + ": imageLayoutVersion is \"" +
                                              printable(version, 40) +
                                              "\"; 1.0.0 is what can be read here");
  }
  return {};
}

Result<> LayoutRepository::create_layout(std::stop_token stop) {
  auto found = check_layout();
  if (found || found.error().code() != ErrorCode::kNotFound) return found;
  SEALIFT_TRY(files_.make_directories(directory_));
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  found = check_layout();
  if (found || found.error().code() != ErrorCode::kNotFound) return found;
  SEALIFT_ASSIGN(const auto entries, files_.list(directory_));
  for (const auto& entry : entries) {
    if (is_own_file(entry.name) || entry.name == kIndexFile || entry.name == "blobs") continue;
    return fail(ErrorCode::kConflict,
                "\"" + printable(directory_) + "\" has other files, such as \"" +
                    printable(entry.name) +
                    "\", and is no image layout; name an empty or a new directory");
  }
  // index.json first: a directory is a layout from the moment it has oci-layout.
  const std::string index_path = join_path(directory_, kIndexFile);
  if (!files_.info(index_path)) {
    SEALIFT_TRY(write_file_atomically(files_, index_path, LayoutIndex::empty().serialize()));
  }
  for (const std::string_view algorithm : {"sha256", "sha512"}) {
    SEALIFT_TRY(files_.make_directories(join_path(directory_, "blobs/" + std::string(algorithm))));
  }
  SEALIFT_TRY(files_.sync_directory(join_path(directory_, "blobs")));
  return write_file_atomically(files_, join_path(directory_, kLayoutFile), kLayoutDocument);
}

Result<LayoutIndex> LayoutRepository::read_index() {
  SEALIFT_TRY(check_layout());
  const std::string path = join_path(directory_, kIndexFile);
  SEALIFT_ASSIGN(const std::string text, read_file(files_, path, kMaxLayoutIndexBytes));
  return LayoutIndex::parse(text, path);
}

Result<std::shared_ptr<void>> LayoutRepository::lock(std::stop_token stop) {
  const std::string path = join_path(directory_, kLockFile);
  const SteadyTime deadline = clock_.steady_now() + kLockWait;
  while (true) {
    auto held = files_.lock(path);
    if (held || held.error().code() != ErrorCode::kUnavailable) return held;
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "stopped while waiting for the lock " + printable(path));
    }
    if (clock_.steady_now() >= deadline) {
      return fail(std::move(held).error().with_context("waited 30 s"));
    }
    clock_.sleep_until(clock_.steady_now() + kLockPoll, stop);
  }
}

// A manifest that index.json does not name, such as a child of an index.
Result<Descriptor> LayoutRepository::describe_unlisted(const Digest& digest) {
  auto bytes = read_file(files_, path_of(digest), kMaxManifestBytes);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "no manifest " + digest.to_string() + " in \"" + printable(directory_) + "\"");
  }
  if (!bytes) return fail(std::move(bytes).error());
  SEALIFT_ASSIGN(const Json json, parse_json(*bytes, digest.to_string()));
  const std::string_view media_type = json.string_at({"mediaType"});
  if (!is_manifest_type(media_type) && !is_index_type(media_type)) {
    return fail(ErrorCode::kNotFound, digest.to_string() + " in \"" + printable(directory_) +
                                          "\" is a blob and no manifest");
  }
  return Descriptor{std::string(media_type), digest, bytes->size(), "", {}};
}

Result<Descriptor> LayoutRepository::resolve(std::string_view tag_or_digest, std::stop_token) {
  SEALIFT_ASSIGN(const LayoutIndex index, read_index());
  if (tag_or_digest.find(':') == std::string_view::npos) {
    if (auto found = index.find_tag(tag_or_digest)) return *std::move(found);
    return fail(ErrorCode::kNotFound, "no tag \"" + printable(tag_or_digest, 140) + "\" in \"" +
                                          printable(directory_) + "\"");
  }
  SEALIFT_ASSIGN(const Digest digest, Digest::parse(tag_or_digest));
  if (auto found = index.find_digest(digest)) return *std::move(found);
  return describe_unlisted(digest);
}

Result<std::string> LayoutRepository::read_manifest(const Descriptor& manifest) {
  const std::string path = path_of(manifest.digest);
  auto bytes = read_file(files_, path, kMaxManifestBytes);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound, "the manifest " + manifest.digest.to_string() +
                                          " is not in \"" + printable(directory_) +
                                          "\", though index.json names it");
  }
  if (!bytes) return fail(std::move(bytes).error());
  SEALIFT_TRY(verify_bytes(*bytes, manifest.digest, manifest.size, printable(directory_)));
  return bytes;
}

Result<StoredManifest> LayoutRepository::fetch_manifest(std::string_view tag_or_digest,
                                                        std::stop_token stop) {
  SEALIFT_ASSIGN(Descriptor descriptor, resolve(tag_or_digest, std::move(stop)));
  SEALIFT_ASSIGN(std::string bytes, read_manifest(descriptor));
  return StoredManifest{std::move(descriptor), std::move(bytes)};
}

Result<> LayoutRepository::fetch_blob(const Descriptor& blob, ByteSink& sink,
                                      std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  auto source = files_.open(path_of(blob.digest));
  if (!source && source.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "no blob " + blob.digest.to_string() + " in \"" + printable(directory_) + "\"");
  }
  if (!source) return fail(std::move(source).error());
  VerifyingSink checked(sink, blob.digest, blob.size, printable(directory_), std::move(stop));
  SEALIFT_TRY(copy(**source, checked));
  return checked.finish();
}

Result<bool> LayoutRepository::has_blob(const Digest& digest, std::stop_token) {
  const auto info = files_.info(path_of(digest));
  if (info) return info->type == FileType::kFile;
  if (info.error().code() == ErrorCode::kNotFound) return false;
  return fail(info.error());
}

Result<> LayoutRepository::push_blob(const Descriptor& blob, const Blob& bytes,
                                     std::stop_token stop) {
  SEALIFT_TRY(check_size(blob, bytes, printable(directory_)));
  SEALIFT_TRY(create_layout(stop));
  // To open may be to fetch from elsewhere.
  SEALIFT_ASSIGN(const bool intact, holds_intact(blob.digest, blob.size));
  if (intact) return {};
  SEALIFT_ASSIGN(auto source, bytes.open());
  return write_blob(blob.digest, blob.size, *source, stop);
}

// Other content is what a crash, a bad disk or a hand left there; people mend it by pushing again.
Result<bool> LayoutRepository::holds_intact(const Digest& digest, std::uint64_t size) {
  const std::string path = path_of(digest);
  const auto present = files_.info(path);
  if (!present && present.error().code() != ErrorCode::kNotFound) return fail(present.error());
  if (!present || present->type != FileType::kFile || present->size != size) return false;
  SEALIFT_ASSIGN(const bool intact, holds(files_, path, digest));
  // It may be from a push that has not synced the directory yet, or never will.
  if (intact) SEALIFT_TRY(files_.sync_directory(parent_path(path)));
  return intact;
}

Result<> LayoutRepository::write_blob(const Digest& digest, std::uint64_t size, ByteSource& source,
                                      const std::stop_token& stop) {
  const std::string path = path_of(digest);
  SEALIFT_TRY(files_.make_directories(parent_path(path)));
  const std::string temporary =
      join_path(directory_, ".sealift-" + hex_encode(random_.bytes(8)) + ".tmp");
  const auto write = [&]() -> Result<> {
    SEALIFT_ASSIGN(auto file, files_.create(temporary, FileSystem::Access::kPublic));
    VerifyingSink checked(*file, digest, size, "the content to store", stop);
    SEALIFT_TRY(copy(source, checked));
    SEALIFT_TRY(checked.finish());
    SEALIFT_TRY(file->sync());
    SEALIFT_TRY(file->close());
    return files_.rename(temporary, path);
  };
  if (auto written = write(); !written) {
    static_cast<void>(files_.remove(temporary));
    return written;
  }
  return files_.sync_directory(parent_path(path));
}

// Registries refuse a manifest whose parts are missing, and so does a layout: an artifact that
// cannot be fetched is found out by the one who can mend it.
Result<> LayoutRepository::check_children(std::string_view bytes, std::string_view media_type) {
  std::vector<Descriptor> children;
  if (is_index_type(media_type)) {
    SEALIFT_ASSIGN(Index index, parse_index(bytes, media_type));
    children = std::move(index.manifests);
  } else {
    SEALIFT_ASSIGN(Manifest manifest, parse_manifest(bytes, media_type));
    children = std::move(manifest.layers);
    children.push_back(std::move(manifest.config));
  }
  for (const Descriptor& child : children) {
    SEALIFT_ASSIGN(const bool present, has_blob(child.digest, {}));
    if (present) continue;
    return fail(ErrorCode::kInvalidInput, "the manifest names " + child.digest.to_string() +
                                              ", which is not in \"" + printable(directory_) +
                                              "\"; store the parts of an artifact before it");
  }
  return {};
}

Result<PushedManifest> LayoutRepository::push_manifest(std::string_view bytes,
                                                       std::string_view media_type,
                                                       std::string_view tag, std::stop_token stop) {
  if (!tag.empty() && !is_valid_tag(tag)) {
    return fail(ErrorCode::kInvalidInput, "\"" + printable(tag, 140) + "\" is not a tag");
  }
  SEALIFT_ASSIGN(auto referrer, read_referrer(bytes, media_type));
  SEALIFT_TRY(create_layout(stop));
  SEALIFT_TRY(check_children(bytes, media_type));
  Descriptor descriptor{std::string(media_type), Digest::of(bytes), bytes.size(), "", {}};
  if (referrer) descriptor.artifact_type = referrer->descriptor.artifact_type;
  SEALIFT_ASSIGN(const bool intact, holds_intact(descriptor.digest, descriptor.size));
  if (!intact) {
    ViewSource source(bytes);
    SEALIFT_TRY(write_blob(descriptor.digest, descriptor.size, source, stop));
  }

  SEALIFT_ASSIGN(const auto held, lock(stop));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  SEALIFT_ASSIGN(const bool changed, index.add(descriptor, tag));
  if (changed) {
    SEALIFT_TRY(write_index(index));
  } else {
    SEALIFT_TRY(files_.sync_directory(directory_));  // see write_blob()
  }
  return PushedManifest{std::move(descriptor), referrer.has_value()};
}

Result<std::vector<Descriptor>> LayoutRepository::referrers(const Digest& digest,
                                                            std::stop_token stop) {
  std::vector<Descriptor> found;
  auto index = read_index();
  if (!index && index.error().code() == ErrorCode::kNotFound) return found;
  if (!index) return fail(std::move(index).error());
  for (const Descriptor& entry : index->manifests()) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped reading referrers");
    if (!is_manifest_type(entry.media_type) && !is_index_type(entry.media_type)) continue;
    const bool listed = std::any_of(found.begin(), found.end(), [&](const Descriptor& other) {
      return other.digest == entry.digest;
    });
    if (listed) continue;
    auto bytes = read_manifest(entry);
    // A layout may be sparse: index.json may name content that is elsewhere (image-layout.md).
    if (!bytes && bytes.error().code() == ErrorCode::kNotFound) continue;
    if (!bytes) return fail(std::move(bytes).error());
    SEALIFT_ASSIGN(auto referrer, read_referrer(*bytes, entry.media_type));
    if (!referrer || referrer->subject != digest) continue;
    if (found.size() == kMaxReferrers) {
      return fail(ErrorCode::kInvalidInput, digest.to_string() + " in \"" + printable(directory_) +
                                                "\" has more than the limit of " +
                                                std::to_string(kMaxReferrers) + " referrers");
    }
    found.push_back(std::move(referrer->descriptor));
  }
  return found;
}

Result<> LayoutRepository::remove_referrer(const Digest&, const Digest& referrer,
                                           std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  if (!index.remove(referrer)) return {};
  return write_index(index);
}

Result<> LayoutRepository::remove_tag(std::string_view tag, std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  if (!index.remove_tag(tag)) {
    return fail(ErrorCode::kNotFound,
                "no tag \"" + printable(tag, 140) + "\" in \"" + printable(directory_) + "\"");
  }
  return write_index(index);
}

Result<> LayoutRepository::remove_manifest(const Digest& digest, std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  if (!index.remove(digest)) {
    return fail(ErrorCode::kNotFound, "index.json in \"" + printable(directory_) +
                                          "\" does not list " + digest.to_string());
  }
  return write_index(index);
}

Result<> LayoutRepository::write_index(const LayoutIndex& index) {
  return write_file_atomically(files_, join_path(directory_, kIndexFile), index.serialize());
}

Result<std::vector<std::string>> LayoutRepository::tags(std::stop_token) {
  SEALIFT_ASSIGN(const LayoutIndex index, read_index());
  return index.tags();
}

}  // namespace sealift::oci
