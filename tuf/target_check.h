#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/digest.h>
#include <sealift/tuf/metadata.h>

#include <cstdint>
#include <vector>

namespace sealift::tuf {

// Compares bytes on their way with what is listed of a target (5.7.3). `next` may be null; it and
// the target must outlive the check.
class TargetCheck : public ByteSink {
 public:
  TargetCheck(const TargetFile& target, ByteSink* next);
  Result<> write(std::string_view bytes) override;
  // kLength or kHash where the bytes so far are not the target.
  Checked<> finish();

 private:
  const TargetFile* target_;
  ByteSink* next_;
  std::uint64_t size_ = 0;
  std::vector<Hasher> hashers_;  // one for each listed hash
};

}  // namespace sealift::tuf
