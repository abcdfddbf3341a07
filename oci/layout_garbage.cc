#include "layout_index.h"
#include "layout_lock.h"
#include "layout_reader.h"
#include "layout_session.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/layout_garbage.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/media_types.h>

#include <chrono>
#include <optional>
#include <set>
#include <utility>

namespace sealift::oci {
namespace {

constexpr auto kPatience = std::chrono::seconds(30);
constexpr auto kBetweenLooks = std::chrono::milliseconds(100);

std::string blob_path(const std::string& directory, const Digest& digest) {
  return join_path(directory, path_of_blob(digest));
}

// Waits until nobody stores anything; then nobody begins to while the handle lives.
Result<std::shared_ptr<void>> lock_unused(const std::string& directory, FileSystem& files,
                                          Clock& clock, const std::stop_token& stop) {
  const SteadyTime deadline = clock.steady_now() + kPatience;
  while (true) {
    SEALIFT_ASSIGN(auto held, lock_layout(directory, files, clock, stop));
    SEALIFT_ASSIGN(const std::size_t at_work, clear_dead_sessions(directory, files));
    if (at_work == 0) return held;
    held.reset();
    if (stop.stop_requested()) {
      return fail(ErrorCode::kCancelled, "stopped while waiting for others to end");
    }
    if (clock.steady_now() >= deadline) {
      return fail(ErrorCode::kUnavailable,
                  "waited 30 s for " + std::to_string(at_work) +
                      " others that store something in \"" + printable(directory) +
                      "\"; nothing was removed, try again when they ended");
    }
    clock.sleep_until(clock.steady_now() + kBetweenLooks, stop);
  }
}

// Every digest that stands anywhere in a document.
void add_digests(const Json& json, std::vector<Digest>& found) {
  if (const auto* array = json.as_array()) {
    for (const auto& item : *array) add_digests(item, found);
  } else if (const auto* object = json.as_object()) {
    for (const auto& [name, value] : *object) add_digests(value, found);
  } else if (const auto* text = json.as_string()) {
    if (auto digest = Digest::parse(*text)) found.push_back(*std::move(digest));
  }
}

// What a document is that does not say so: older manifests have no mediaType.
std::string_view media_type_of(const Json& document) {
  const std::string_view stated = document.string_at({"mediaType"});
  if (!stated.empty()) return stated;
  if (document.find("manifests") != nullptr) return media_type::kIndex;
  if (document.find("layers") != nullptr) return media_type::kManifest;
  return {};
}

// The document under a digest; nullopt where it is content, or is not there: a layout may be sparse
// (image-layout.md).
Result<std::optional<Json>> read_document(const std::string& directory, FileSystem& files,
                                          const Digest& digest) {
  const std::string path = blob_path(directory, digest);
  const auto info = files.info(path);
  if (!info && info.error().code() == ErrorCode::kNotFound) return std::nullopt;
  if (!info) return fail(info.error());
  if (info->size > kMaxManifestBytes) return std::nullopt;
  SEALIFT_ASSIGN(const auto bytes, read_file(files, path, kMaxManifestBytes));
  auto json = parse_json(bytes, "");
  if (!json || json->as_object() == nullptr) return std::nullopt;
  return *std::move(json);
}

// Marks what can be reached, without asking whether it is there.
class Marking {
 public:
  Marking(const std::string& directory, FileSystem& files) : directory_(directory), files_(files) {}

  Result<> mark(const Descriptor& root, const std::stop_token& stop) {
    std::vector<Descriptor> pending = {root};
    while (!pending.empty()) {
      if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped looking at manifests");
      const Descriptor next = std::move(pending.back());
      pending.pop_back();
      reached_.insert(next.digest);
      if (is_content(next.media_type) || !visited_.insert(next.digest).second) continue;
      SEALIFT_TRY(mark_below(next, pending));
    }
    return {};
  }
  bool reached(const Digest& digest) const { return reached_.contains(digest); }

 private:
  // Of which nothing is named: whatever is no document.
  static bool is_content(std::string_view media_type) { return !media_type.ends_with("json"); }

  Result<> mark_below(const Descriptor& manifest, std::vector<Descriptor>& pending) {
    auto bytes = read_file(files_, blob_path(directory_, manifest.digest), kMaxManifestBytes);
    // A layout may be sparse (image-layout.md).
    if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return {};
    if (!bytes) return fail(std::move(bytes).error());
    const std::string name = manifest.digest.to_string();
    if (Digest::of(*bytes, manifest.digest.algorithm()) != manifest.digest) {
      return fail(ErrorCode::kUntrusted,
                  name + " in \"" + printable(directory_) +
                      "\" is damaged, so nobody knows what it names; nothing was removed, store it "
                      "again first");
    }
    if (is_index_type(manifest.media_type)) {
      SEALIFT_ASSIGN_CONTEXT(auto index, parse_index(*bytes, manifest.media_type), name);
      for (auto& child : index.manifests) pending.push_back(std::move(child));
    } else if (is_manifest_type(manifest.media_type)) {
      SEALIFT_ASSIGN_CONTEXT(const auto parsed, parse_manifest(*bytes, manifest.media_type), name);
      reached_.insert(parsed.config.digest);
      for (const auto& layer : parsed.layers) reached_.insert(layer.digest);
    } else {
      SEALIFT_ASSIGN(const Json json, parse_json(*bytes, name));
      std::vector<Digest> named;
      add_digests(json, named);
      for (const auto& digest : named) {
        SEALIFT_ASSIGN(auto described, describe(digest));
        pending.push_back(std::move(described));
      }
    }
    return {};
  }

