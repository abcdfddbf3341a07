#include "verifying_sink.h"

#include <utility>

namespace sealift::oci {
namespace {

class NullSink : public ByteSink {
 public:
  Result<> write(std::string_view) override { return {}; }
};

}  // namespace

VerifyingSink::VerifyingSink(ByteSink& next, Digest digest, std::uint64_t size, std::string origin,
                             std::stop_token stop)
    : next_(next),
      digest_(std::move(digest)),
      expected_(size),
      origin_(std::move(origin)),
      stop_(std::move(stop)),
      hasher_(digest_.algorithm()) {}

Result<> VerifyingSink::write(std::string_view bytes) {
  if (stop_.stop_requested()) {
    return fail(ErrorCode::kCancelled, origin_ + ": stopped while reading " + digest_.to_string());
  }
  if (bytes.size() > expected_ - received_) {
    return fail(ErrorCode::kUntrusted, origin_ + ": " + digest_.to_string() +
                                           " has more than the " + std::to_string(expected_) +
                                           " bytes that its descriptor promises");
  }
  hasher_.update(bytes);
  SEALIFT_TRY(next_.write(bytes));
  received_ += bytes.size();
  return {};
}

Result<> VerifyingSink::finish() {
  if (received_ != expected_) {
    return fail(ErrorCode::kUntrusted,
                origin_ + ": " + digest_.to_string() + " has " + std::to_string(received_) +
                    " bytes, but its descriptor promises " + std::to_string(expected_));
  }
  const Digest found = hasher_.finish();
  if (found != digest_) {
    return fail(ErrorCode::kUntrusted, origin_ + ": content of " + digest_.to_string() +
                                           " was changed: it hashes to " + found.to_string());
  }
  return {};
}

Result<> verify_bytes(std::string_view bytes, const Digest& digest, std::uint64_t size,
                      const std::string& origin) {
  NullSink nowhere;
  VerifyingSink sink(nowhere, digest, size, origin, {});
  SEALIFT_TRY(sink.write(bytes));
  return sink.finish();
}

}  // namespace sealift::oci
