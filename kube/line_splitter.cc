#include <sealift/kube/line_splitter.h>

namespace sealift::kube {

Result<> LineSplitter::take(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  if (line.empty()) return {};
  return on_line_(line);
}

Result<> LineSplitter::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    const auto piece = bytes.substr(0, end);
    if (rest_.size() + piece.size() > max_line_bytes_) {
      return fail(ErrorCode::kInvalidInput, "a line of the stream is longer than " +
                                                std::to_string(max_line_bytes_) + " bytes");
    }
    if (end == std::string_view::npos) {
      rest_ += piece;
      return {};
    }
    bytes.remove_prefix(end + 1);
    if (rest_.empty()) {
      SEALIFT_TRY(take(piece));
    } else {
      rest_ += piece;
      const auto line = std::move(rest_);
      rest_.clear();
      SEALIFT_TRY(take(line));
    }
  }
  return {};
}

}  // namespace sealift::kube
