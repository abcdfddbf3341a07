#include "layout_repository.h"

#include "layout_lock.h"
#include "referrer.h"
#include "verifying_sink.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>

#include <utility>

namespace sealift::oci {
namespace {

Result<> check_size(const Descriptor& descriptor, const Blob& bytes, const std::string& origin) {
  if (bytes.size == descriptor.size) return {};
  return fail(ErrorCode::kUntrusted,
              origin + ": " + descriptor.digest.to_string() + " has " + std::to_string(bytes.size) +
                  " bytes, but its descriptor promises " + std::to_string(descriptor.size));
}

Result<bool> has_content(FileSystem& files, const std::string& path, const Digest& digest) {
  SEALIFT_ASSIGN(const auto source, files.open(path));
  HashingSink content(nullptr, digest.algorithm());
  SEALIFT_TRY(copy(*source, content));
  return content.finish() == digest;
}

}  // namespace

LayoutRepository::LayoutRepository(std::string directory, FileSystem& files, Clock& clock,
                                   Random& random)
    : directory_(std::move(directory)),
      shown_("\"" + printable(directory_) + "\""),
      files_(files),
      clock_(clock),
      random_(random),
      reader_(*this) {}

std::string LayoutRepository::path_of(const Digest& digest) const {
  return join_path(directory_, path_of_blob(digest));
}

Result<> LayoutRepository::check_layout() {
  const std::string path = join_path(directory_, kLayoutFile);
  auto text = read_file(files_, path, kMaxLayoutDocument);
  if (!text && text.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "there is no image layout in " + shown_ + ": it has no file oci-layout");
  }
  if (!text) return fail(std::move(text).error());
  return check_layout_version(*text, path);
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
    if (is_layout_companion(entry.name) || entry.name == kIndexFile || entry.name == "blobs")
      continue;
    return fail(ErrorCode::kConflict,
                shown_ + " has other files, such as \"" + printable(entry.name) +
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

Result<std::shared_ptr<const LayoutIndex>> LayoutRepository::index() {
  SEALIFT_TRY(check_layout());
  const std::string path = join_path(directory_, kIndexFile);
  SEALIFT_ASSIGN(std::string bytes, read_file(files_, path, kMaxLayoutIndexBytes));
  const std::lock_guard guard(index_mutex_);
  if (!index_ || bytes != index_bytes_) {
    SEALIFT_ASSIGN(LayoutIndex read, LayoutIndex::parse(bytes, path));
    index_ = std::make_shared<const LayoutIndex>(std::move(read));
    index_bytes_ = std::move(bytes);
  }
  return index_;
}

// To be changed and written, under the lock.
Result<LayoutIndex> LayoutRepository::read_index() {
  SEALIFT_ASSIGN(const auto read, index());
  return *read;
}

// A file's lock has no queue: who waits for it looks again and again. That is for other processes;
// threads of this one are woken as soon as it is theirs, and their waiting counts against no limit.
Result<std::shared_ptr<void>> LayoutRepository::lock(std::stop_token stop) {
  struct Held {
    Turns::Turn turn;
    std::shared_ptr<void> file;  // let go of before the turn
  };
  SEALIFT_ASSIGN(auto turn, turns_.take(shown_, stop));
  SEALIFT_ASSIGN(auto file, lock_layout(directory_, files_, clock_, std::move(stop)));
  return std::make_shared<Held>(std::move(turn), std::move(file));
}

// Before anything is stored that index.json does not name yet.
Result<> LayoutRepository::begin_session(std::stop_token stop) {
  SEALIFT_TRY(create_layout(stop));
  const std::lock_guard guard(session_mutex_);
  if (session_) return {};
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(session_, LayoutSession::begin(directory_, files_, random_));
  return {};
}

Result<std::unique_ptr<ByteSource>> LayoutRepository::open(const Digest& digest) {
  return files_.open(path_of(digest));
}

Result<bool> LayoutRepository::holds(const Digest& digest) {
  const auto info = files_.info(path_of(digest));
  if (info) return info->type == FileType::kFile;
  if (info.error().code() == ErrorCode::kNotFound) return false;
  return fail(info.error());
}

Result<Descriptor> LayoutRepository::resolve(std::string_view tag_or_digest, std::stop_token) {
  return reader_.resolve(tag_or_digest);
}

Result<StoredManifest> LayoutRepository::fetch_manifest(std::string_view tag_or_digest,
                                                        std::stop_token) {
  return reader_.fetch_manifest(tag_or_digest);
}

Result<> LayoutRepository::fetch_blob(const Descriptor& blob, ByteSink& sink,
                                      std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  return reader_.fetch_blob(blob, sink, std::move(stop));
}

Result<bool> LayoutRepository::has_blob(const Digest& digest, std::stop_token) {
  return holds(digest);
}

Result<std::vector<Descriptor>> LayoutRepository::referrers(const Digest& digest,
                                                            std::stop_token stop) {
  return reader_.referrers(digest, std::move(stop));
}

Result<std::vector<std::string>> LayoutRepository::tags(std::stop_token) { return reader_.tags(); }

Result<> LayoutRepository::push_blob(const Descriptor& blob, const Blob& bytes,
                                     std::stop_token stop) {
  SEALIFT_TRY(check_size(blob, bytes, shown_));
  SEALIFT_TRY(begin_session(stop));
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
  SEALIFT_ASSIGN(const bool intact, has_content(files_, path, digest));
  // It may be from a push that has not synced the directory yet, or never will.
  if (intact) SEALIFT_TRY(files_.sync_directory(parent_path(path)));
  return intact;
}

Result<> LayoutRepository::write_blob(const Digest& digest, std::uint64_t size, ByteSource& source,
                                      const std::stop_token& stop) {
  const std::string path = path_of(digest);
  SEALIFT_TRY(files_.make_directories(parent_path(path)));
  const std::string temporary = session_->temporary_path();
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
    SEALIFT_ASSIGN(const bool present, holds(child.digest));
    if (present) continue;
    return fail(ErrorCode::kInvalidInput,
                "the manifest names " + child.digest.to_string() + ", which is not in " + shown_ +
                    "; the parts of an artifact come before it. If it was copied, something else "
                    "removed them meanwhile: copy it again");
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
  SEALIFT_TRY(begin_session(stop));
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
    SEALIFT_TRY(write_index(std::move(index)));
  } else {
    SEALIFT_TRY(files_.sync_directory(directory_));  // see write_blob()
  }
  return PushedManifest{std::move(descriptor), referrer.has_value()};
}

Result<> LayoutRepository::remove_referrer(const Digest&, const Digest& referrer,
                                           std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  if (!index.remove(referrer)) return {};
  return write_index(std::move(index));
}

Result<> LayoutRepository::remove_tag(std::string_view tag, std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  if (!index.remove_tag(tag)) {
    return fail(ErrorCode::kNotFound, "no tag \"" + printable(tag, 140) + "\" in " + shown_);
  }
  return write_index(std::move(index));
}

Result<> LayoutRepository::remove_manifest(const Digest& digest, std::stop_token stop) {
  SEALIFT_TRY(check_layout());
  SEALIFT_ASSIGN(const auto held, lock(std::move(stop)));
  SEALIFT_ASSIGN(LayoutIndex index, read_index());
  if (!index.remove(digest)) {
    return fail(ErrorCode::kNotFound,
                "index.json in " + shown_ + " does not list " + digest.to_string());
  }
  return write_index(std::move(index));
}

Result<> LayoutRepository::write_index(LayoutIndex index) {
  std::string bytes = index.serialize();
  SEALIFT_TRY(write_file_atomically(files_, join_path(directory_, kIndexFile), bytes));
  const std::lock_guard guard(index_mutex_);
  index_ = std::make_shared<const LayoutIndex>(std::move(index));
  index_bytes_ = std::move(bytes);
  return {};
}

}  // namespace sealift::oci
