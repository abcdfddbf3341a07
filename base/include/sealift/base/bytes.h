#pragma once

#include <sealift/base/result.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace sealift {

// Bytes travel as std::string_view: no encoding is implied, and NUL is a byte like any other.

// Takes bytes in order. An error stops the producer, which returns that error unchanged.
class ByteSink {
 public:
  virtual ~ByteSink() = default;
  virtual Result<> write(std::string_view bytes) = 0;
};

// Gives bytes in order.
class ByteSource {
 public:
  virtual ~ByteSource() = default;
  // Fills up to `size` bytes and returns how many; 0 is the end.
  virtual Result<std::size_t> read(char* buffer, std::size_t size) = 0;
  // Passes over up to `size` bytes and returns how many; fewer where the end came. A file passes
  // over them without reading.
  virtual Result<std::uint64_t> skip(std::uint64_t size);
};

// Bytes of a known length that can be read from the start as often as a retry needs it.
struct Blob {
  std::uint64_t size = 0;
  std::function<Result<std::unique_ptr<ByteSource>>()> open;
  // Its sources compare what they give with the digest that it is known by, and end in an error
  // before the last byte where that is another: nobody after them needs to hash it again.
  bool is_verified = false;

  // The blob shares ownership of `bytes`.
  static Blob from_string(std::string bytes);
};

// Keeps at most `limit` bytes. More is kInvalidInput naming `what` and the limit.
class StringSink : public ByteSink {
 public:
  StringSink(std::string what, std::uint64_t limit) : what_(std::move(what)), limit_(limit) {}
  Result<> write(std::string_view bytes) override;
  const std::string& bytes() const { return bytes_; }
  std::string take() { return std::move(bytes_); }

 private:
  std::string what_;
  std::uint64_t limit_;
  std::string bytes_;
};

// Reads a view that outlives the source.
class ViewSource : public ByteSource {
 public:
  explicit ViewSource(std::string_view bytes) : rest_(bytes) {}
  Result<std::size_t> read(char* buffer, std::size_t size) override;
  Result<std::uint64_t> skip(std::uint64_t size) override;

 private:
  std::string_view rest_;
};

// Moves everything from source to sink in pieces; returns the number of bytes moved.
Result<std::uint64_t> copy(ByteSource& source, ByteSink& sink);

// Reads a source to its end. More than `limit` bytes is kInvalidInput naming `what`.
Result<std::string> read_all(ByteSource& source, std::string what, std::uint64_t limit);

}  // namespace sealift
