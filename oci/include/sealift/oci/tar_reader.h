#pragma once

#include <sealift/base/bytes.h>
#include <sealift/base/result.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

namespace sealift::oci {

struct TarLimits {
  std::uint64_t max_unpacked_bytes = 256u << 20;
  std::uint64_t max_file_bytes = 64u << 20;
  std::uint64_t max_entries = 50'000;
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

// Takes the entries of an archive in their order.
class TarVisitor {
 public:
  virtual ~TarVisitor() = default;
  virtual Result<> begin_entry(const TarEntry& entry) = 0;
  virtual Result<> write(std::string_view bytes) = 0;  // content of the current file, in pieces
  virtual Result<> end_entry() = 0;
};

// A sink for the bytes of a POSIX tar (ustar, pax, GNU long names) that calls a visitor. Refused
// with kInvalidInput naming the entry: absolute paths, "..", backslashes, NUL, links of both kinds,
// devices, FIFOs, sparse files, the same path twice, a file where a directory is, a wrong checksum,
// a truncated archive, and everything beyond the limits. Memory does not grow with file sizes.
class TarReader : public ByteSink {
 public:
  // `visitor` must outlive the reader.
  TarReader(TarVisitor& visitor, const TarLimits& limits);
  ~TarReader() override;
  Result<> write(std::string_view bytes) override;
  // The end of the input: kInvalidInput where the archive is not complete.
  Result<> finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace sealift::oci
