#include "attached_tags.h"

#include "referrer.h"

#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kAskedOneByOne = 12;

}  // namespace

// A registry may refuse its list and still answer for each tag.
Result<bool> AttachedTags::may_exist(const std::string& tag, const std::stop_token& stop) {
  const std::lock_guard lock(mutex_);
  if (!listed_ && ++asked_ > kAskedOneByOne) {
    listed_ = true;
    auto tags = repository_.tags(stop);
    if (tags) {
      tags_.emplace(tags->begin(), tags->end());
    } else if (tags.error().code() == ErrorCode::kCancelled ||
               tags.error().code() == ErrorCode::kUnavailable) {
      return fail(std::move(tags).error());
    }
  }
  return !tags_ || tags_->contains(tag);
}

Result<std::vector<AttachedTags::Found>> AttachedTags::of(const Digest& subject,
                                                          std::stop_token stop) {
  std::vector<Found> found;
  for (const std::string& ending : endings_) {
    std::string tag = referrers_tag(subject) + "." + ending;
    SEALIFT_ASSIGN(const bool may, may_exist(tag, stop));
    if (!may) continue;
    auto descriptor = repository_.resolve(tag, stop);
    if (descriptor) {
      found.push_back({std::move(tag), *std::move(descriptor)});
    } else if (descriptor.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(descriptor).error());
    }
  }
  return found;
}

}  // namespace sealift::oci
