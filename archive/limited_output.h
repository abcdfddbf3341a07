#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace sealift::archive {

// Passes on what a decompressor puts out, up to a limit.
class LimitedOutput {
 public:
  LimitedOutput(ByteSink& output, std::uint64_t limit)
      : output_(output), limit_(limit), left_(limit) {}

  // kInvalidInput naming the limit, before a byte beyond it is passed on.
  Result<> write(std::string_view bytes) {
    if (bytes.size() > left_)
      return fail(ErrorCode::kInvalidInput,
                  "the data has more bytes when decompressed than the limit of " +
                      std::to_string(limit_) + "; split the artifact or raise the limit");
    left_ -= bytes.size();
    return output_.write(bytes);
  }

 private:
  ByteSink& output_;
  std::uint64_t limit_;
  std::uint64_t left_;
};

}  // namespace sealift::archive
