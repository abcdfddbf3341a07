#pragma once

#include <sealift/oci/manifest.h>
#include <sealift/oci/repository.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <string>

namespace sealift::signing::test {

// A repository in memory that a test can spoil: blobs that fail, and a hook that runs after each
// push of a tag, where another writer would come between.
class MemoryRepository : public oci::Repository {
 public:
  Result<oci::Descriptor> resolve(std::string_view name, std::stop_token stop) override {
    SEALIFT_ASSIGN(const auto stored, fetch_manifest(name, stop));
    return stored.descriptor;
  }

  Result<oci::StoredManifest> fetch_manifest(std::string_view name, std::stop_token) override {
    if (manifest_error) return fail(*manifest_error);
    std::string key(name);
    if (const auto tag = tags_.find(key); tag != tags_.end()) key = tag->second;
    const auto found = manifests_.find(key);
    if (found == manifests_.end()) return fail(ErrorCode::kNotFound, "no manifest " + key);
    return found->second;
  }

  Result<> fetch_blob(const oci::Descriptor& blob, ByteSink& sink, std::stop_token) override {
    if (blob_error) return fail(*blob_error);
    const auto found = blobs_.find(blob.digest.to_string());
    if (found == blobs_.end()) return fail(ErrorCode::kNotFound, "no blob");
    return sink.write(found->second);
  }

  Result<bool> has_blob(const Digest& digest, std::stop_token) override {
    return blobs_.contains(digest.to_string());
  }

  Result<> push_blob(const oci::Descriptor& blob, const Blob& bytes, std::stop_token) override {
    SEALIFT_ASSIGN(const auto source, bytes.open());
    SEALIFT_ASSIGN(auto content, read_all(*source, "blob", 1u << 24));
    if (Digest::of(content) != blob.digest || content.size() != blob.size) {
      return fail(ErrorCode::kUntrusted, "the blob does not match its descriptor");
    }
    blobs_[blob.digest.to_string()] = std::move(content);
    return {};
  }

  Result<oci::PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                            std::string_view tag, std::stop_token) override {
    SEALIFT_ASSIGN(const auto manifest, oci::parse_manifest(bytes, media_type));
    for (const auto& layer : manifest.layers) {
      if (!blobs_.contains(layer.digest.to_string())) {
        return fail(ErrorCode::kInvalidInput, "manifest before its blobs");
      }
    }
    const Digest digest = Digest::of(bytes);
    const oci::Descriptor descriptor{std::string(media_type), digest, bytes.size(), "", {}};
    manifests_.insert_or_assign(digest.to_string(),
                                oci::StoredManifest{descriptor, std::string(bytes)});
    if (manifest.subject) {
      oci::Descriptor referrer = descriptor;
      referrer.artifact_type = manifest.artifact_type;
      referrer.annotations = manifest.annotations;
      auto& listed = referrers_[manifest.subject->digest.to_string()];
      const bool is_new = std::none_of(listed.begin(), listed.end(),
                                       [&](const auto& entry) { return entry.digest == digest; });
      if (is_new) listed.push_back(referrer);
      if (after_push) after_push();
    }
    if (!tag.empty()) {
      tags_[std::string(tag)] = digest.to_string();
      if (after_tag) after_tag(std::string(tag));
    }
    return oci::PushedManifest{descriptor, true};
  }

  Result<std::vector<oci::Descriptor>> referrers(const Digest& digest, std::stop_token) override {
    if (referrers_error) return fail(*referrers_error);
    return referrers_[digest.to_string()];
  }

  Result<> remove_referrer(const Digest& subject, const Digest& referrer,
                           std::stop_token) override {
    if (removal_error) return fail(*removal_error);
    std::erase_if(referrers_[subject.to_string()],
                  [&](const auto& entry) { return entry.digest == referrer; });
    manifests_.erase(referrer.to_string());
    return {};
  }

  Result<> remove_tag(std::string_view tag, std::stop_token) override {
    if (tags_.erase(std::string(tag)) > 0) return {};
    return fail(ErrorCode::kNotFound, "no such tag");
  }

  Result<> remove_manifest(const Digest& digest, std::stop_token) override {
    std::erase_if(tags_, [&](const auto& tag) { return tag.second == digest.to_string(); });
    if (manifests_.erase(digest.to_string()) > 0) return {};
    return fail(ErrorCode::kNotFound, "no such manifest");
  }

  Result<std::vector<std::string>> tags(std::stop_token) override {
    std::vector<std::string> names;
    for (const auto& [name, digest] : tags_) names.push_back(name);
    return names;
  }

  std::vector<oci::Descriptor>& referrers_of(const Digest& digest) {
    return referrers_[digest.to_string()];
  }
  void set_tag(const std::string& tag, const std::string& digest) { tags_[tag] = digest; }
  std::size_t manifest_count() const { return manifests_.size(); }

  std::optional<Error> manifest_error;
  std::optional<Error> blob_error;
  std::optional<Error> referrers_error;
  std::optional<Error> removal_error;
  std::function<void(const std::string& tag)> after_tag;
  std::function<void()> after_push;  // of a referrer

 private:
  std::map<std::string, oci::StoredManifest> manifests_;
  std::map<std::string, std::string> tags_;
  std::map<std::string, std::string> blobs_;
  std::map<std::string, std::vector<oci::Descriptor>> referrers_;
};

}  // namespace sealift::signing::test
