#include "referrer.h"

#include <sealift/oci/attachments.h>

#include <algorithm>

#include <utility>

namespace sealift::oci {
namespace {

constexpr std::size_t kAskedOneByOne = 12;

}  // namespace

// A registry may refuse its list and still answer for each tag.
Result<bool> Attachments::may_exist(const std::string& tag, const std::stop_token& stop) {
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

Result<std::vector<Attachment>> Attachments::of(const Digest& subject, std::stop_token stop) {
  std::vector<Attachment> found;
  if (referrers_) {
    SEALIFT_ASSIGN(auto listed, repository_.referrers(subject, stop));
    for (auto& descriptor : listed) found.push_back({std::move(descriptor), ""});
  }
  for (const std::string& ending : endings_) {
    std::string tag = referrers_tag(subject) + "." + ending;
    SEALIFT_ASSIGN(const bool may, may_exist(tag, stop));
    if (!may) continue;
    auto descriptor = repository_.resolve(tag, stop);
    if (descriptor) {
      found.push_back({*std::move(descriptor), std::move(tag)});
    } else if (descriptor.error().code() != ErrorCode::kNotFound) {
      return fail(std::move(descriptor).error());
    }
  }
  return found;
}

bool is_attachment_tag(std::string_view tag) {
  for (const std::string_view algorithm : {"sha256-", "sha512-"}) {
    if (!tag.starts_with(algorithm)) continue;
    const auto end = std::min(tag.find('.'), tag.size());
    const auto hex = tag.substr(algorithm.size(), end - algorithm.size());
    return hex.size() >= 64 && hex.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  }
  return false;
}

}  // namespace sealift::oci
