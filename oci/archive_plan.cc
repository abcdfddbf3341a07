#include "archive_plan.h"

#include "referrer.h"

#include <sealift/base/encoding.h>
#include <sealift/oci/manifest.h>

#include <optional>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::uint64_t kMaxKeptManifests = 64u << 20;

}  // namespace

class ArchivePlan::Destination : public Repository {
 public:
  Destination(ArchivePlan& plan, Repository& from) : plan_(plan), from_(from) {}

  Result<Descriptor> resolve(std::string_view tag_or_digest, std::stop_token) override {
    SEALIFT_ASSIGN(StoredManifest found, plan_.find(tag_or_digest));
    return std::move(found.descriptor);
  }
  Result<StoredManifest> fetch_manifest(std::string_view tag_or_digest, std::stop_token) override {
    return plan_.find(tag_or_digest);
  }
  Result<> fetch_blob(const Descriptor&, ByteSink&, std::stop_token) override { return refuse(); }
  Result<bool> has_blob(const Digest& digest, std::stop_token) override {
    const std::lock_guard lock(plan_.mutex_);
    return plan_.blobs_.contains(digest) || plan_.left_out_.contains(digest);
  }
  Result<> push_blob(const Descriptor& blob, const Blob&, std::stop_token stop) override {
    return plan_.note_blob(blob, from_, stop);
  }
  Result<PushedManifest> push_manifest(std::string_view bytes, std::string_view media_type,
                                       std::string_view tag, std::stop_token) override {
    return plan_.note_manifest(bytes, media_type, tag);
  }
  Result<std::vector<Descriptor>> referrers(const Digest& digest, std::stop_token) override {
    return plan_.referrers(digest);
  }
  Result<> remove_referrer(const Digest&, const Digest&, std::stop_token) override {
    return refuse();
  }
  Result<> remove_tag(std::string_view, std::stop_token) override { return refuse(); }
  Result<> remove_manifest(const Digest&, std::stop_token) override { return refuse(); }
  Result<std::vector<std::string>> tags(std::stop_token) override { return plan_.tags(); }

 private:
  static tl::unexpected<Error> refuse() {
    return fail(ErrorCode::kForbidden, "an archive that is not written yet has no content");
  }

  ArchivePlan& plan_;
  Repository& from_;
};

std::unique_ptr<Repository> ArchivePlan::destination(Repository& from) {
  return std::make_unique<Destination>(*this, from);
}

Result<StoredManifest> ArchivePlan::find(std::string_view tag_or_digest) {
  const std::lock_guard lock(mutex_);
  std::optional<Digest> digest;
  if (tag_or_digest.find(':') != std::string_view::npos) {
    SEALIFT_ASSIGN(digest, Digest::parse(tag_or_digest));
  } else if (const auto tag = tags_.find(tag_or_digest); tag != tags_.end()) {
    digest = tag->second;
  }
  const auto found = digest ? manifests_.find(*digest) : manifests_.end();
  if (found != manifests_.end()) return found->second;
  return fail(ErrorCode::kNotFound,
              printable(tag_or_digest, 140) + " is not among what is to be written");
}

Result<> ArchivePlan::note_blob(const Descriptor& blob, Repository& from,
                                const std::stop_token& stop) {
  bool left_out = false;
  if (leave_out_) {
    SEALIFT_ASSIGN(left_out, leave_out_(blob.digest, stop));
  }
  const std::lock_guard lock(mutex_);
  if (left_out) {
    left_out_.emplace(blob.digest, blob.size);
  } else {
    blobs_.emplace(blob.digest, PlannedBlob{blob, &from});
  }
  return {};
}

Result<PushedManifest> ArchivePlan::note_manifest(std::string_view bytes,
                                                  std::string_view media_type,
                                                  std::string_view tag) {
  SEALIFT_ASSIGN(auto referrer, read_referrer(bytes, media_type));
  Descriptor descriptor{std::string(media_type), Digest::of(bytes), bytes.size(), "", {}};
  if (referrer) descriptor.artifact_type = referrer->descriptor.artifact_type;
  const std::lock_guard lock(mutex_);
  const bool is_new =
      manifests_.try_emplace(descriptor.digest, StoredManifest{descriptor, std::string(bytes)})
          .second;
  if (is_new) {
    manifest_bytes_ += bytes.size();
    if (manifest_bytes_ > kMaxKeptManifests) {
      return fail(ErrorCode::kInvalidInput,
                  "the manifests for one archive are more than the limit of 64 MiB; write several "
                  "archives");
    }
    if (referrer) referrers_[referrer->subject].push_back(std::move(referrer->descriptor));
  }
  if (!tag.empty()) tags_.insert_or_assign(std::string(tag), descriptor.digest);
  return PushedManifest{std::move(descriptor), referrer.has_value()};
}

Result<std::vector<Descriptor>> ArchivePlan::referrers(const Digest& subject) {
  const std::lock_guard lock(mutex_);
  const auto found = referrers_.find(subject);
  return found == referrers_.end() ? std::vector<Descriptor>() : found->second;
}

Result<std::vector<std::string>> ArchivePlan::tags() {
  const std::lock_guard lock(mutex_);
  std::vector<std::string> names;
  for (const auto& [name, digest] : tags_) names.push_back(name);
  return names;
}

Result<> ArchivePlan::name_image(std::string name, const Digest& manifest) {
  SEALIFT_TRY(find(manifest.to_string()));
  const std::lock_guard lock(mutex_);
  images_.insert_or_assign(std::move(name), manifest);
  return {};
}

Result<LayoutIndex> ArchivePlan::index() const {
  LayoutIndex index = LayoutIndex::empty();
  for (const auto& [tag, digest] : tags_) {
    SEALIFT_TRY(index.add(manifests_.at(digest).descriptor, tag));
  }
  for (const auto& [name, digest] : images_) {
    SEALIFT_TRY(index.add_image(manifests_.at(digest).descriptor, name));
  }
  for (const auto& [digest, manifest] : manifests_) {
    SEALIFT_TRY(index.add(manifest.descriptor, ""));
  }
  return index;
}

}  // namespace sealift::oci
