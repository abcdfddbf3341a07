#include "referrer.h"

#include <sealift/base/worker_pool.h>
#include <sealift/oci/attachment_tree.h>
#include <sealift/oci/manifest.h>
#include <sealift/oci/removal_plan.h>

#include <map>
#include <set>
#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kQuestionsAtOnce = 8;

using TagsByDigest = std::map<Digest, std::vector<std::string>>;

// Gone is as good as removed.
Result<> unless_gone(Result<> removed) {
  if (!removed && removed.error().code() == ErrorCode::kNotFound) return {};
  return removed;
}

Result<TagsByDigest> read_tags(Repository& repository, const std::stop_token& stop) {
  SEALIFT_ASSIGN(const auto tags, repository.tags(stop));
  std::vector<std::optional<Digest>> named(tags.size());
  const auto ask = [&](std::size_t i, std::stop_token token) -> Result<> {
    auto found = repository.resolve(tags[i], token);
    if (found) named[i] = found->digest;
    if (found || found.error().code() == ErrorCode::kNotFound) return {};
    return fail(std::move(found).error());
  };
  SEALIFT_TRY(run_parallel(tags.size(), kQuestionsAtOnce, stop, ask));
  TagsByDigest by_digest;
  for (std::size_t i = 0; i < tags.size(); ++i) {
    if (named[i]) by_digest[*named[i]].push_back(tags[i]);
  }
  return by_digest;
}

// Each after what is attached to it, once.
void flatten(const AttachmentNode& node, std::set<Digest>& met,
             std::vector<PlannedAttachment>& attached) {
  for (const auto& child : node.attached) {
    if (!met.insert(child.descriptor.digest).second) continue;
    flatten(child, met, attached);
    attached.push_back({child.descriptor, child.tag, node.descriptor.digest});
  }
}

// Some registries keep a copy of a manifest under each of its tags.
Result<> remove_left_tags(Repository& repository, const Digest& digest,
                          const std::vector<std::string>& tags, const std::stop_token& stop) {
  for (const auto& tag : tags) {
    const auto left = repository.resolve(tag, stop);
    if (left && left->digest == digest) {
      SEALIFT_TRY(unless_gone(repository.remove_tag(tag, stop)));
    } else if (!left && left.error().code() != ErrorCode::kNotFound) {
      return fail(left.error());
    }
  }
  return {};
}

Result<> remove_attached(Repository& repository, const PlannedAttachment& attached,
                         const std::stop_token& stop) {
  const Digest& digest = attached.descriptor.digest;
  if (attached.is_shared()) return unless_gone(repository.remove_tag(attached.tag, stop));
  if (attached.tag.empty()) {
    SEALIFT_TRY(repository.remove_referrer(attached.subject, digest, stop));
  } else {
    SEALIFT_TRY(unless_gone(repository.remove_manifest(digest, stop)));
  }
  return remove_left_tags(repository, digest, attached.tags, stop);
}

// Registries without a referrers API keep the list under a tag, which leads nowhere now. Where tags
// cannot be removed, an empty list harms nobody.
Result<> remove_empty_listing(Repository& repository, const Digest& subject,
                              const std::stop_token& stop) {
  const std::string tag = referrers_tag(subject);
  const auto listing = repository.fetch_manifest(tag, stop);
  if (!listing && listing.error().code() == ErrorCode::kNotFound) return {};
  if (!listing) return fail(listing.error());
  const auto index = parse_index(listing->bytes, listing->descriptor.media_type);
  if (!index || !index->manifests.empty()) return {};
  auto removed = unless_gone(repository.remove_tag(tag, stop));
  if (!removed && removed.error().code() == ErrorCode::kForbidden) return {};
  return removed;
}

// What was agreed to is the tag of that manifest, and minutes may have passed.
Result<> remove_unmoved_tag(Repository& repository, const RemovalPlan& plan,
                            const std::stop_token& stop) {
  const auto now = repository.resolve(plan.only_tag, stop);
  if (!now) return unless_gone(fail(now.error()));
  if (now->digest == plan.manifest.digest) {
    return unless_gone(repository.remove_tag(plan.only_tag, stop));
  }
  return fail(ErrorCode::kConflict, "the tag " + plan.only_tag + " has moved to " +
                                        now->digest.to_string() +
                                        " meanwhile; nothing was removed, look at it again");
}

}  // namespace

Result<RemovalPlan> plan_removal(Repository& repository, std::string_view tag_or_digest,
                                 const RemovalOptions& options, std::stop_token stop) {
  if (is_valid_tag(tag_or_digest) && !options.manifest) {
    SEALIFT_ASSIGN(auto manifest, repository.resolve(tag_or_digest, stop));
    return RemovalPlan{std::move(manifest), std::string(tag_or_digest)};
  }
  SEALIFT_ASSIGN(auto stored, repository.fetch_manifest(tag_or_digest, stop));
  SEALIFT_ASSIGN(const auto referrer, read_referrer(stored.bytes, stored.descriptor.media_type));
  SEALIFT_ASSIGN(auto tags, read_tags(repository, stop));
  RemovalPlan plan{std::move(stored.descriptor)};
  if (referrer) plan.subject = referrer->subject;
  plan.tags = tags[plan.manifest.digest];
  Attachments attachments(repository, true, kCosignEndings);
  SEALIFT_ASSIGN(const auto tree, read_attachments(attachments, plan.manifest, stop));
  std::set<Digest> met = {plan.manifest.digest};
  flatten(tree, met, plan.attached);
  for (auto& attached : plan.attached) attached.tags = tags[attached.descriptor.digest];
  plan.removes_attached = options.attached;
  return plan;
}

Result<> remove(Repository& repository, const RemovalPlan& plan, std::stop_token stop) {
  if (!plan.only_tag.empty()) return remove_unmoved_tag(repository, plan, stop);
  if (plan.removes_attached) {
    for (const auto& attached : plan.attached) {
      SEALIFT_TRY_CONTEXT(remove_attached(repository, attached, stop),
                          "removing " + attached.descriptor.digest.to_string());
    }
  }
  const Digest& digest = plan.manifest.digest;
  if (plan.subject) {
    SEALIFT_TRY(repository.remove_referrer(*plan.subject, digest, stop));
  } else {
    SEALIFT_TRY(unless_gone(repository.remove_manifest(digest, stop)));
  }
  SEALIFT_TRY(remove_left_tags(repository, digest, plan.tags, stop));
  return remove_empty_listing(repository, digest, stop);
}

}  // namespace sealift::oci
