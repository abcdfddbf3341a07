#include <sealift/artifacts/artifact_cache.h>
#include <sealift/base/json.h>
#include <sealift/base/json_reader.h>
#include <sealift/oci/manifest.h>
#include <sealift/signing/found_signature_json.h>

#include <atomic>
#include <set>

#include <unistd.h>

namespace sealift::artifacts {
namespace {

constexpr std::string_view kManifests = "manifests";
constexpr std::string_view kSignatures = "signatures";
constexpr std::string_view kBlobs = "blobs";
constexpr std::string_view kReaders = "readers";  // empty files "DIGEST.READER"
constexpr std::uint64_t kMaxSignatureFileBytes = signing::kMaxPieces * signing::kMaxPieceBytes;

// Temporary names differ between threads and processes, so writers of one blob never meet.
std::string temporary_name(const std::string& path) {
  static std::atomic<std::uint64_t> counter{0};
  const auto directory = parent_path(path);
  return join_path(directory, "." + path.substr(path.rfind('/') + 1) + "." +
                                  std::to_string(::getpid()) + "-" + std::to_string(++counter) +
                                  ".tmp");
}

// What write_file_atomically() and temporary_name() call a file before it is whole.
bool is_temporary(std::string_view name) { return name.starts_with('.') && name.ends_with(".tmp"); }

std::string name_of(const Digest& digest) {
  return std::string(digest.algorithm_name()) + "-" + digest.hex();
}

// A file that is larger than any entry is a broken one.
bool is_no_entry(const Error& error) {
  return error.code() == ErrorCode::kNotFound || error.code() == ErrorCode::kInvalidInput;
}

Result<signing::SignatureSet> signatures_from(std::string_view bytes, const std::string& path) {
  SEALIFT_ASSIGN(auto json, parse_json(bytes, path, {.max_bytes = kMaxSignatureFileBytes}));
  SEALIFT_ASSIGN(auto root, ObjectReader::open(json, path));
  SEALIFT_ASSIGN(auto pieces, root.objects("pieces"));
  signing::SignatureSet set;
  for (auto& reader : pieces) {
    SEALIFT_ASSIGN(auto piece, signing::parse_found_signature(reader));
    set.pieces.push_back(std::move(piece));
  }
  return set;
}

}  // namespace

std::string ArtifactCache::path_of(std::string_view kind, const Digest& digest) const {
  return join_path(directory_, std::string(kind) + "/" + name_of(digest));
}

std::shared_ptr<void> ArtifactCache::pin(const Digest& digest) {
  return pins_.pin(name_of(digest));
}

Result<std::optional<oci::StoredManifest>> ArtifactCache::manifest(const Digest& digest) {
  const auto path = path_of(kManifests, digest);
  auto bytes = read_file(files_, path, oci::kMaxManifestBytes);
  if (!bytes) {
    if (is_no_entry(bytes.error())) return std::nullopt;
    return fail(std::move(bytes).error());
  }
  if (Digest::of(*bytes, digest.algorithm()) != digest) return std::nullopt;
  // The media type is part of the bytes for every manifest that can be verified.
  auto manifest = oci::parse_manifest(*bytes, "");
  if (!manifest) return std::nullopt;
  oci::Descriptor descriptor{manifest->media_type, digest, bytes->size(), {}, {}};
  return oci::StoredManifest{std::move(descriptor), *std::move(bytes)};
}

Result<> ArtifactCache::store_manifest(const oci::StoredManifest& manifest) {
  const auto pinned = pin(manifest.descriptor.digest);
  SEALIFT_TRY(files_.make_directories(join_path(directory_, kManifests)));
  return write_file_atomically(files_, path_of(kManifests, manifest.descriptor.digest),
                               manifest.bytes, FileSystem::Access::kPrivate);
}

Result<std::optional<signing::SignatureSet>> ArtifactCache::signatures(const Digest& digest) {
  const auto path = path_of(kSignatures, digest);
  auto bytes = read_file(files_, path, kMaxSignatureFileBytes);
  if (!bytes) {
    if (is_no_entry(bytes.error())) return std::nullopt;
    return fail(std::move(bytes).error());
  }
  auto set = signatures_from(*bytes, path);
  if (!set) return std::nullopt;
  return *std::move(set);
}

Result<> ArtifactCache::store_signatures(const Digest& digest,
                                         const signing::SignatureSet& signatures) {
  const auto pinned = pin(digest);
  SEALIFT_TRY(files_.make_directories(join_path(directory_, kSignatures)));
  Json pieces = Json::array();
  for (const auto& piece : signatures.pieces) pieces.push_back(signing::to_json(piece));
  Json json;
  json.set("pieces", std::move(pieces));
  return write_file_atomically(files_, path_of(kSignatures, digest), dump_json(json),
                               FileSystem::Access::kPrivate);
}

bool ArtifactCache::has_reader(const Digest& digest, const std::string& reader) {
  return files_.info(path_of(kReaders, digest) + "." + reader).has_value();
}

Result<> ArtifactCache::store_reader(const Digest& digest, const std::string& reader) {
  const auto pinned = pin(digest);
  SEALIFT_TRY(files_.make_directories(join_path(directory_, kReaders)));
  return write_file_atomically(files_, path_of(kReaders, digest) + "." + reader, "",
                               FileSystem::Access::kPrivate);
}

bool ArtifactCache::has_blob(const oci::Descriptor& blob) {
  auto info = files_.info(path_of(kBlobs, blob.digest));
  return info && info->type == FileType::kFile && info->size == blob.size;
}

Result<> ArtifactCache::fetch_blob(oci::Repository& repository, const oci::Descriptor& blob,
                                   std::stop_token stop) {
  const auto pinned = pin(blob.digest);
  SEALIFT_TRY(files_.make_directories(join_path(directory_, kBlobs)));
  const auto path = path_of(kBlobs, blob.digest);
  const auto temporary = temporary_name(path);
  auto fetch = [&]() -> Result<> {
    SEALIFT_ASSIGN(auto file, files_.create(temporary, FileSystem::Access::kPrivate));
    SEALIFT_TRY(repository.fetch_blob(blob, *file, stop));
    SEALIFT_TRY(file->sync());
    SEALIFT_TRY(file->close());
    SEALIFT_TRY(files_.rename(temporary, path));
    return files_.sync_directory(parent_path(path));
  };
  auto fetched = fetch();
  // Best effort: retain() removes what a crash leaves.
  if (!fetched) (void)files_.remove(temporary);
  return fetched;
}

Result<> ArtifactCache::read_blob(const oci::Descriptor& blob, ByteSink& sink) {
  const auto path = path_of(kBlobs, blob.digest);
  SEALIFT_ASSIGN(auto source, files_.open(path));
  HashingSink hashing(&sink, blob.digest.algorithm());
  auto copied = copy(*source, hashing);
  if (!copied && copied.error().code() == ErrorCode::kIo) return fail(std::move(copied).error());
  if (copied && hashing.size() == blob.size && hashing.finish() == blob.digest) return {};
  // Bytes that the sink refused may be broken ones, and then the refusal is about our disk and not
  // about the artifact: look at the rest before believing it.
  if (!copied) {
    SEALIFT_ASSIGN(auto again, files_.open(path));
    HashingSink whole(nullptr, blob.digest.algorithm());
    SEALIFT_TRY(copy(*again, whole));
    if (whole.finish() == blob.digest) return fail(std::move(copied).error());
  }
  SEALIFT_TRY(files_.remove(path));
  return fail(ErrorCode::kUntrusted,
              "the cached copy of " + blob.digest.to_string() + " in " + path +
                  " was changed on disk; it has been removed and is fetched again by the next run");
}

Result<> ArtifactCache::for_each_file(const std::function<Result<>(const File&)>& visit) {
  for (const auto kind : {kManifests, kSignatures, kBlobs, kReaders}) {
    const auto directory = join_path(directory_, kind);
    auto entries = files_.list(directory);
    if (!entries) {
      if (entries.error().code() == ErrorCode::kNotFound) continue;
      return fail(std::move(entries).error());
    }
    for (const auto& entry : *entries) {
      SEALIFT_TRY(visit({std::string(kind), entry.name, join_path(directory, entry.name)}));
    }
  }
  return {};
}

Result<> ArtifactCache::remove_leftovers() {
  return for_each_file([this](const File& file) -> Result<> {
    return is_temporary(file.name) ? files_.remove(file.path) : Result<>();
  });
}

Result<> ArtifactCache::retain(const std::vector<oci::StoredManifest>& wanted) {
  std::set<std::string> manifests;
  std::set<std::string> blobs;
  for (const auto& stored : wanted) {
    manifests.insert(name_of(stored.descriptor.digest));
    auto manifest = oci::parse_manifest(stored.bytes, "");
    if (!manifest) continue;
    for (const auto& layer : manifest->layers) blobs.insert(name_of(layer.digest));
  }
  return for_each_file([&](const File& file) -> Result<> {
    if (is_temporary(file.name)) return {};
    const auto digest = file.name.substr(0, file.name.find('.'));
    if ((file.kind == kBlobs ? blobs : manifests).contains(digest)) return {};
    const auto removal = pins_.begin_removal(digest);
    if (!removal) return {};
    auto removed = files_.remove(file.path);
    // A broken entry is removed by whoever reads it.
    if (!removed && removed.error().code() != ErrorCode::kNotFound) return removed;
    return {};
  });
}

}  // namespace sealift::artifacts