  // What an unknown document names.
  Result<Descriptor> describe(const Digest& digest) {
    SEALIFT_ASSIGN(const auto document, read_document(directory_, files_, digest));
    const auto type = document ? media_type_of(*document) : std::string_view();
    return Descriptor{std::string(type), digest, 0, "", {}};
  }

  const std::string& directory_;
  FileSystem& files_;
  std::set<Digest> reached_;
  std::set<Digest> visited_;  // of those, what has been looked into
};

Result<std::vector<GarbageBlob>> find_unreached(const std::string& directory, FileSystem& files,
                                                const Marking& marking) {
  std::vector<GarbageBlob> found;
  for (const std::string algorithm : {"sha256", "sha512"}) {
    const std::string folder = join_path(directory, "blobs/" + algorithm);
    const auto entries = files.list(folder);
    if (!entries && entries.error().code() == ErrorCode::kNotFound) continue;
    if (!entries) return fail(entries.error());
    for (const auto& entry : *entries) {
      const auto digest = Digest::parse(algorithm + ":" + entry.name);
      if (!digest || entry.type != FileType::kFile || marking.reached(*digest)) continue;
      const auto info = files.info(join_path(folder, entry.name));
      // Somebody else may be removing it.
      if (!info && info.error().code() == ErrorCode::kNotFound) continue;
      if (!info) return fail(info.error());
      found.push_back({*digest, info->size});
    }
  }
  return found;
}

Result<> sync_blobs(const std::string& directory, FileSystem& files) {
  for (const std::string algorithm : {"sha256", "sha512"}) {
    const auto synced = files.sync_directory(join_path(directory, "blobs/" + algorithm));
    if (!synced && synced.error().code() != ErrorCode::kNotFound) return synced;
  }
  return {};
}

// Manifests first, for good, and then what they name: whoever finds a manifest later may take what
// it names for present.
class Removal {
 public:
  Removal(const std::string& directory, FileSystem& files, const OnRemovedBlob& on_removed,
          const std::stop_token& stop)
      : directory_(directory), files_(files), on_removed_(on_removed), stop_(stop) {}

  Result<> remove_all(const std::vector<GarbageBlob>& garbage) {
    std::vector<GarbageBlob> content;
    for (const auto& blob : garbage) {
      SEALIFT_ASSIGN(const auto document, read_document(directory_, files_, blob.digest));
      if (document) {
        SEALIFT_TRY(remove(blob));
      } else {
        content.push_back(blob);
      }
    }
    SEALIFT_TRY(sync_blobs(directory_, files_));
    for (const auto& blob : content) SEALIFT_TRY(remove(blob));
    return {};
  }

 private:
  Result<> remove(const GarbageBlob& blob) {
    if (stop_.stop_requested()) {
      return fail(ErrorCode::kCancelled,
                  "stopped before all was removed; run it again for the rest");
    }
    SEALIFT_TRY(files_.remove(blob_path(directory_, blob.digest)));
    if (on_removed_) on_removed_(blob);
    return {};
  }

  const std::string& directory_;
  FileSystem& files_;
  const OnRemovedBlob& on_removed_;
  const std::stop_token& stop_;
};

// Without it, a lock would make a directory look like the beginning of a layout.
Result<> check_is_layout(const std::string& directory, FileSystem& files) {
  SEALIFT_TRY_CONTEXT(files.info(join_path(directory, kLayoutFile)),
                      "there is no image layout in \"" + printable(directory) + "\"");
  return {};
}

}  // namespace

Result<std::vector<GarbageBlob>> find_layout_garbage(const std::string& directory,
                                                     FileSystem& files,
                                                     const std::stop_token& stop) {
  SEALIFT_TRY(check_is_layout(directory, files));
  const std::string path = join_path(directory, kIndexFile);
  SEALIFT_ASSIGN(const auto bytes, read_file(files, path, kMaxLayoutIndexBytes));
  SEALIFT_ASSIGN(const auto index, LayoutIndex::parse(bytes, path));
  Marking marking(directory, files);
  for (const auto& entry : index.manifests()) SEALIFT_TRY(marking.mark(entry, stop));
  return find_unreached(directory, files, marking);
}

Result<> remove_layout_garbage(const std::string& directory, FileSystem& files, Clock& clock,
                               const OnRemovedBlob& on_removed, const std::stop_token& stop) {
  SEALIFT_TRY(check_is_layout(directory, files));
  SEALIFT_ASSIGN(const auto held, lock_unused(directory, files, clock, stop));
  SEALIFT_ASSIGN(const auto garbage, find_layout_garbage(directory, files, stop));
  return Removal(directory, files, on_removed, stop).remove_all(garbage);
}

}  // namespace sealift::oci
