#pragma once

#include <sealift/base/bytes.h>

#include <cstdint>
#include <string>

namespace sealift::tuf {

// Passes on at most `limit` bytes; one more is kInvalidInput naming `what`. `next` must outlive it.
class LimitedSink : public ByteSink {
 public:
  LimitedSink(ByteSink& next, std::uint64_t limit, std::string what)
      : next_(&next), limit_(limit), rest_(limit), what_(std::move(what)) {}
  Result<> write(std::string_view bytes) override;

 private:
  ByteSink* next_;
  std::uint64_t limit_;
  std::uint64_t rest_;
  std::string what_;
};

}  // namespace sealift::tuf
