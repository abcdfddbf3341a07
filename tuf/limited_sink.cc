#include "limited_sink.h"

namespace sealift::tuf {

Result<> LimitedSink::write(std::string_view bytes) {
  if (bytes.size() > rest_) {
    return fail(ErrorCode::kInvalidInput,
                what_ + " goes on after " + std::to_string(limit_) + " bytes, where it must end");
  }
  rest_ -= bytes.size();
  return next_->write(bytes);
}

}  // namespace sealift::tuf
