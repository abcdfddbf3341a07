#include "layout_reader.h"

#include "verifying_sink.h"

#include <sealift/base/encoding.h>
#include <sealift/base/json.h>
#include <sealift/oci/manifest.h>

#include <set>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kMaxReferrers = 1'000;

}  // namespace

std::string path_of_blob(const Digest& digest) {
  return "blobs/" + std::string(digest.algorithm_name()) + "/" + digest.hex();
}

Result<> check_layout_version(std::string_view document, const std::string& origin) {
  SEALIFT_ASSIGN(const Json json, parse_json(document, origin));
  const std::string_view version = json.string_at({"imageLayoutVersion"});
  if (version.starts_with("1.")) return {};
  return fail(ErrorCode::kInvalidInput, origin + ": imageLayoutVersion is \"" +
                                            printable(version, 40) +
                                            "\"; 1.0.0 is what can be read here");
}

// A manifest that index.json does not name, such as a child of an index.
Result<Descriptor> LayoutReader::describe_unlisted(const Digest& digest) {
  const auto not_found = [&](const std::string& why) {
    return fail(ErrorCode::kNotFound, why + files_.shown());
  };
  auto source = files_.open(digest);
  if (!source && source.error().code() == ErrorCode::kNotFound) {
    return not_found("no manifest " + digest.to_string() + " in ");
  }
  if (!source) return fail(std::move(source).error());
  SEALIFT_ASSIGN(const std::string bytes,
                 read_all(**source, digest.to_string(), kMaxManifestBytes));
  SEALIFT_ASSIGN(const Json json, parse_json(bytes, digest.to_string()));
  const std::string_view media_type = json.string_at({"mediaType"});
  if (!is_manifest_type(media_type) && !is_index_type(media_type)) {
    return not_found(digest.to_string() + " is a blob and no manifest in ");
  }
  return Descriptor{std::string(media_type), digest, bytes.size(), "", {}};
}

Result<Descriptor> LayoutReader::resolve(std::string_view tag_or_digest) {
  SEALIFT_ASSIGN(const auto index, files_.index());
  if (tag_or_digest.find(':') == std::string_view::npos) {
    if (auto found = index->find_tag(tag_or_digest)) return *std::move(found);
    return fail(ErrorCode::kNotFound,
                "no tag \"" + printable(tag_or_digest, 140) + "\" in " + files_.shown());
  }
  SEALIFT_ASSIGN(const Digest digest, Digest::parse(tag_or_digest));
  if (auto found = index->find_digest(digest)) return *std::move(found);
  return describe_unlisted(digest);
}

Result<std::string> LayoutReader::read_manifest(const Descriptor& manifest) {
  auto source = files_.open(manifest.digest);
  if (!source && source.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound, "the manifest " + manifest.digest.to_string() +
                                          " is not in " + files_.shown() +
                                          ", though index.json names it");
  }
  if (!source) return fail(std::move(source).error());
  SEALIFT_ASSIGN(std::string bytes,
                 read_all(**source, manifest.digest.to_string(), kMaxManifestBytes));
  SEALIFT_TRY(verify_bytes(bytes, manifest.digest, manifest.size, files_.shown()));
  return bytes;
}

Result<StoredManifest> LayoutReader::fetch_manifest(std::string_view tag_or_digest) {
  SEALIFT_ASSIGN(Descriptor descriptor, resolve(tag_or_digest));
  SEALIFT_ASSIGN(std::string bytes, read_manifest(descriptor));
  return StoredManifest{std::move(descriptor), std::move(bytes)};
}

Result<> LayoutReader::fetch_blob(const Descriptor& blob, ByteSink& sink, std::stop_token stop) {
  auto source = files_.open(blob.digest);
  if (!source && source.error().code() == ErrorCode::kNotFound) {
    return fail(ErrorCode::kNotFound,
                "no blob " + blob.digest.to_string() + " in " + files_.shown());
  }
  if (!source) return fail(std::move(source).error());
  VerifyingSink checked(sink, blob.digest, blob.size, files_.shown(), std::move(stop));
  SEALIFT_TRY(copy(**source, checked));
  return checked.finish();
}

Result<std::vector<Descriptor>> LayoutReader::referrers(const Digest& digest,
                                                        std::stop_token stop) {
  auto index = files_.index();
  if (!index && index.error().code() == ErrorCode::kNotFound) return std::vector<Descriptor>();
  if (!index) return fail(std::move(index).error());
  const std::lock_guard lock(mutex_);
  if (known_index_ != *index) SEALIFT_TRY(read_referrers(*std::move(index), stop));
  const auto found = referrers_.find(digest);
  if (found == referrers_.end()) return std::vector<Descriptor>();
  if (found->second.size() > kMaxReferrers) {
    return fail(ErrorCode::kInvalidInput, digest.to_string() + " in " + files_.shown() +
                                              " has more than the limit of " +
                                              std::to_string(kMaxReferrers) + " referrers");
  }
  return found->second;
}

Result<> LayoutReader::read_referrers(std::shared_ptr<const LayoutIndex> index,
                                      const std::stop_token& stop) {
  known_index_.reset();
  referrers_.clear();
  std::set<Digest> seen;
  for (const Descriptor& entry : index->manifests()) {
    if (stop.stop_requested()) return fail(ErrorCode::kCancelled, "stopped reading referrers");
    if (!is_manifest_type(entry.media_type) && !is_index_type(entry.media_type)) continue;
    if (!seen.insert(entry.digest).second) continue;
    SEALIFT_ASSIGN(auto referrer, read_listed(entry));
    if (!referrer) continue;
    auto& listed = referrers_[referrer->subject];
    if (listed.size() <= kMaxReferrers) listed.push_back(std::move(referrer->descriptor));
  }
  known_index_ = std::move(index);
  return {};
}

Result<std::optional<Referrer>> LayoutReader::read_listed(const Descriptor& entry) {
  if (const auto known = manifests_.find(entry.digest); known != manifests_.end()) {
    return known->second;
  }
  auto bytes = read_manifest(entry);
  // A layout may be sparse: index.json may name content that is elsewhere (image-layout.md).
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return std::nullopt;
  if (!bytes) return fail(std::move(bytes).error());
  SEALIFT_ASSIGN(auto referrer, read_referrer(*bytes, entry.media_type));
  manifests_.emplace(entry.digest, referrer);
  return referrer;
}

Result<std::vector<std::string>> LayoutReader::tags() {
  SEALIFT_ASSIGN(const auto index, files_.index());
  return index->tags();
}

}  // namespace sealift::oci
