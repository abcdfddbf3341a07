#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sealift::archive {

struct TarLimits {
  std::uint64_t max_unpacked_bytes = 256u << 20;
  std::uint64_t max_file_bytes = 64u << 20;
  std::uint64_t max_entries = 50'000;  // with directories that are only part of a path
  std::uint32_t max_path_bytes = 1'024;
  std::uint32_t max_path_depth = 64;
};

struct TarEntry {
  enum class Type { kFile, kDirectory };
  Type type = Type::kFile;
  std::string path;  // relative, with slashes, normalised: no "", ".", ".." and no leading slash
  std::uint64_t size = 0;
  bool executable = false;
};

// Takes the entries of an archive in their order, without its root ("./"). An error stops the
// reader, which returns it unchanged.
class TarVisitor {
 public:
  virtual ~TarVisitor() = default;
  virtual Result<> begin_entry(const TarEntry& entry) = 0;
  virtual Result<> write(std::string_view bytes) = 0;  // content of the current file, in pieces
  virtual Result<> end_entry() = 0;
};

// A sink for the bytes of one tar (POSIX.1-2017, pax: ustar and pax formats; GNU long names and
// large sizes) that calls a visitor. Refused with kInvalidInput naming the entry: paths that
// normalize_entry_path() refuses, links of both kinds, devices, FIFOs, sparse files, the same path
// twice, a file where a directory is, a wrong checksum, data after the end, a truncated archive,
// and everything beyond the limits. Memory does not grow with file sizes.
class TarReader : public ByteSink {
 public:
  // `visitor` must outlive the reader.
  TarReader(TarVisitor& visitor, const TarLimits& limits);
  ~TarReader() override;
  // After an error the reader keeps returning it.
  Result<> write(std::string_view bytes) override;
  // The end of the input: kInvalidInput where the archive is not complete.
  Result<> finish();

  // For who passes over bytes in a file: how many of the current entry's content are still to come,
  // and that so many of them will not be written.
  std::uint64_t content_left() const;
  Result<> pass_over(std::uint64_t count);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealift::archive
