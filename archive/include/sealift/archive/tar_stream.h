#pragma once

#include <sealift/archive/tar_reader.h>
#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace sealift::archive {

// The entries of a tar one after the other, for who decides at each whether to read it. What is not
// read is passed over, which costs nothing in a file. What TarReader refuses is refused here.
class TarStream : public ByteSource {
 public:
  // `source` must outlive the stream and stand at the archive's beginning.
  TarStream(ByteSource& source, const TarLimits& limits);

  // The next file or directory, or nullopt behind the last. kInvalidInput where the archive ends
  // before its end. Errors of the source.
  Result<std::optional<TarEntry>> next();
  // Content of the entry that next() gave; 0 at its end, and kInvalidInput where the archive ends
  // in the middle of it.
  Result<std::size_t> read(char* buffer, std::size_t size) override;
  // How many bytes of the archive have been read or passed over: where the content of an entry
  // begins, when next() has returned it.
  std::uint64_t position() const { return position_; }

 private:
  // Keeps the entry that the reader has just met.
  class Latest : public TarVisitor {
   public:
    Result<> begin_entry(const TarEntry& entry) override {
      entry_ = entry;
      return {};
    }
    Result<> write(std::string_view) override { return {}; }
    Result<> end_entry() override { return {}; }
    std::optional<TarEntry> take() { return std::exchange(entry_, std::nullopt); }

   private:
    std::optional<TarEntry> entry_;
  };

  Result<> pass_over_content();
  // Gives the reader the rest of a block. False at the end of the source.
  Result<bool> read_block();

  ByteSource& source_;
  Latest latest_;
  TarReader reader_;
  std::uint64_t position_ = 0;
};

}  // namespace sealift::archive
