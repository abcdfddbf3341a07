#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <string_view>

namespace sealift::archive {

// Writes a tar whose bytes depend on names and contents alone: ustar headers, owner 0 without
// names, time 0, mode 0644 or 0755, and a pax header where a path does not fit. The caller adds
// entries in the order wanted, each once.
class TarWriter {
 public:
  // `sink` must outlive the writer.
  explicit TarWriter(ByteSink& sink) : sink_(sink) {}

  // Paths are relative and in their one form (normalize_entry_path() leaves them as they are, with
  // the limits of TarReader); everything else is kInvalidInput. Other errors
  // are the sink's.
  Result<> add_directory(std::string_view path);
  Result<> add_file(std::string_view path, std::string_view content, bool executable);
  // A file, not executable, whose `size` bytes the caller writes to the sink in between.
  Result<> begin_file(std::string_view path, std::uint64_t size);
  Result<> end_file(std::uint64_t size);
  // The two zero blocks at the end.
  Result<> finish();

 private:
  Result<> write_header(std::string_view path, std::uint64_t size, char type, unsigned mode);
  Result<> write_pax(const std::string& records);
  Result<> write_padding(std::uint64_t size);

  ByteSink& sink_;
};

}  // namespace sealift::archive
