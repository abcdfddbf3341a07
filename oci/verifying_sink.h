#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/digest.h>

#include <cstdint>
#include <stop_token>
#include <string>

namespace sealift::oci {

// Passes bytes on while they still may be the content that a digest and a size name. A byte too
// many is refused at once; too few bytes or another digest show in finish(). All are kUntrusted.
// kCancelled when a stop is requested.
class VerifyingSink : public ByteSink {
 public:
  // `next` must outlive the sink. `origin` names where the bytes come from, in messages.
  VerifyingSink(ByteSink& next, Digest digest, std::uint64_t size, std::string origin,
                std::stop_token stop);

  Result<> write(std::string_view bytes) override;
  Result<> finish();
  // How many bytes went on: where a broken download goes on.
  std::uint64_t size() const { return received_; }

 private:
  ByteSink& next_;
  Digest digest_;
  std::uint64_t expected_;
  std::uint64_t received_ = 0;
  std::string origin_;
  std::stop_token stop_;
  Hasher hasher_;
};

// The same check of bytes in memory.
Result<> verify_bytes(std::string_view bytes, const Digest& digest, std::uint64_t size,
                      const std::string& origin);

}  // namespace sealift::oci
