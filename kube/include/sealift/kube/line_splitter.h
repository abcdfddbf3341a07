#pragma once

#include <sealift/base/bytes.h>

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace sealift::kube {

// Cuts a stream into lines, however the network cut it before. A line longer than the limit is
// kInvalidInput; empty lines are skipped; an error of the callback ends the stream.
class LineSplitter : public ByteSink {
 public:
  LineSplitter(std::size_t max_line_bytes, std::function<Result<>(std::string_view)> on_line)
      : max_line_bytes_(max_line_bytes), on_line_(std::move(on_line)) {}

  Result<> write(std::string_view bytes) override;
  // Bytes after the last line end: the stream was cut within a line.
  bool has_rest() const { return !rest_.empty(); }

 private:
  Result<> take(std::string_view line);

  std::size_t max_line_bytes_;
  std::function<Result<>(std::string_view)> on_line_;
  std::string rest_;
};

}  // namespace sealift::kube
