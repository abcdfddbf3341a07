#include <sealift/base/bytes.h>

#include <algorithm>
#include <cstring>
#include <utility>

namespace sealift {
namespace {

constexpr std::size_t kPieceSize = 64 * 1024;

class SharedStringSource : public ByteSource {
 public:
  explicit SharedStringSource(std::shared_ptr<const std::string> bytes)
      : bytes_(std::move(bytes)), view_(*bytes_) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override {
    return view_.read(buffer, size);
  }
  Result<std::uint64_t> skip(std::uint64_t size) override { return view_.skip(size); }

 private:
  std::shared_ptr<const std::string> bytes_;
  ViewSource view_;
};

}  // namespace

Blob Blob::from_string(std::string bytes) {
  auto shared = std::make_shared<const std::string>(std::move(bytes));
  Blob blob;
  blob.size = shared->size();
  blob.open = [shared]() -> Result<std::unique_ptr<ByteSource>> {
    return std::make_unique<SharedStringSource>(shared);
  };
  return blob;
}

Result<> StringSink::write(std::string_view bytes) {
  if (bytes.size() > limit_ - bytes_.size()) {
    return fail(ErrorCode::kInvalidInput,
                what_ + " is longer than the limit of " + std::to_string(limit_) + " bytes");
  }
  bytes_.append(bytes);
  return {};
}

Result<std::size_t> ViewSource::read(char* buffer, std::size_t size) {
  const std::size_t count = std::min(size, rest_.size());
  // memcpy must not see the null pointer of an empty view.
  if (count > 0) std::memcpy(buffer, rest_.data(), count);
  rest_.remove_prefix(count);
  return count;
}

Result<std::uint64_t> ViewSource::skip(std::uint64_t size) {
  const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(size, rest_.size()));
  rest_.remove_prefix(count);
  return count;
}

Result<std::uint64_t> ByteSource::skip(std::uint64_t size) {
  std::string buffer(static_cast<std::size_t>(std::min<std::uint64_t>(size, kPieceSize)), '\0');
  std::uint64_t passed = 0;
  while (passed < size) {
    const auto wanted =
        static_cast<std::size_t>(std::min<std::uint64_t>(size - passed, buffer.size()));
    SEALIFT_ASSIGN(const std::size_t count, read(buffer.data(), wanted));
    if (count == 0) break;
    passed += count;
  }
  return passed;
}

Result<std::uint64_t> copy(ByteSource& source, ByteSink& sink) {
  std::string buffer(kPieceSize, '\0');
  std::uint64_t total = 0;
  while (true) {
    SEALIFT_ASSIGN(const std::size_t count, source.read(buffer.data(), buffer.size()));
    if (count == 0) return total;
    SEALIFT_TRY(sink.write(std::string_view(buffer.data(), count)));
    total += count;
  }
}

Result<std::string> read_all(ByteSource& source, std::string what, std::uint64_t limit) {
  StringSink sink(std::move(what), limit);
  SEALIFT_TRY(copy(source, sink));
  return sink.take();
}

}  // namespace sealift
