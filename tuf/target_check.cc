#include "target_check.h"

#include <sealift/base/encoding.h>

#include <string>

namespace sealift::tuf {

TargetCheck::TargetCheck(const TargetFile& target, ByteSink* next) : target_(&target), next_(next) {
  for (const auto& hash : target.hashes) hashers_.emplace_back(hash.algorithm());
}

Result<> TargetCheck::write(std::string_view bytes) {
  size_ += bytes.size();
  for (auto& hasher : hashers_) hasher.update(bytes);
  return next_ != nullptr ? next_->write(bytes) : Result<>();
}

Checked<> TargetCheck::finish() {
  const auto name = "the target " + printable(target_->path);
  if (size_ != target_->length) {
    return fail(Refusal{RefusalKind::kLength, "", 0,
                        name + " has " + std::to_string(size_) + " bytes where " +
                            std::to_string(target_->length) + " are listed"});
  }
  for (std::size_t i = 0; i < hashers_.size(); ++i) {
    const auto own = hashers_[i].finish();
    if (own == target_->hashes[i]) continue;
    return fail(Refusal{RefusalKind::kHash, "", 0,
                        name + " is " + own.to_string() + " where " +
                            target_->hashes[i].to_string() + " is listed"});
  }
  return {};
}

}  // namespace sealift::tuf
