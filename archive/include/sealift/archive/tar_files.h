#pragma once

#include <sealift/archive/tar_reader.h>

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace sealift::archive {

struct TarFile {
  std::string path;
  std::string bytes;
};

// True for the suffixes that kubectl reads: ".yaml", ".yml", ".json".
bool is_manifest_path(std::string_view path);

// Keeps the regular files of an archive in memory, those whose path the filter takes.
class TarFiles : public TarVisitor {
 public:
  using Filter = std::function<bool(std::string_view path)>;

  // More bytes than the limits allow are kInvalidInput, whoever calls the visitor.
  TarFiles(const TarLimits& limits, Filter keep) : limits_(limits), keep_(std::move(keep)) {}

  Result<> begin_entry(const TarEntry& entry) override;
  Result<> write(std::string_view bytes) override;
  Result<> end_entry() override;

  // The files sorted by the bytes of their paths; none are left here.
  std::vector<TarFile> take();

 private:
  TarLimits limits_;
  Filter keep_;
  std::vector<TarFile> files_;
  bool keeping_ = false;
  std::uint64_t kept_bytes_ = 0;
};

}  // namespace sealift::archive
