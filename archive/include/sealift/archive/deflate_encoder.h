#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <memory>
#include <string_view>

namespace sealift::archive {

// Compresses into one raw deflate stream (RFC 1951). The output depends on the input alone: not on
// how it is cut into writes, nor on the machine, the compiler or a library's version. Changing one
// byte of it breaks the promise that a commit gives the same digest for ever; golden tests hold it.
// Needs about 700 KiB of memory.
class DeflateEncoder : public ByteSink {
 public:
  explicit DeflateEncoder(ByteSink& output);  // must outlive the encoder
  ~DeflateEncoder() override;
  // Errors are those of the output.
  Result<> write(std::string_view bytes) override;
  // Writes what is left and the end of the stream; call it once, last.
  Result<> finish();

 private:
  class Stream;
  std::unique_ptr<Stream> stream_;
};

}  // namespace sealift::archive
