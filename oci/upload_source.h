#pragma once

#include <sealift/base/bytes.h>
#include <sealift/oci/descriptor.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace sealift::oci {

// The bytes of a blob on their way to a registry, in as many requests as it takes. They are hashed
// as they go unless they are verified, and the last ones are held back where they do not belong to
// the digest, so that the registry never gets the whole of something wrong.
class UploadSource {
 public:
  // `bytes` must outlive this.
  UploadSource(const Descriptor& blob, const Blob& bytes) : blob_(blob), bytes_(bytes) {}

  // A part as the body of a request. Parts that follow one another are read in one go; one that
  // begins before the place that was reached opens the blob anew. One body is read at a time, and
  // while this exists.
  Blob part(std::uint64_t first, std::uint64_t size);
  // Lets go of the blob until the next part: a source that fetches holds a place at its host, which
  // a question to the same host may be waiting for.
  void close() { source_.reset(); }
  // How many bytes were given away at most: a registry cannot have more.
  std::uint64_t furthest() const { return furthest_; }

 private:
  class Part;

  Result<> go_to(std::uint64_t first);
  Result<std::size_t> read(char* buffer, std::size_t size);
  Result<> check_digest();

  Descriptor blob_;
  const Blob& bytes_;
  std::unique_ptr<ByteSource> source_;
  std::optional<Hasher> hasher_;  // not of what is verified
  std::uint64_t position_ = 0;
  std::uint64_t furthest_ = 0;
};

}  // namespace sealift::oci
